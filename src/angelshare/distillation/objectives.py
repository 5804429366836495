"""Objectives of distillation: losses between the student's logits, the teacher's logits and human labels.

z_s, z_t are logits (items, labels) of student and teacher; every loss is a mean over the items of a batch.

- binary, single_label: soft targets are T^2 KL(softmax(z_t / T) || softmax(z_s / T)); hard labels are cross-entropy.
- multi_label: the sum over labels of the binary losses, with a sigmoid of each logit in the place of softmax.
- regression: the squared distance to the teacher's value, at any temperature, or to the label.

Human labels of a binary task may be fractions: the share of people who give the positive label.

The sum over labels is the divergence between the joint distributions of independent labels. T^2 keeps the size of the
gradients independent of the temperature (Hinton et al. 2015).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import torch
from torch import Tensor
from torch.nn import functional

from angelshare.core.errors import InputError
from angelshare.core.items import UNLABELLED
from angelshare.core.task import Task
from angelshare.distillation.spec import (
    HardLabels,
    HumanOrTeacher,
    LogitMse,
    Needs,
    ObjectiveSpec,
    SoftCrossEntropy,
    SoftTargets,
    Weighted,
)
from angelshare.distillation.step import Step

T = TypeVar("T")

Divergence = Callable[[Tensor, Tensor], Tensor]
"""(log-probabilities of the student, of the teacher) -> their divergence, summed over all entries."""


class Objective(Protocol):
    """A loss of training steps that declares what it uses."""

    @property
    def needs(self) -> Needs:
        """Return what a step must have besides the student's logits."""
        ...

    def __call__(self, step: Step) -> Tensor:
        """Return the loss of a step, a scalar.

        Raises:
            InputError: if the step lacks any of it.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Loss:
    """An objective made of a function."""

    needs: Needs
    of_step: Callable[[Step], Tensor]

    def __call__(self, step: Step) -> Tensor:
        """Return the loss of a step."""
        return self.of_step(step)


def objective(spec: ObjectiveSpec, task: Task, label_weights: Sequence[float] | None = None) -> Objective:
    """Return the loss that a recipe names.

    Items without a human label do not count in losses to human labels; a batch without any label has loss 0.

    Args:
        spec: the objective in the recipe.
        task: the task of student and teacher.
        label_weights: (labels,) factors of losses to human labels, for tasks with a single label; None: all 1.
    """
    weights = None if label_weights is None else torch.tensor(label_weights, dtype=torch.float32)
    loss: Callable[[Step], Tensor]
    match spec:
        case Weighted(terms=terms):
            parts = [(term.weight, objective(term.objective, task, label_weights)) for term in terms]
            loss = partial(_weighted, parts=parts)
        case HardLabels():
            loss = partial(_hard, task=task, weights=weights)
        case HumanOrTeacher():
            loss = partial(_human_or_teacher, task=task, weights=weights)
        case SoftTargets(temperature=temperature):
            loss = partial(_towards_teacher, divergence=_kl, temperature=temperature, task=task)
        case SoftCrossEntropy(temperature=temperature):
            loss = partial(_towards_teacher, divergence=_cross_entropy, temperature=temperature, task=task)
        case LogitMse():
            loss = _logit_mse
    return _Loss(spec.needs, loss)


def _given(value: T | None, what: str) -> T:
    """Return a part of a step that an objective needs.

    Raises:
        InputError: if the step lacks it.
    """
    if value is None:
        raise InputError(f"The objective needs {what}, but the batch has none. Choose an objective that does without.")
    return value


def _weighted(step: Step, *, parts: Sequence[tuple[float, Objective]]) -> Tensor:
    """Return the weighted sum of losses."""
    return torch.stack([weight * loss(step) for weight, loss in parts]).sum()


def _logits(step: Step) -> tuple[Tensor, Tensor]:
    """Return the logits (n, labels) of the student and of the teacher."""
    return step.student.logits, _given(step.teacher, "teacher logits").logits


def _logit_mse(step: Step) -> Tensor:
    """Return the mean squared distance between the logits."""
    return functional.mse_loss(*_logits(step))


def _towards_teacher(step: Step, *, divergence: Divergence, temperature: float, task: Task) -> Tensor:
    """Return T^2 times the divergence of softened log-probabilities, summed over classes, averaged over items."""
    if task == "regression":
        return _logit_mse(step)
    log_probabilities = _label_log_probabilities if task == "multi_label" else _class_log_probabilities
    student, teacher = _logits(step)
    softened = divergence(log_probabilities(student / temperature), log_probabilities(teacher / temperature))
    return softened * (temperature**2 / len(student))


def _class_log_probabilities(logits: Tensor) -> Tensor:
    """Return (n, labels) log-probabilities of a single label."""
    return functional.log_softmax(logits, dim=-1)


def _label_log_probabilities(logits: Tensor) -> Tensor:
    """Return (2, n, labels) log-probabilities of yes and no, label by label."""
    return functional.logsigmoid(torch.stack((logits, -logits)))


def _kl(student: Tensor, teacher: Tensor) -> Tensor:
    """Return KL(teacher || student), summed over all entries."""
    return functional.kl_div(student, teacher, reduction="sum", log_target=True)


def _cross_entropy(student: Tensor, teacher: Tensor) -> Tensor:
    """Return the cross-entropy of the student under the teacher's probabilities, summed over all entries."""
    return -(teacher.exp() * student).sum()


def _hard(step: Step, *, task: Task, weights: Tensor | None) -> Tensor:
    """Return the loss to human labels, averaged over the labelled items."""
    losses, known = _to_labels(step.student.logits, _given(step.labels, "human labels"), task, weights)
    return losses.sum() / known.sum().clamp(min=1)


def _human_or_teacher(step: Step, *, task: Task, weights: Tensor | None) -> Tensor:
    """Return the loss to the human label, or else to the teacher, averaged over the items."""
    student, teacher = _logits(step)
    human, known = _to_labels(student, _given(step.labels, "human labels"), task, weights)
    return torch.where(known, human, _to_teacher(student, teacher, task)).mean()


def _to_labels(student: Tensor, labels: Tensor, task: Task, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return (n,) losses to human labels, 0 without one, and the mask of the labelled items."""
    if task in ("binary", "single_label"):
        return _to_classes(student, labels, None if weights is None else weights.to(student))
    labels = labels.to(student.dtype).reshape(student.shape)
    known = ~labels.isnan()
    target = torch.where(known, labels, 0.0)
    if task == "multi_label":
        each = functional.binary_cross_entropy_with_logits(student, target, reduction="none")
    else:
        each = (student - target).square()
    return torch.where(known, each, 0.0).sum(dim=-1), known.any(dim=-1)


def _to_classes(student: Tensor, labels: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return (n,) cross-entropies to class indices, or to shares of the positive label, and the mask of those known."""
    if not labels.is_floating_point():
        each = functional.cross_entropy(student, labels, weight=weights, ignore_index=UNLABELLED, reduction="none")
        return each, labels != UNLABELLED
    known = ~labels.isnan()
    positive = torch.where(known, labels, 0.0).to(student.dtype)
    shares = torch.stack((1 - positive, positive), dim=-1)
    each = functional.cross_entropy(student, shares, weight=weights, reduction="none")
    return torch.where(known, each, 0.0), known


def _to_teacher(student: Tensor, teacher: Tensor, task: Task) -> Tensor:
    """Return (n,) cross-entropies to the teacher's probabilities, summed over labels in a multi-label task."""
    if task == "regression":
        return (student - teacher).square().sum(dim=-1)
    if task == "multi_label":
        each = functional.binary_cross_entropy_with_logits(student, teacher.sigmoid(), reduction="none")
        return each.sum(dim=-1)
    return functional.cross_entropy(student, teacher.softmax(dim=-1), reduction="none")
