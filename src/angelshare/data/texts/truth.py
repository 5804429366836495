"""Human labels from a text set, joined to predictions by id."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from angelshare.core.alignment import Observed, differently_grouped
from angelshare.core.arrays import Array, Labels, Mask, unequal
from angelshare.core.errors import LabelError, MisalignedError
from angelshare.core.items import ITEM_COLUMNS, UNLABELLED, Items
from angelshare.core.predictions import Predictions
from angelshare.data.texts.textset import TextSet


def attach_truth(observed: Observed[Predictions], texts: TextSet) -> Observed[Predictions]:
    """Return the predictions with truth, slices, columns, clusters, weights and text keys of a text set, by id.

    Raises:
        LabelError: if the task or the labels' names differ; their order may.
        MisalignedError: if ids are missing or extra, or a text, truth, slice, column, cluster or weight is another.
    """
    given, predictions = observed.items, observed.member
    _refuse_other_task(predictions, texts)
    position = {item: i for i, item in enumerate(texts.ids)}
    ids = given.ids.tolist()
    missing, extra = sorted(set(position) - set(ids)), sorted(set(ids) - set(position))
    if missing or extra:
        raise MisalignedError(
            f"{predictions.name} has {len(ids)} items, {texts.name} {len(texts)}: {len(missing)} missing "
            f"({', '.join(map(repr, missing[:3]))}), {len(extra)} extra ({', '.join(map(repr, extra[:3]))}). "
            "Score exactly these texts, under these ids."
        )
    matched = items_of(texts.take(np.array([position[item] for item in ids], dtype=np.int64)), predictions.labels)
    joined = replace(
        matched,
        source=given.source,
        truth=given.truth if matched.truth is None else matched.truth,
        slices={**given.slices, **matched.slices},
        clusters=given.clusters if matched.clusters is None else matched.clusters,
        weights=given.weights if matched.weights is None else matched.weights,
        columns={**given.columns, **matched.columns},
    )
    for what, differs in _differences(given, joined):
        if differs.any():
            raise MisalignedError(
                f"{int(differs.sum())} items have another {what} in {predictions.name} than in {texts.name}, the first "
                f"{str(given.ids[np.argmax(differs)])!r}. Score the texts of {texts.name}, or give the data that "
                "was scored."
            )
    return Observed(joined, predictions)


def items_of(texts: TextSet, labels: tuple[str, ...] | None = None) -> Items:
    """Return what a text set knows of its items, the truth in these labels' order; None: in the set's own."""
    return Items(
        texts.name,
        np.array(texts.ids, dtype=np.str_),
        texts=texts.batch,
        truth=texts.truth if labels is None else _in_order(texts, labels),
        slices=texts.slices,
        clusters=texts.clusters,
        weights=texts.weights,
        columns=item_columns(texts),
        keys=texts.text_keys(),
    )


def item_columns(texts: TextSet) -> dict[str, Array]:
    """Return the columns of a text set that are `ITEM_COLUMNS`: (n,) texts."""
    return {name: values for name, values in texts.columns.items() if name in ITEM_COLUMNS}


def _refuse_other_task(predictions: Predictions, texts: TextSet) -> None:
    """Refuse a text set with other labels."""
    if predictions.task != texts.task or sorted(predictions.labels) != sorted(texts.labels):
        raise LabelError(
            f"{predictions.name} answers {predictions.task} with labels {list(predictions.labels)}, {texts.name} is "
            f"{texts.task} with {list(texts.labels)}. Rename the columns to the data's labels."
        )


def _in_order(texts: TextSet, labels: tuple[str, ...]) -> Array | None:
    """Return the truth in these labels' order."""
    if texts.truth is None or texts.labels == labels or texts.task == "regression":
        return texts.truth
    if texts.task == "multi_label":
        return texts.truth[:, [texts.labels.index(label) for label in labels]]
    new: Labels = np.array([*(labels.index(label) for label in texts.labels), UNLABELLED])
    return np.asarray(new[texts.truth])


def _differences(given: Items, joined: Items) -> Iterator[tuple[str, Mask]]:
    """Yield what a file brought itself, and in which items (n,) the data say otherwise: one would be passed over."""
    if given.keys is not None:
        yield "text", given.keys != joined.keys
    if given.truth is not None and joined.truth is not None:
        yield "truth", np.any(unequal(given.truth, joined.truth).reshape(len(given), -1), axis=1)
    if given.clusters is not None and joined.clusters is not None:
        yield "cluster", differently_grouped(given.clusters, joined.clusters)
    if given.weights is not None and joined.weights is not None:
        yield "weight", ~np.isclose(given.weights, joined.weights)
    yield from ((f"slice {name!r}", mask != joined.slices[name]) for name, mask in given.slices.items())
    yield from (
        (f"column {name!r}", np.asarray(values != joined.columns[name])) for name, values in given.columns.items()
    )
