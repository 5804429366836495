"""Test suites known by name: lists of labelled sets, each a public original, a stand-in, or a gap."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, model_validator

from angelshare import __version__
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.protocols import DataCard
from angelshare.core.strict import Strict
from angelshare.core.task import Role, SuiteScale
from angelshare.data.suites.making import GENERATED, MADE, drawn, labelled_as
from angelshare.data.texts.catalog import FOLDER_VARIABLE, catalog_card
from angelshare.data.texts.joining import join_splits
from angelshare.data.texts.loading import load_splits
from angelshare.data.texts.textset import Splits, TextSet

IN_DOMAIN = "in_domain"
"""The name of the set for which a model's own test split stands in."""


class Original(Strict):
    """The set on which the paper measured.

    Attributes:
        what: its description.
        where: whether it can be had.
        card: its name in the catalogue, if it has one.
    """

    what: str
    where: Literal["public", "not found", "proprietary"]
    card: str | None = None


class Source(Strict):
    """A way to have a set.

    Attributes:
        data: a name of the catalogue.
        more: names of sets that are joined with it.
        generated: a name in `making.GENERATED`, in place of `data`.
        made: the change to these texts, a name in `making.MADE`.
        split: their role in the catalogued set.
        keep: further columns that `made` needs.
        stands_in_for: the set for which it is taken; None: it is the original.
        scales: the scales at which it serves.
    """

    data: str | None = None
    more: tuple[str, ...] = ()
    generated: str | None = None
    made: str = "as_is"
    split: Role = "test"
    keep: tuple[str, ...] = ()
    stands_in_for: str | None = None
    scales: tuple[SuiteScale, ...] = ("tiny", "small", "paper")

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        """Refuse unknown names, and a source with both origins or neither."""
        if (self.data is None) == (self.generated is None):
            raise ValueError("A source is either `data` or `generated`.")
        if self.generated is not None and self.generated not in GENERATED:
            raise ValueError(unknown_name("generated set", self.generated, GENERATED))
        if self.made not in MADE:
            raise ValueError(unknown_name("way to make a set", self.made, MADE))
        return self


class SetSpec(Strict):
    """One set of a suite.

    Attributes:
        name: its name in rows and gates.
        title: its name in the paper.
        original: the set on which the paper measured.
        sources: in order of preference: the first at hand serves.
        audits: names of the audits that run on it.
        at_most: number of items at a scale, drawn by their content in whole templates; all where there is none.
    """

    name: str
    title: str
    original: Original
    sources: tuple[Source, ...]
    audits: tuple[str, ...]
    at_most: dict[SuiteScale, int] = Field(default_factory=dict)


class NotReproducible(Strict):
    """A proprietary model or set of the paper, with its place in the paper."""

    what: str
    table: str


class SuiteSpec(Strict):
    """A suite.

    Attributes:
        about: its description.
        labels: the names of every set's classes, the positive one last, so that one model answers all sets.
        metrics: those of the audit `quality` on every set.
        sets: in the paper's order.
        not_reproducible: what the paper has and others cannot have.
    """

    about: str
    labels: tuple[str, str]
    metrics: tuple[str, ...]
    sets: tuple[SetSpec, ...]
    not_reproducible: tuple[NotReproducible, ...] = ()

    @model_validator(mode="after")
    def _test_splits_have_a_place(self) -> Self:
        """Refuse a suite without an in-domain set, and one with two sets of the same name."""
        names = [spec.name for spec in self.sets]
        if IN_DOMAIN not in names or len(set(names)) < len(names):
            raise ValueError(
                f"The sets of a suite have different names, {IN_DOMAIN} among them, not {', '.join(names)}."
            )
        return self


class SuiteChoice(Strict):
    """A suite of a recipe: its name alone, or with a scale.

    Attributes:
        name: of the suite.
        scale: `tiny`: generated sets only; `small`: local copies; `paper`: the hub's.
    """

    name: str
    scale: SuiteScale = "small"

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, given: object) -> object:
        """Read a bare name."""
        return {"name": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        """Refuse an unknown suite."""
        if self.name not in suites():
            raise ValueError(unknown_name("suite", self.name, suites()))
        return self


@dataclass(frozen=True, slots=True, eq=False)
class SuiteSet:
    """A set of a suite that is at hand.

    Attributes:
        spec: the set's place in the suite.
        texts: under the name of the spec, with the suite's labels.
        card: of the data from which they were made.
        stands_in_for: the set for which they are taken; None: they are the original.
        passed_over: the reasons why better sources did not serve, as sentences.
    """

    spec: SetSpec
    texts: TextSet
    card: DataCard
    stands_in_for: str | None = None
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingSet:
    """A set of a suite that is not at hand, with the reason in sentences."""

    spec: SetSpec
    why: str


@cache
def suites() -> Mapping[str, SuiteSpec]:
    """Return every suite by name."""
    read = yaml.safe_load(files("angelshare.data.resources").joinpath("suites.yaml").read_text("utf-8"))
    return {name: SuiteSpec.model_validate(suite) for name, suite in read.items()}


def suite_spec(name: str) -> SuiteSpec:
    """Return a suite.

    Raises:
        InputError: if there is none of that name; the nearest name is told.
    """
    if name not in suites():
        raise InputError(unknown_name("suite", name, suites()))
    return suites()[name]


def gather_sets(suite: SuiteSpec, scale: SuiteScale) -> tuple[SuiteSet | MissingSet, ...]:
    """Return every set of a suite, in order: from the first source at hand, or the reason why there is none."""
    return tuple(gather_set(spec, suite.labels, scale) for spec in suite.sets)


def gather_set(spec: SetSpec, labels: tuple[str, str], scale: SuiteScale) -> SuiteSet | MissingSet:
    """Return one set, or the reason why there is none."""
    serving = [source for source in spec.sources if _serves(source, scale)]
    if not serving:
        return MissingSet(spec, f"No source of it serves at scale {scale}.")
    passed_over: list[str] = []
    for source in serving:
        why = _not_at_hand(source, scale)
        if why is None:
            texts, card = _read(source, spec.at_most.get(scale))
            named = replace(labelled_as(texts, labels), name=spec.name)
            return SuiteSet(spec, named, card, source.stands_in_for, tuple(passed_over))
        passed_over.append(why)
    return MissingSet(spec, " ".join(passed_over))


def own_set(spec: SetSpec, texts: TextSet, card: DataCard, labels: tuple[str, str]) -> SuiteSet:
    """Return the user's test split as the in-domain set: it keeps its name, its labels and all its items.

    Raises:
        InputError: if it is not binary, or its positive label does not come last.
    """
    labelled_as(texts, labels)
    is_original = card.name == spec.original.card
    return SuiteSet(
        spec, texts, card, None if is_original else f"{spec.original.what[:1].lower()}{spec.original.what[1:]}"
    )


def _serves(source: Source, scale: SuiteScale) -> bool:
    """Return whether a source serves at this scale: tiny reads no data."""
    return scale in source.scales and (scale != "tiny" or source.generated is not None)


def _not_at_hand(source: Source, scale: SuiteScale) -> str | None:
    """Return why a source cannot be read, as a sentence; None if it can, or if the hub may have it."""
    if source.data is None or scale == "paper":
        return None
    folder = os.environ.get(FOLDER_VARIABLE)
    for name in (source.data, *source.more):
        file = catalog_card(name).file
        if file is None or not folder:
            return f"{name} is not at hand: {FOLDER_VARIABLE} is not set to a folder with local copies."
        if not (Path(folder) / file).is_file():
            return f"{name} is not at hand: {FOLDER_VARIABLE} lacks {file}."
    return None


def _read(source: Source, at_most: int | None) -> tuple[TextSet, DataCard]:
    """Return the texts of a source, drawn and then made into the set, and its card."""
    if source.data is not None:
        splits = read_joined((source.data, *source.more), keep=source.keep)
        texts, card = splits.role(source.split), splits.card
    else:
        assert source.generated is not None, "a source is one or the other"
        texts, card = GENERATED[source.generated](), _generated_card(source.generated)
    return MADE[source.made](drawn(texts, at_most)), card


def read_joined(sources: Sequence[str], *, keep: Sequence[str] = ()) -> Splits:
    """Return one set, or several with the same labels joined.

    Raises:
        InputError: if one cannot be read, or they do not fit each other.
    """
    parts = [load_splits(source, keep=keep) for source in sources]
    return parts[0] if len(parts) == 1 else join_splits(parts)


def _generated_card(name: str) -> DataCard:
    """Return the card of a generated set."""
    return DataCard(name, "angelshare", revision=__version__, licence="as angelshare", hazards="mild insults to groups")
