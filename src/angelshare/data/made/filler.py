"""Long texts from short ones: harmless sentences around each."""

from collections.abc import Sequence

import numpy as np

from angelshare.core.errors import InputError
from angelshare.data.identities.grammar import Grammar, generator_of, read_grammar
from angelshare.data.identities.terms import capitalised


def with_filler(
    texts: Sequence[str], seed: int, *, before: tuple[int, int] = (2, 6), after: tuple[int, int] = (2, 6)
) -> tuple[str, ...]:
    """Return the texts, each with random harmless sentences around it: the Long Synthetic set of Chvasta et al. 2022.

    The sentences chat about weather, gardens, software, meetings and the like, name no group of people, and come from
    a grammar of our own. The sentences around a text depend on its content and the seed alone, not on the order of the
    texts; none comes twice around one text, and the text itself stays verbatim.

    Args:
        texts: n texts.
        seed: of the draw.
        before: the least and the largest number of sentences before each text; the number is drawn evenly.
        after: the same for the sentences after it.

    Raises:
        InputError: if a number is negative, the least exceeds the largest, or there are too few sentences.
    """
    grammar = read_grammar("filler_sentences")
    n_frames = sum(len(frames) for frames in grammar.frames.values())
    for name, (least, largest) in {"before": before, "after": after}.items():
        if not 0 <= least <= largest:
            msg = f"{name} is {least} to {largest} sentences. Give the least first, and none below 0."
            raise InputError(msg)
    if before[1] + after[1] > n_frames:
        n_asked = before[1] + after[1]
        raise InputError(f"Up to {n_asked} sentences around a text were asked for. Ask for at most {n_frames} in all.")
    return tuple(_surrounded(text, grammar, generator_of(seed, text), before, after) for text in texts)


def _surrounded(
    text: str, grammar: Grammar, rng: np.random.Generator, before: tuple[int, int], after: tuple[int, int]
) -> str:
    """Return one text with sentences around it, each from another frame."""
    n_before, n_after = (int(rng.integers(least, largest + 1)) for least, largest in (before, after))
    frames = [frame for of_kind in grammar.frames.values() for frame in of_kind]
    chosen = rng.choice(len(frames), size=n_before + n_after, replace=False).tolist()
    sentences = [_sentence(frames[code], grammar, rng) for code in chosen]
    return " ".join([*sentences[:n_before], text, *sentences[n_before:]])


def _sentence(frame: str, grammar: Grammar, rng: np.random.Generator) -> str:
    """Return a frame with its gaps filled at random."""
    return capitalised(frame.format(**grammar.filling(frame, int(rng.integers(grammar.fillings(frame))))))
