"""The grammar of the package's own texts: frames with gaps, and lists of words for them."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import prod

import numpy as np
import yaml

from angelshare.data.identities.terms import FORMS, indefinite_article

_GAP = re.compile(r"\{(\w+)\}")
_OF_THE_TERM = frozenset(gap for form in FORMS for gap in (form, f"a_{form}"))


@dataclass(frozen=True, slots=True)
class Grammar:
    """Frames, and the words for their gaps.

    Attributes:
        frames: kind -> frames; a gap is {topic}, or {a_topic} with "a" or "an".
        words: gap -> the words for it.
    """

    frames: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]

    def gaps(self, frame: str) -> tuple[str, ...]:
        """Return a frame's gaps that are not an identity term's."""
        gaps = (gap.removeprefix("a_") for gap in _GAP.findall(frame) if gap not in _OF_THE_TERM)
        return tuple(dict.fromkeys(gaps))

    def fillings(self, frame: str) -> int:
        """Return the number of ways to fill a frame's gaps."""
        return prod(len(self.words[gap]) for gap in self.gaps(frame))

    def filling(self, frame: str, number: int) -> Mapping[str, str]:
        """Return gap -> word of one of these ways; each word also with its article."""
        chosen: dict[str, str] = {}
        for gap in self.gaps(frame):
            number, place = divmod(number, len(self.words[gap]))
            word = self.words[gap][place]
            chosen |= {gap: word, f"a_{gap}": f"{indefinite_article(word)} {word}"}
        return chosen

    def drawn(self, frame: str, rng: np.random.Generator) -> Iterator[Mapping[str, str]]:
        """Yield every filling of a frame once, in random order."""
        return (self.filling(frame, int(number)) for number in rng.permutation(self.fillings(frame)))


def partly_filled(frame: str, words: Mapping[str, str]) -> str:
    """Return a frame with these gaps filled, and the others left."""
    return _GAP.sub(lambda gap: words.get(gap[1], gap[0]), frame)


@cache
def read_grammar(name: str) -> Grammar:
    """Return a grammar of the package, from its YAML file."""
    read = yaml.safe_load(files("angelshare.data.resources").joinpath(f"{name}.yaml").read_text("utf-8"))
    return Grammar(
        {kind: tuple(frames) for kind, frames in read["frames"].items()},
        {gap: tuple(choices) for gap, choices in read.get("words", {}).items()},
    )


def generator_of(seed: int, *content: str) -> np.random.Generator:
    """Return random numbers that depend on the seed and these texts, not on what was drawn before."""
    digest = hashlib.blake2b("\0".join(content).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])
