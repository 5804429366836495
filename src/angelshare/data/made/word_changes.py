"""Small changes to texts, and words out of order."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from angelshare.core.arrays import Array
from angelshare.data.identities.grammar import generator_of
from angelshare.data.identities.terms import capitalised
from angelshare.data.texts.augment import parts_of_speech

Change = Literal["replaced", "misspelt"]

_CORE = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_SHORTEST = 3
"""A word of fewer letters cannot be misspelt with its first letter kept."""
_SHARE_REPLACED = 0.5


@dataclass(frozen=True, slots=True)
class WordChange:
    """A text with one word changed, or the reason why not.

    Attributes:
        text: the new text; None where no word could be changed.
        kind: of the change; None where there is none.
        position: of the word among those between white space.
        old, new: the word before and after.
        left_out: the reason why no word was changed; "" where one was.
    """

    text: str | None
    kind: Change | None = None
    position: int | None = None
    old: str = ""
    new: str = ""
    left_out: str = ""


def one_word_changed(texts: Sequence[str], seed: int) -> tuple[WordChange, ...]:
    """Return each text with one word changed.

    The word is drawn evenly among those with letters. With probability one half it gives way to another word of the
    same part of speech, drawn from the words of all these texts as often as they occur; else two neighbouring letters
    behind its first are swapped. Where one is impossible the other is done, and where both are, another word is taken.
    Punctuation, white space and a capital first letter stay. The change depends on the text's content and the seed, the
    new word also on the set of texts, and nothing on their order. A text of one word, without letters, or whose words
    allow no change is left out, with the reason.

    Parts of speech are those of `augment.parts_of_speech`: every word alone, in lower case.
    """
    pool = _words_by_tag(texts)
    return tuple(_changed(text, pool, generator_of(seed, text)) for text in texts)


def shuffled_words(texts: Sequence[str], seed: int) -> tuple[str, ...]:
    """Return the texts with their words in random order, joined by blanks.

    A text with two distinct words never keeps its order: one that would is turned by one word. Whatever a model still
    gets right, it gets right from single words. The order depends on content and seed alone.
    """
    return tuple(_shuffled(text.split(), generator_of(seed, text)) for text in texts)


def misspelt(word: str, rng: np.random.Generator) -> str | None:
    """Return a word with two distinct neighbouring letters behind its first swapped; None where there are none."""
    letters = [match.start() for match in _LETTER.finditer(word)]
    pairs = [
        i
        for i in letters[1:]
        if i + 1 < len(word) and _LETTER.match(word, i + 1) and word[i].casefold() != word[i + 1].casefold()
    ]
    if len(letters) < _SHORTEST or not pairs:
        return None
    i = pairs[int(rng.integers(len(pairs)))]
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


@dataclass(frozen=True, slots=True)
class _Pool:
    """The words of all texts: the tag of each, and by tag the words with their counts."""

    tag_of: Mapping[str, str]
    words: Mapping[str, Sequence[str]]
    counts: Mapping[str, Array]

    def other(self, word: str, rng: np.random.Generator) -> str | None:
        """Return another word of the same tag, drawn by its count; None if there is none."""
        tag = self.tag_of[word]
        words = self.words[tag]
        weights = np.where(np.array(words) == word, 0, self.counts[tag])
        if not weights.any():
            return None
        return words[int(np.searchsorted(np.cumsum(weights), rng.random() * weights.sum(), side="right"))]


def _words_by_tag(texts: Sequence[str]) -> _Pool:
    """Return the words with letters, in lower case and without punctuation around them."""
    counted = Counter(core for text in texts for word in text.split() if (core := _core(word).lower()))
    vocabulary = sorted(counted)
    tag_of = dict(zip(vocabulary, parts_of_speech(vocabulary).tolist(), strict=True)) if vocabulary else {}
    words: dict[str, list[str]] = {}
    for word in vocabulary:
        words.setdefault(tag_of[word], []).append(word)
    counts = {tag: np.array([counted[word] for word in of_tag]) for tag, of_tag in words.items()}
    return _Pool(tag_of, words, counts)


def _core(word: str) -> str:
    """Return a word without the punctuation around it; "" if it has no letter."""
    core = _CORE.search(word)
    return core[0] if core and _LETTER.search(core[0]) else ""


def _changed(text: str, pool: _Pool, rng: np.random.Generator) -> WordChange:
    """Return one text's change."""
    pieces = re.split(r"(\s+)", text)
    places = [i for i, piece in enumerate(pieces) if piece and not piece.isspace()]
    lettered = [(position, place) for position, place in enumerate(places) if _core(pieces[place])]
    if not lettered:
        return WordChange(None, left_out="no letters")
    if len(places) == 1:
        return WordChange(None, left_out="one word")
    replaces = bool(rng.random() < _SHARE_REPLACED)
    for choice in rng.permutation(len(lettered)).tolist():
        position, place = lettered[choice]
        old = pieces[place]
        for kind in ("replaced", "misspelt") if replaces else ("misspelt", "replaced"):
            new = _new_word(old, kind, pool, rng)
            if new is not None:
                pieces[place] = new
                return WordChange("".join(pieces), kind, position, old, new)
    return WordChange(None, left_out="no word can be changed")


def _new_word(old: str, kind: Change, pool: _Pool, rng: np.random.Generator) -> str | None:
    """Return the word that takes another's place, with its punctuation; None if there is none."""
    core = _core(old)
    if kind == "misspelt":
        new = misspelt(core, rng)
    else:
        new = pool.other(core.lower(), rng)
        new = capitalised(new) if new and core[0].isupper() else new
    return None if new is None else old.replace(core, new, 1)


def _shuffled(words: Sequence[str], rng: np.random.Generator) -> str:
    """Return the words in another order, where there is one."""
    order = [words[i] for i in rng.permutation(len(words)).tolist()]
    if order == list(words):
        order = [*order[1:], *order[:1]]
    return " ".join(order)
