"""Checks after a training; each returns a sentence if something is wrong."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from angelshare.core.arrays import Array, Scores
from angelshare.core.task import Task
from angelshare.distillation.objectives import objective
from angelshare.distillation.spec import HumanOrTeacher, ObjectiveSpec, SoftCrossEntropy, Weighted
from angelshare.distillation.step import Output, Step
from angelshare.distillation.trainer import metric_of
from angelshare.distillation.training import Evaluation

_NOTHING = 1e-6
"""Losses and gradients below this are rounding (float64)."""


def constant_score(truth: Array, task: Task) -> float:
    """Return the validation score of the best constant answer.

    It is the share of the majority class; for a multi-label task minus the cross-entropy of the labels' frequencies;
    for regression minus the variance.
    """
    if task in ("binary", "single_label"):
        return float(np.bincount(truth).max() / len(truth))
    labels = torch.from_numpy(np.atleast_2d(truth.T).T.astype(np.float64))
    mean = labels.mean(dim=0).expand_as(labels)
    answer = torch.logit(mean, eps=_NOTHING) if task == "multi_label" else mean
    return metric_of(task)(answer, labels)


def unlearnt(score: float | None, constant: float, *, who: str) -> tuple[str, ...]:
    """Return a warning if a model is no better on validation than a constant answer."""
    if score is None or score > constant:
        return ()
    sentence = (
        f"{who} is no better on validation than one answer for every text ({score:.4f} against {constant:.4f}): "
        "it has collapsed, or learnt nothing that helps."
    )
    return (sentence,)


def not_falling(history: Sequence[Evaluation]) -> tuple[str, ...]:
    """Return a warning if the training loss ends no lower than at the first step."""
    if len(history) <= 1 or history[-1].loss < history[0].loss:
        return ()
    first, last = history[0], history[-1]
    sentence = (
        f"The training loss did not fall: {first.loss:.4g} at step {first.step}, {last.loss:.4g} at step {last.step}. "
        "Look at the learning rate, and at whether texts and targets belong together."
    )
    return (sentence,)


def not_zero_at_teacher(spec: ObjectiveSpec, task: Task, logits: Scores) -> tuple[str, ...]:
    """Return a warning for each part of an objective that would still change a student identical to its teacher.

    Where student and teacher agree, the gradient is zero, and so is the loss (or the teacher's entropy, if the loss is
    a cross-entropy).

    Args:
        spec: the objective; parts that use human labels are left out.
        task: the teacher's task.
        logits: (n, labels) the teacher's logits on some texts.
    """
    teacher = torch.from_numpy(logits.astype(np.float64))
    warnings = []
    for part in _soft_parts(spec):
        student = teacher.clone().requires_grad_()
        loss = objective(part, task)(Step(Output(student), Output(teacher)))
        (gradient,) = torch.autograd.grad(loss, student)
        remains = 0.0 if isinstance(part, SoftCrossEntropy) else abs(loss.item())
        if max(remains, gradient.abs().max().item()) > _NOTHING:
            warnings.append(
                f"A student identical to its teacher has a {part.kind} loss of {loss.item():.3g} and a gradient up to "
                f"{gradient.abs().max().item():.3g}, which should be zero: the objective or the logits are wrong."
            )
    return tuple(warnings)


def _soft_parts(spec: ObjectiveSpec) -> Iterator[ObjectiveSpec]:
    """Yield the parts that use only the teacher."""
    if isinstance(spec, Weighted):
        for term in spec.terms:
            yield from _soft_parts(term.objective)
    elif isinstance(spec, HumanOrTeacher):
        yield SoftCrossEntropy(kind="soft_cross_entropy")  # its form without human labels
    elif "teacher" in spec.needs:
        yield spec
