"""What a student is trained towards: losses between its logits, the teacher's logits and human labels.

z_s, z_t are logits (items, labels) of student and teacher; every loss is a mean over the items of a batch.

- binary, single_label: soft targets are T^2 KL(softmax(z_t / T) || softmax(z_s / T)); hard labels are cross-entropy.
- multi_label: both are binary ones, label by label, summed over the labels: softmax becomes a sigmoid of each logit.
- regression: the squared distance to the teacher's value, whatever the temperature, or to the label.

The sum over labels is the divergence between the joint distributions of independent labels. T^2 keeps the size of the
gradients independent of the temperature (Hinton et al. 2015).
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from angelshare.core.errors import InputError
from angelshare.core.predictions import UNLABELLED
from angelshare.core.task import Task
from angelshare.distil.spec import HardLabels, LogitMse, ObjectiveSpec, SoftCrossEntropy, SoftTargets, Weighted

Objective = Callable[[Tensor, Tensor | None, Tensor | None], Tensor]
"""(student logits (n, labels), teacher logits (n, labels) or None, human labels or None) -> loss, a scalar."""


def objective(spec: ObjectiveSpec, task: Task) -> Objective:
    """Return the loss that a recipe names, for this task.

    Human labels are class indices (n,) with -1 where unlabelled, or floats (n, labels) or (n,) with nan there; they do
    not count, and a batch without any label has loss 0.
    """
    match spec:
        case Weighted(terms=terms):
            return _weighted([(term.weight, objective(term.objective, task)) for term in terms])
        case HardLabels():
            return lambda student, _teacher, labels: _hard(student, _given(labels, "human labels"), task)
        case SoftTargets(temperature=temperature):
            return _towards_teacher(_kl, temperature, task)
        case SoftCrossEntropy(temperature=temperature):
            return _towards_teacher(_cross_entropy, temperature, task)
        case LogitMse():
            return lambda student, teacher, _labels: functional.mse_loss(student, _given(teacher, "teacher logits"))


def _weighted(terms: list[tuple[float, Objective]]) -> Objective:
    """Return the weighted sum of losses."""

    def loss(student: Tensor, teacher: Tensor | None, labels: Tensor | None) -> Tensor:
        parts = [weight * term(student, teacher, labels) for weight, term in terms]
        return torch.stack(parts).sum()

    return loss


def _towards_teacher(divergence: Callable[[Tensor, Tensor], Tensor], temperature: float, task: Task) -> Objective:
    """Return T^2 times a divergence of softened log-probabilities, summed over the classes, mean over the items."""
    log_probabilities = _label_log_probabilities if task == "multi_label" else _class_log_probabilities

    def loss(student: Tensor, teacher: Tensor | None, _labels: Tensor | None) -> Tensor:
        teacher = _given(teacher, "teacher logits")
        if task == "regression":
            return functional.mse_loss(student, teacher)
        softened = divergence(log_probabilities(student / temperature), log_probabilities(teacher / temperature))
        return softened * (temperature**2 / len(student))

    return loss


def _class_log_probabilities(logits: Tensor) -> Tensor:
    """Return (n, labels) log-probabilities of one choice among the labels."""
    return functional.log_softmax(logits, dim=-1)


def _label_log_probabilities(logits: Tensor) -> Tensor:
    """Return (2, n, labels) log-probabilities of yes and no, label by label."""
    return functional.logsigmoid(torch.stack((logits, -logits)))


def _kl(student: Tensor, teacher: Tensor) -> Tensor:
    """Return KL(teacher || student), summed over everything."""
    return functional.kl_div(student, teacher, reduction="sum", log_target=True)


def _cross_entropy(student: Tensor, teacher: Tensor) -> Tensor:
    """Return the cross-entropy of the student under the teacher's probabilities, summed over everything."""
    return -(teacher.exp() * student).sum()


def _hard(student: Tensor, labels: Tensor, task: Task) -> Tensor:
    """Return the loss to human labels, mean over the labelled items."""
    if task in ("binary", "single_label"):
        n_labelled = (labels != UNLABELLED).sum().clamp(min=1)
        return functional.cross_entropy(student, labels, ignore_index=UNLABELLED, reduction="sum") / n_labelled
    labels = labels.to(student.dtype).reshape(student.shape)
    known = ~labels.isnan()
    n_labelled = known.any(dim=-1).sum().clamp(min=1)
    target = torch.where(known, labels, 0.0)
    if task == "multi_label":
        each = functional.binary_cross_entropy_with_logits(student, target, reduction="none")
    else:
        each = (student - target).square()
    return torch.where(known, each, 0.0).sum() / n_labelled


def _given(tensor: Tensor | None, what: str) -> Tensor:
    """Return what the objective needs.

    Raises:
        InputError: if the batch does not carry it.
    """
    if tensor is None:
        msg = f"The objective needs {what}, but the batch has none. Choose an objective that does without."
        raise InputError(msg)
    return tensor
