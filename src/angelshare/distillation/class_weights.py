"""The weights of classes in losses to human labels."""

import numpy as np

from angelshare.core.arrays import Array
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.items import any_label
from angelshare.core.task import Task
from angelshare.distillation.spec import ClassWeights


def label_weights(
    given: ClassWeights | None, targets: Array | None, *, task: Task, labels: tuple[str, ...]
) -> tuple[float, ...] | None:
    """Return (labels,) factors of the losses to human labels; None where all count alike.

    `balanced` is n / (number of labels times n of the label), so that all classes have the same total weight and the
    mean over the items is 1; fractional labels count for both classes by their share.

    Args:
        given: the weights in the recipe.
        targets: the human labels to train on, as in `TextSet.targets`.
        task: the task of the labels.
        labels: the labels, in the order of the outputs.

    Raises:
        InputError: if the task has no single label, a label is unknown, or a class to balance has no text.
    """
    if given is None:
        return None
    if task not in ("binary", "single_label"):
        raise InputError(f"class_weights are for tasks with a single label, but this is {task}. Leave them out.")
    if given != "balanced":
        for label in given:
            if label not in labels:
                raise InputError(unknown_name("label in class_weights", label, labels))
        return tuple(given.get(label, 1.0) for label in labels)
    known = np.zeros(0, dtype=np.int64) if targets is None else targets[any_label(targets)]
    if known.dtype.kind == "f":
        counts = np.array([(1 - known).sum(), known.sum()])
    else:
        counts = np.bincount(known, minlength=len(labels))
    if not counts.all():
        absent = [label for label, n in zip(labels, counts, strict=True) if not n]
        raise InputError(
            f"class_weights cannot be balanced: none of {len(known)} human-labelled texts is {', '.join(absent)}. "
            "Give weights by label, or texts of every class."
        )
    return tuple((counts.sum() / (len(labels) * counts)).tolist())
