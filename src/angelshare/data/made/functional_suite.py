"""Functional tests for classifiers of hate, one ability each, on templates of our own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

import yaml

from angelshare.data.identities.grammar import generator_of
from angelshare.data.identities.swaps import with_gap
from angelshare.data.identities.terms import IDENTITY_TERMS, filled
from angelshare.data.made.word_changes import misspelt
from angelshare.data.texts.template_sets import TemplateText, template_set
from angelshare.data.texts.textset import TextSet

TARGETS = ("woman", "transgender", "gay", "Muslim", "Jewish", "Black", "immigrant", "deaf")
"""Names of the identity terms that every template is about."""

_SPELT_FROM = "direct_insult"


@dataclass(frozen=True, slots=True)
class _Template:
    """A template with a gap for the target; a `family` says the same in several spellings."""

    functionality: str
    label: int
    frame: str
    family: str


def functional_suite(seed: int = 0) -> TextSet:
    """Return 15 functionalities of 8 templates each, every template about 8 targets.

    Hateful: insults, threats, praise denied, questions and opinions, implications, and the insults misspelt, with a
    blank left out, and with letters set apart. Not hateful: insults denied, quoted to oppose them, neutral and kind
    statements, insults of things, figurative violence, and people who speak of themselves. Columns `functionality`,
    `template` and `target`; a cluster is a template with its other spellings.

    After the idea of Roettger et al. 2021, "HateCheck: Functional Tests for Hate Speech Detection Models". It stands in
    for HateCheck and is not it: none of its cases is in here, ours are not annotated, and slurs are missing.

    Args:
        seed: of the swapped letters.
    """
    by_name = {term.name: term for term in IDENTITY_TERMS}
    rows = [
        TemplateText(
            item=f"case-{number:03d}/{target}",
            text=filled(template.frame, by_name[target]),
            label=template.label,
            cluster=template.family,
            template=with_gap(template.frame),
            columns={"functionality": template.functionality, "target": target},
        )
        for number, template in enumerate(_templates(seed))
        for target in TARGETS
    ]
    return template_set("functional_suite", ("non-hateful", "hateful"), rows)


def _templates(seed: int) -> Iterator[_Template]:
    """Yield every template, and the other spellings of the insults."""
    read = yaml.safe_load(files("angelshare.data.resources").joinpath("functional_templates.yaml").read_text("utf-8"))
    for label, kind in enumerate(("non_hateful", "hateful")):
        for functionality, frames in read[kind].items():
            yield from (_Template(functionality, label, frame, frame) for frame in frames)
    for functionality, respelt in _SPELLINGS.items():
        for frame in read["hateful"][_SPELT_FROM]:
            yield _Template(functionality, 1, respelt(frame, seed), frame)


def _longest(frame: str) -> int:
    """Return the position of the longest word that neither is a gap nor follows one: it bears the meaning."""
    words = frame.split()
    places = [place for place in range(1, len(words)) if "{" not in words[place - 1] + words[place]]
    return max(places, key=lambda place: len(words[place].strip(".,")))


def _misspelt(frame: str, seed: int) -> str:
    """Return a frame with two letters of its longest word swapped."""
    words = frame.split()
    place = _longest(frame)
    words[place] = misspelt(words[place], generator_of(seed, frame)) or words[place]
    return " ".join(words)


def _run_together(frame: str, _seed: int) -> str:
    """Return a frame without the blank before its longest word."""
    words = frame.split()
    place = _longest(frame)
    return " ".join([*words[: place - 1], words[place - 1] + words[place], *words[place + 1 :]])


def _letters_apart(frame: str, _seed: int) -> str:
    """Return a frame with blanks between the letters of its longest word."""
    words = frame.split()
    place = _longest(frame)
    bare = words[place].strip(".,")
    return " ".join([*words[:place], words[place].replace(bare, " ".join(bare)), *words[place + 1 :]])


_SPELLINGS: Mapping[str, Callable[[str, int], str]] = {
    "misspelt_insult": _misspelt,
    "insult_run_together": _run_together,
    "insult_with_letters_apart": _letters_apart,
}
