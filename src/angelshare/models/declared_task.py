"""The label names and the task that a model's configuration declares."""

from collections.abc import Mapping, Sequence
from typing import Literal

from transformers import PreTrainedConfig

from angelshare.core.errors import LabelError, ModelError
from angelshare.core.task import N_BINARY, Task

PROBLEM_TYPES: dict[Task, Literal["single_label_classification", "multi_label_classification", "regression"]] = {
    "binary": "single_label_classification",
    "single_label": "single_label_classification",
    "multi_label": "multi_label_classification",
    "regression": "regression",
}


def set_labels(config: PreTrainedConfig, *, labels: Sequence[str], task: Task) -> None:
    """Write label names and problem type into the configuration.

    Raises:
        LabelError: if a name is repeated, or the number of names does not fit the task.
    """
    check_labels(labels, task)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: i for i, label in enumerate(labels)}
    config.problem_type = PROBLEM_TYPES[task]


def check_labels(labels: Sequence[str], task: Task) -> None:
    """Refuse label names that are repeated, or whose number does not fit the task.

    Raises:
        LabelError: with the names.
    """
    if len(set(labels)) != len(labels):
        raise LabelError(f"The labels {list(labels)} repeat a name. Give every output a name of its own.")
    n = len(labels)
    fits = {"binary": n == N_BINARY, "single_label": n >= N_BINARY, "regression": n == 1}
    if not fits.get(task, n >= 1):
        msg = f"A {task} task cannot have the {n} labels {list(labels)}. Check the task, or the labels."
        raise LabelError(msg)


def check_label_order(model: Sequence[str], data: Sequence[str], *, who: str, where: str) -> None:
    """Check that a model answers with the labels of the data, in their order.

    Raises:
        LabelError: if it does not, naming the labels of both.
    """
    if tuple(model) == tuple(data):
        return
    how = "in another order" if sorted(model) == sorted(data) else "and not these"
    msg = (
        f"{who} answers with the labels {list(model)}, {where} has {list(data)}, {how}. "
        "Load the right model, or give the labels in the model's order."
    )
    raise LabelError(msg)


def labels_of(config: PreTrainedConfig, source: str) -> tuple[str, ...]:
    """Return the label names in the order of the outputs.

    Raises:
        ModelError: if the configuration does not number them from zero.
    """
    names: dict[int, str] = {int(number): name for number, name in (config.id2label or {}).items()}
    if sorted(names) != list(range(len(names))):
        msg = f"{source}: its labels are numbered {sorted(names)}, not 0 to {len(names) - 1}. Correct its id2label."
        raise ModelError(msg)
    return tuple(str(names[i]) for i in range(len(names)))


def label_contradiction(config: PreTrainedConfig) -> str | None:
    """Return a remark on label2id if it numbers labels in another way than id2label, which counts; None if not."""
    numbers: object = config.label2id or {}
    if not isinstance(numbers, Mapping):
        return f"its label2id is {numbers!r}, which is ignored: id2label counts."
    names = {number: str(name) for number, name in (config.id2label or {}).items()}
    for name, number in numbers.items():
        same = names.get(number) if isinstance(number, int) else None
        if name not in (same, f"LABEL_{number}"):
            said = f"label2id says that {name!r} is {number!r}, id2label that {number!r} is {same!r}"
            return f"{said}. id2label counts; check that it is right."
    return None


def task_of(config: PreTrainedConfig, declared: Task | None) -> Task:
    """Return the declared task, else the one of the configuration's problem type and number of labels.

    Raises:
        LabelError: if the number of labels does not fit the task.
    """
    n_labels = len(config.id2label or {})
    single: Task = "binary" if n_labels == N_BINARY else "single_label"
    from_config: dict[str | None, Task] = {
        "single_label_classification": single,
        "multi_label_classification": "multi_label",
        "regression": "regression",
        None: "regression" if n_labels == 1 else single,
    }
    task = declared or from_config.get(config.problem_type, single)
    check_labels([str(name) for name in (config.id2label or {}).values()], task)
    return task
