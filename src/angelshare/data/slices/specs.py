"""Slices as a recipe or the command line has them: by column, by words, by length, and crossed."""

import math
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from angelshare.core.errors import InputError
from angelshare.core.strict import Edge, Strict

FORM = (
    "Write one of column=COLUMN, column:COLUMN=EDGE,EDGE, words:NAME=FILE, words:NAME=WORD,WORD, length=EDGE,EDGE, "
    "length:quantiles=NUMBER, cross=SLICE*SLICE."
)


def _rising(edges: tuple[float, ...]) -> tuple[float, ...]:
    """Refuse edges that do not rise: a band between them would be empty."""
    if any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"The edges must rise, but {[f'{edge:g}' for edge in edges]} do not.")
    return edges


def _bare(name: str) -> str:
    """Refuse names that are blank or mean a crossing."""
    if not name.strip() or "*" in name:
        raise ValueError(f"{name!r} cannot name a slice: it is blank, or has a * in it, which crosses two slices.")
    return name.strip()


def _words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without blanks; a list of blanks is refused."""
    kept = tuple(word.strip() for word in words if word.strip())
    if words and not kept:
        raise ValueError("The list of words is blank. Give at least one word.")
    return kept


Name = Annotated[str, AfterValidator(_bare)]
Edges = Annotated[tuple[Edge, ...], AfterValidator(_rising)]


class ColumnSlices(Strict):
    """One slice for every value of a column of the data, or for every band between edges of a column of numbers.

    Attributes:
        column: its name; that of the package, such as `target`, where it has one.
        edges: rising; each belongs to the band above it.
    """

    kind: Literal["column"]
    column: str
    edges: Edges = ()


class WordSlice(Strict):
    """The texts with any of these words, whole and in any case.

    Attributes:
        name: of the slice.
        words: words or phrases.
        file: a file with one on a line, instead.
    """

    kind: Literal["words"]
    name: Name
    words: Annotated[tuple[str, ...], AfterValidator(_words)] = ()
    file: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        """Refuse a slice with both a list and a file, or with neither."""
        if bool(self.words) == (self.file is not None):
            raise ValueError("Give either words or a file with one word on a line.")
        return self


class LengthSlices(Strict):
    """Texts by their length in words, between edges or in parts of about equal size.

    Attributes:
        edges: rising; each belongs to the band above it.
        quantiles: number of parts of about equal size, instead of edges.
    """

    kind: Literal["length"]
    edges: Edges = ()
    quantiles: Annotated[int, Field(ge=2, le=100)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """Refuse both ways to cut, and neither."""
        if bool(self.edges) == (self.quantiles is not None):
            raise ValueError("Give either edges in words, or the number of quantiles.")
        return self


class CrossedSlices(Strict):
    """The items that are in a slice of each.

    Attributes:
        of: names of slices, or of all slices by a column or by `length`.
    """

    kind: Literal["cross"]
    of: Annotated[tuple[str, ...], Field(min_length=2)]


SliceSpec = Annotated[ColumnSlices | WordSlice | LengthSlices | CrossedSlices, Field(discriminator="kind")]
_SPEC: TypeAdapter[ColumnSlices | WordSlice | LengthSlices | CrossedSlices] = TypeAdapter(SliceSpec)


def parse_slice(given: str) -> SliceSpec:
    """Return the slices that `KIND[:NAME]=WHAT` on the command line asks for.

    `words:NAME=` is followed by a file, if there is one of that name, or else by words with commas between them.

    Raises:
        InputError: for another form, with the right ones; for edges that are no numbers; for a missing word list.
    """
    head, separator, what = (part.strip() for part in given.partition("="))
    kind, _, name = (part.strip() for part in head.partition(":"))
    content: dict[str, object] | None = None
    if kind == "column" and what:
        content = {"column": name, "edges": _numbers(what, given)} if name else {"column": what}
    elif kind == "words" and name and what:
        words = "," in what and not Path(what).is_file()
        content = {"name": name, **({"words": what.split(",")} if words else {"file": what})}
    elif kind == "length" and name == "quantiles":
        content = {"quantiles": _whole(what, given)}
    elif kind == "length" and not name and what:
        content = {"edges": _numbers(what, given)}
    elif kind == "cross" and not name:
        content = {"of": [part.strip() for part in what.split("*")]}
    if content is None or not separator:
        raise InputError(f"--slice {given!r} is not a slice. {FORM}")
    try:
        return loaded(_SPEC.validate_python({"kind": kind, **content}))
    except ValidationError as error:
        problems = " ".join(detail["msg"].removeprefix("Value error, ") for detail in error.errors())
        raise InputError(f"--slice {given!r}: {problems}") from error


def loaded(spec: SliceSpec) -> SliceSpec:
    """Return the slice with the words of its file in it, so that they are on record.

    Raises:
        InputError: if the file is missing, no UTF-8, or has no word.
    """
    if not isinstance(spec, WordSlice) or spec.file is None:
        return spec
    return WordSlice(kind="words", name=spec.name, words=read_words(Path(spec.file)))


def read_words(path: Path) -> tuple[str, ...]:
    """Return the words or phrases of a file with one on a line; blank lines are left out.

    Raises:
        InputError: if the file is missing, no UTF-8, or has no word.
    """
    if not path.is_file():
        raise InputError(
            f"There is no word list {path}. Give a file with one word on a line, or the words themselves with commas "
            "between them (one word: with a comma after it)."
        )
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: {error.reason} at byte {error.start}. Save it as UTF-8.") from error
    words = tuple(line.strip() for line in lines if line.strip())
    if not words:
        raise InputError(f"{path} has no word. Write one on a line.")
    return words


def columns_of(specs: Iterable[SliceSpec]) -> tuple[str, ...]:
    """Return the columns of the data that slices are cut by."""
    return tuple(dict.fromkeys(spec.column for spec in specs if isinstance(spec, ColumnSlices)))


def _numbers(what: str, given: str) -> tuple[float, ...]:
    """Return numbers with commas between them as edges."""
    try:
        edges = tuple(float(part) for part in what.split(","))
    except ValueError as error:
        raise InputError(f"--slice {given!r}: {what!r} are not numbers with commas between them.") from error
    if not all(math.isfinite(edge) for edge in edges):
        raise InputError(f"--slice {given!r}: the edges must be finite.")
    return edges


def _whole(what: str, given: str) -> int:
    """Return a whole number of parts."""
    if not (what.isascii() and what.isdecimal()):
        raise InputError(f"--slice {given!r}: {what!r} is not a whole number of parts.")
    return int(what)
