"""Human labels from a text set, joined to predictions by id."""

from dataclasses import replace

import numpy as np

from angelshare.core.arrays import Array, Labels
from angelshare.core.errors import LabelError, MisalignedError
from angelshare.core.predictions import UNLABELLED, Predictions
from angelshare.data.textset import TextSet


def attach_truth(predictions: Predictions, texts: TextSet) -> Predictions:
    """Return the predictions with truth, slices, clusters, weights and text keys of a text set, matched by id.

    Raises:
        LabelError: if the task or the labels' names differ; their order may.
        MisalignedError: if ids are missing or extra, or a text or a truth differs from the one in the file.
    """
    _refuse_other_task(predictions, texts)
    position = {item: i for i, item in enumerate(texts.ids)}
    ids = predictions.ids.tolist()
    missing, extra = sorted(set(position) - set(ids)), sorted(set(ids) - set(position))
    if missing or extra:
        msg = (
            f"{predictions.name} has {len(ids)} items, {texts.name} {len(texts)}: {len(missing)} missing "
            f"({', '.join(map(repr, missing[:3]))}), {len(extra)} extra ({', '.join(map(repr, extra[:3]))}). "
            "Score exactly these texts, under these ids."
        )
        raise MisalignedError(msg)
    matched = texts.take(np.array([position[item] for item in ids], dtype=np.int64))
    keys = matched.text_keys()
    truth = _in_order(matched, predictions.labels)
    _refuse_other_content(predictions, texts.name, keys, truth)
    return replace(
        predictions,
        truth=predictions.truth if truth is None else truth,
        slices={**predictions.slices, **matched.slices},
        clusters=predictions.clusters if matched.clusters is None else matched.clusters,
        weights=predictions.weights if matched.weights is None else matched.weights,
        text_keys=keys,
    )


def _refuse_other_task(predictions: Predictions, texts: TextSet) -> None:
    """Refuse a text set with other labels."""
    if predictions.task != texts.task or sorted(predictions.labels) != sorted(texts.labels):
        msg = (
            f"{predictions.name} answers {predictions.task} with labels {list(predictions.labels)}, {texts.name} is "
            f"{texts.task} with {list(texts.labels)}. Rename the columns to the data's labels."
        )
        raise LabelError(msg)


def _in_order(texts: TextSet, labels: tuple[str, ...]) -> Array | None:
    """Return the truth in these labels' order."""
    if texts.truth is None or texts.labels == labels or texts.task == "regression":
        return texts.truth
    if texts.task == "multi_label":
        return texts.truth[:, [texts.labels.index(label) for label in labels]]
    new: Labels = np.array([*(labels.index(label) for label in texts.labels), UNLABELLED])
    return np.asarray(new[texts.truth])


def _refuse_other_content(predictions: Predictions, data: str, keys: Array, truth: Array | None) -> None:
    """Refuse a file whose texts or labels contradict the data."""
    if predictions.text_keys is not None and (predictions.text_keys != keys).any():
        differs = np.flatnonzero(predictions.text_keys != keys)
        what = "text"
    elif predictions.truth is not None and truth is not None:
        same = (predictions.truth == truth) | ((predictions.truth != predictions.truth) & (truth != truth))  # noqa: PLR0124  (nan)
        differs = np.flatnonzero(~same if same.ndim == 1 else ~same.all(axis=1))
        what = "truth"
    else:
        return
    if differs.size:
        msg = (
            f"{differs.size} items have another {what} in {predictions.name} than in {data}, the first "
            f"{str(predictions.ids[differs[0]])!r}. Score the texts of {data}, or give the data that was scored."
        )
        raise MisalignedError(msg)
