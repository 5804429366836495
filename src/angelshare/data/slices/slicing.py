"""Slices of a text set: masks from columns, words and lengths, and their crossings."""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise, product

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Mask, Vector
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.text import TextBatch
from angelshare.data.slices.specs import ColumnSlices, CrossedSlices, LengthSlices, SliceSpec, WordSlice
from angelshare.data.tables.columns import read_names, read_numbers
from angelshare.data.texts.labelling import category_slices
from angelshare.data.texts.textset import TextSet
from angelshare.data.texts.wording import words

MOST_VALUES = 100
"""Different values of a column that slices are cut by, at most: an id or a text is no category."""
CROSSING = " x "
LENGTH = "length"
_LETTER = r"[^\W_]"
_NAMED = 10
"""Slices that a remark names."""


@dataclass(frozen=True, slots=True, eq=False)
class Sliceable:
    """What slices are cut from.

    Attributes:
        where: what to call the items in an error. n: how many.
        texts: None where they are not at hand.
        columns: name -> (n,) raw values, of the data.
        slices: those that are known already.
    """

    where: str
    n: int
    texts: TextBatch | None = None
    columns: Mapping[str, Array] = field(default_factory=dict)
    slices: Mapping[str, Mask] = field(default_factory=dict)


def cut(specs: Iterable[SliceSpec], items: Sliceable) -> dict[str, Mask]:
    """Return the known slices and the new ones, crossings last.

    Bands are called `year under 2000`, `year 2000 to under 2010` and `year 2010 or more`; values `source=forum`;
    crossings `women x length under 8`.

    Raises:
        InputError: where texts or a column are not at hand, a column is no category, a crossing names no slice, or two
            slices with one name differ.
    """
    masks = dict(items.slices)
    given = tuple(specs)
    groups: dict[str, list[str]] = {}
    for spec in sorted(given, key=lambda spec: isinstance(spec, CrossedSlices)):
        if isinstance(spec, CrossedSlices):
            new = _crossed(spec, masks, groups)
        else:
            name, new = _simple(spec, items)
            groups.setdefault(name, []).extend(new)
        for name, mask in new.items():
            if not np.array_equal(masks.setdefault(name, mask), mask):
                raise InputError(f"There are two different slices called {name!r}. Give one of them another name.")
    return masks


def sliced(panel: Panel[Predictions], specs: Sequence[SliceSpec], data: TextSet | None) -> Panel[Predictions]:
    """Return the panel with these slices; those with all or none of the items are left out, with a remark.

    Args:
        panel: aligned.
        specs: the user's wishes, word lists loaded.
        data: the scored texts, with their columns; None where predictions came without.

    Raises:
        InputError: as `cut`.
    """
    items = panel.items
    columns: Mapping[str, Array] = {}
    if data is not None and data.columns:
        position = {item: i for i, item in enumerate(data.ids)}
        order = np.array([position[item] for item in items.ids.tolist()])
        columns = {name: values[order] for name, values in data.columns.items()}
    masks = cut(specs, Sliceable(panel.data, len(items), items.texts, columns, items.slices))
    kept = {name: mask for name, mask in masks.items() if 0 < mask.sum() < len(items)}
    remarks = (*_remark(masks, len(items), panel.data, all_of_them=True), *_remark(masks, len(items), panel.data))
    return replace(panel, items=replace(items, slices=kept), remarks=(*panel.remarks, *remarks))


def check_slices(specs: Iterable[SliceSpec], data: TextSet) -> None:
    """Cut all slices but the crossings, whose parts may come with the predictions, so that a mistake shows at once.

    Raises:
        InputError: as `cut`.
    """
    simple = [spec for spec in specs if not isinstance(spec, CrossedSlices)]
    cut(simple, Sliceable(data.name, len(data), data.batch, data.columns, data.slices))


def _simple(spec: ColumnSlices | WordSlice | LengthSlices, items: Sliceable) -> tuple[str, dict[str, Mask]]:
    """Return the slices of one wish, after their common name."""
    match spec:
        case ColumnSlices():
            return spec.column, _by_column(spec, items)
        case WordSlice():
            has_word = word_finder(spec.words)
            return spec.name, {spec.name: _any_text(items, f"the slice {spec.name}", has_word)}
        case LengthSlices():
            return LENGTH, _by_length(spec, items)


def _by_column(spec: ColumnSlices, items: Sliceable) -> dict[str, Mask]:
    """Return a slice for every value, or for every band."""
    if spec.column not in items.columns:
        raise InputError(
            f"{items.where} has no column {spec.column!r} to slice by. Columns are those of --data: give the data with "
            "this column, or a column slice:NAME in a file of predictions."
        )
    frame = pd.DataFrame({spec.column: items.columns[spec.column]})
    if spec.edges:
        return bands(spec.column, read_numbers(frame, spec.column, path=items.where, gaps=True), spec.edges)
    if frame[spec.column].dtype != np.bool_:
        n_values = len(set(read_names(frame, spec.column, path=items.where)) - {""})
        if n_values > MOST_VALUES:
            raise InputError(
                f"{items.where}: the column {spec.column!r} has {n_values:,} different values, and slices are cut by "
                f"at most {MOST_VALUES}. Name a column of categories, or cut numbers at edges: "
                f"--slice column:{spec.column}=EDGE,EDGE."
            )
    return category_slices(frame, spec.column, where=items.where)


def bands(name: str, values: Vector, edges: Sequence[float]) -> dict[str, Mask]:
    """Return the items below, between and above rising edges; each edge belongs to the band above it, nan to none."""
    low = {f"{name} under {edges[0]:g}": values < edges[0]}
    inner = {f"{name} {start:g} to under {end:g}": (values >= start) & (values < end) for start, end in pairwise(edges)}
    return {**low, **inner, f"{name} {edges[-1]:g} or more": values >= edges[-1]}


def _by_length(spec: LengthSlices, items: Sliceable) -> dict[str, Mask]:
    """Return slices by the number of words, of pairs of both texts together."""
    texts = _texts(items, "slices by length")
    lengths = np.array([len(words(text)) for text in texts.texts], dtype=np.float64)
    if texts.pairs is not None:
        lengths += [len(words(text)) for text in texts.pairs]
    edges = spec.edges
    if spec.quantiles is not None:
        shares = np.arange(1, spec.quantiles) / spec.quantiles
        # lengths are whole, and an edge at the shortest would leave nothing below it
        quantiles = np.unique(np.ceil(np.quantile(lengths, shares)))
        edges = tuple(quantiles[quantiles > lengths.min()].tolist())
    return bands(LENGTH, lengths, edges) if edges else {LENGTH: np.ones(items.n, dtype=np.bool_)}


def word_finder(listed: Sequence[str]) -> Callable[[str], bool]:
    """Return the test whether a text has any of these words or phrases: whole, in NFKC, in any case.

    Letters, digits and their marks make a word; all else, such as a hyphen, an apostrophe or an underscore, ends it. A
    sign such as an emoji is found anywhere. In scripts without spaces no word ends, so hardly any is found.
    """
    forms = {_form(_folded(word).split()) for word in listed}
    pattern = re.compile("|".join(sorted(forms)))
    return lambda text: pattern.search(_folded(text)) is not None


def _form(parts: Sequence[str]) -> str:
    """Return the regular expression of one phrase."""
    form = r"\s+".join(map(re.escape, parts))
    before = f"(?<!{_LETTER})" if re.match(_LETTER, parts[0]) else ""
    after = f"(?!{_LETTER}|[{_marks()}])" if re.match(_LETTER, parts[-1][-1]) else ""
    return f"{before}{form}{after}"


def _folded(text: str) -> str:
    """Return the text in NFKC without case; NFKC twice, since folding may undo it."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@cache
def _marks() -> str:
    """Return all combining marks, for a class of a regular expression: to `re` they belong to no word."""
    return "".join(c for c in map(chr, range(0x300, sys.maxunicode + 1)) if unicodedata.category(c)[0] == "M")


def _any_text(items: Sliceable, what: str, has_word: Callable[[str], bool]) -> Mask:
    """Return the items whose text, or either text of a pair, has a word."""
    texts = _texts(items, what)
    mask = np.fromiter((has_word(text) for text in texts.texts), dtype=np.bool_, count=items.n)
    if texts.pairs is not None:
        mask |= np.fromiter((has_word(text) for text in texts.pairs), dtype=np.bool_, count=items.n)
    return mask


def _texts(items: Sliceable, what: str) -> TextBatch:
    """Return the texts, unless there are none."""
    if items.texts is None:
        raise InputError(
            f"{what[0].upper()}{what[1:]} cannot be cut: the texts of {items.where} are not at hand. Give --data, or a "
            "column `text` in a file of predictions."
        )
    return items.texts


def _crossed(spec: CrossedSlices, masks: Mapping[str, Mask], groups: Mapping[str, Sequence[str]]) -> dict[str, Mask]:
    """Return the items in a slice of each side, for every choice of slices."""
    sides = [_named(name, masks, groups) for name in spec.of]
    return {CROSSING.join(names): np.logical_and.reduce([masks[name] for name in names]) for names in product(*sides)}


def _named(name: str, masks: Mapping[str, Mask], groups: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the slices of a name: one, or all of a column or of the length."""
    if name in masks:
        return [name]
    slices = groups.get(name) or [known for known in masks if known.startswith(f"{name}=") and CROSSING not in known]
    if not slices:
        raise InputError(
            f"Slices cannot be crossed. {unknown_name('slice', name, tuple(dict.fromkeys((*groups, *masks))))}"
        )
    return slices


def _remark(masks: Mapping[str, Mask], n: int, data: str, *, all_of_them: bool = False) -> tuple[str, ...]:
    """Return a remark on the slices that hold all, or none, of the items, and so say nothing of their own."""
    names = [name for name, mask in masks.items() if mask.sum() == (n if all_of_them else 0)]
    if not names:
        return ()
    share = f"{'all' if all_of_them else 'none'} of the {n:,} items of {data}"
    if len(names) == 1:
        return (f"Slice {names[0]} holds {share} and is not measured.",)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (f"Slices {', '.join(names[:_NAMED])}{more} hold {share} and are not measured.",)
