"""Neutral sentences about groups of people: training data against a bias towards their names."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.core.errors import InputError
from angelshare.data.identities.grammar import generator_of, read_grammar
from angelshare.data.identities.terms import IDENTITY_TERMS, IdentityTerm, filled, fits


@dataclass(frozen=True, slots=True)
class MitigationTexts:
    """Neutral texts, none of them toxic.

    Attributes:
        texts: n distinct texts.
        terms: n names of the identity term that each is about.
    """

    texts: tuple[str, ...]
    terms: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)


def neutral_sentences(n_per_term: int, seed: int, terms: Sequence[IdentityTerm] = IDENTITY_TERMS) -> MitigationTexts:
    """Return distinct neutral sentences about every term, the same number for each, term by term.

    Put into the training data, they teach a model that a group's name is no insult. After Dixon et al. 2018,
    "Measuring and Mitigating Unintended Bias in Text Classification", who took such texts from an encyclopaedia; here
    they come from a grammar of frames, topics, places and times, frame by frame in turn. None is a phrase of
    `identity_swaps` or `short_synthetic`, or shares a run of eight words with one. Other terms do not change the
    sentences of a term.

    Args:
        n_per_term: number of sentences for each term.
        seed: of the draw.
        terms: the groups; a frame for which a term lacks the form is left out for it.

    Raises:
        InputError: if the grammar gives fewer sentences for a term.
    """
    if n_per_term < 0:
        raise InputError(f"{n_per_term} sentences per term were asked for. Ask for none or more.")
    texts: list[str] = []
    names: list[str] = []
    for term in terms:
        n_sentences = sum(map(read_grammar("neutral_frames").fillings, _frames(term)))
        if n_per_term > n_sentences:
            msg = (
                f"{n_per_term} sentences per term were asked for, and there are {n_sentences} distinct ones about "
                f"{term.name!r}. Ask for no more."
            )
            raise InputError(msg)
        texts += itertools.islice(_sentences(term, generator_of(seed, term.name)), n_per_term)
        names += [term.name] * n_per_term
    return MitigationTexts(tuple(texts), tuple(names))


def _sentences(term: IdentityTerm, rng: np.random.Generator) -> Iterator[str]:
    """Yield every sentence about a term, the frames in turn, each round in a new order."""
    grammar = read_grammar("neutral_frames")
    left = {frame: grammar.drawn(frame, rng) for frame in _frames(term)}
    while left:
        for frame in rng.permutation(list(left)).tolist():
            words = next(left[frame], None)
            if words is None:
                del left[frame]
            else:
                yield filled(frame, term, words)


def _frames(term: IdentityTerm) -> list[str]:
    """Return the frames whose form the term has."""
    return [frame for frame in read_grammar("neutral_frames").frames["neutral"] if fits(frame, term)]
