"""How the sets of a suite are made: drawn by their content, cut by scores, labelled by several columns at once."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Mask, Vector
from angelshare.core.errors import InputError, LabelError
from angelshare.core.text import TextBatch, text_key
from angelshare.data.texts.textset import TextSet

SEED = 2022
"""Seed of the generated sets."""

CALLED_TOXIC = 0.5
"""The external score above which a harmless text is a false positive. The paper has .75, which leaves 59 texts."""

SHARE_TOXIC = 0.06
"""Share of toxic texts in the set. The paper does not print it; its models at chance have this AUC-PR."""

HALF = 0.5
"""The share of raters whose word decides."""

COVERT = ("condescending", "dismissive", "sarcastic", "generalisation_unfair")
OVERT = ("antagonize", "hostile")


def drawn(texts: TextSet, at_most: int | None) -> TextSet:
    """Return at most `at_most` items in whole templates, or clusters where there are none, or else items; at least one.

    The draw depends on content alone: the lowest hashes win.
    """
    if at_most is None or len(texts) <= at_most:
        return texts
    clusters = np.arange(len(texts)) if texts.clusters is None else texts.clusters
    units = texts.columns.get("template", clusters)
    grouped = pd.Series(texts.text_keys()).groupby(units)
    order = grouped.agg(lambda keys: text_key("".join(sorted(keys)))).sort_values().index
    sizes = grouped.size().loc[order].cumsum()
    kept = order[: max(1, int((sizes <= at_most).sum()))]
    return texts.take(pd.Series(units).isin(kept).to_numpy())


def labelled_as(texts: TextSet, labels: tuple[str, str]) -> TextSet:
    """Return a binary set with these names of its negative and positive label.

    Raises:
        InputError: if the set is not binary.
        LabelError: if its labels are these in the other order.
    """
    if texts.task != "binary":
        raise InputError(f"{texts.name} is a {texts.task} set; a suite needs two labels, such as {labels[1]} or not.")
    if texts.labels == labels[::-1]:
        raise LabelError(
            f"{texts.name} names the labels {list(texts.labels)}, the suite {list(labels)}. Give them in this order."
        )
    return replace(texts, labels=labels)


def as_is(texts: TextSet) -> TextSet:
    """Return the texts."""
    return texts


def with_filler_around(texts: TextSet) -> TextSet:
    """Return the texts with random harmless sentences around each."""
    from angelshare.data.made.filler import with_filler

    return replace(texts, batch=TextBatch(with_filler(texts.batch.texts, SEED)))


def half_or_more_toxic(texts: TextSet) -> TextSet:
    """Return the texts labelled toxic where at least half of the raters said so."""
    return _labelled(texts, _numbers(texts, "toxicity") >= HALF)


def covert_or_overt(texts: TextSet) -> TextSet:
    """Return the texts labelled by the larger of covert and overt toxicity, each the largest of its columns."""
    covert, overt = (np.max([_numbers(texts, name) for name in names], axis=0) for names in (COVERT, OVERT))
    return _labelled(texts, np.maximum(covert, overt) >= HALF)


def called_toxic_and_random(texts: TextSet) -> TextSet:
    """Return harmless texts that an external model calls toxic, and as many random others with their human labels.

    The random half is drawn within the human labels, so that `SHARE_TOXIC` of the whole is toxic: at the natural rate
    of one in a hundred there would be nothing to measure. Equal texts are taken once.
    """
    assert texts.truth is not None
    score, toxic, keys = _numbers(texts, "api_score"), texts.truth == 1, texts.text_keys()
    once = np.zeros(len(texts), dtype=np.bool_)
    once[np.unique(keys, return_index=True)[1]] = True
    called = once & ~toxic & (score > CALLED_TOXIC)
    n = int(called.sum())
    n_toxic = min(round(2 * n * SHARE_TOXIC), int((once & toxic).sum()))
    chosen = called | _lowest(keys, once & toxic, n_toxic) | _lowest(keys, once & ~toxic & ~called, n - n_toxic)
    return texts.take(chosen)


def _lowest(keys: Array, among: Mask, n: int) -> Mask:
    """Return the mask of the n items among these with the lowest content keys: a draw without regard to order."""
    places = np.flatnonzero(among)
    chosen = np.zeros(len(keys), dtype=np.bool_)
    chosen[places[np.argsort(keys[places], kind="stable")[:n]]] = True
    return chosen


def _numbers(texts: TextSet, column: str) -> Vector:
    """Return a kept column as numbers.

    Raises:
        InputError: if a value is missing or no number.
    """
    numbers = pd.to_numeric(pd.Series(texts.columns[column]), errors="coerce").to_numpy(dtype=np.float64)
    if np.isnan(numbers).any():
        row = int(np.argmax(np.isnan(numbers)))
        raise InputError(
            f"{texts.name}, row {row + 1}: {column} is {texts.columns[column][row]!r}, which is not a number."
        )
    return numbers


def _labelled(texts: TextSet, positive: Mask) -> TextSet:
    """Return the texts with these labels in place of their own."""
    return replace(texts, truth=positive.astype(np.int64))


def short_synthetic_set() -> TextSet:
    """Return the package's templates with its identity terms."""
    from angelshare.data.made.short_synthetic import short_synthetic

    return short_synthetic(SEED)


def identity_swap_set() -> TextSet:
    """Return the package's phrases, each with 23 identity terms."""
    from angelshare.data.identities.swaps import identity_swaps

    return identity_swaps()


def functional_set() -> TextSet:
    """Return the package's functional tests."""
    from angelshare.data.made.functional_suite import functional_suite

    return functional_suite()


MADE: Mapping[str, Callable[[TextSet], TextSet]] = {
    "as_is": as_is,
    "with_filler": with_filler_around,
    "half_or_more_toxic": half_or_more_toxic,
    "covert_or_overt": covert_or_overt,
    "called_toxic_and_random": called_toxic_and_random,
}
"""Changes to the texts of a source, by name."""

GENERATED: Mapping[str, Callable[[], TextSet]] = {
    "short_synthetic": short_synthetic_set,
    "identity_swaps": identity_swap_set,
    "functional_suite": functional_set,
}
"""Generated sets, by name."""
