"""Checks: warnings appear where something is wrong, and only there."""

import numpy as np
import pytest
import torch

from angelshare.distillation import checks
from angelshare.distillation.checks import (
    constant_score,
    not_falling,
    not_zero_at_teacher,
    unlearnt,
)
from angelshare.distillation.spec import HardLabels, LogitMse, SoftCrossEntropy, SoftTargets, Weighted, WeightedTerm
from angelshare.distillation.training import Evaluation

EVERY = Weighted(
    kind="weighted",
    terms=(
        WeightedTerm(weight=1, objective=SoftTargets(temperature=3)),
        WeightedTerm(weight=1, objective=SoftCrossEntropy(kind="soft_cross_entropy", temperature=2)),
        WeightedTerm(weight=1, objective=LogitMse(kind="logit_mse")),
        WeightedTerm(weight=1, objective=HardLabels(kind="hard_labels")),
    ),
)


def test_the_majority_class_is_right_as_often_as_it_occurs():
    """Three of five."""
    assert constant_score(np.array([1, 0, 1, 1, 2]), "single_label") == pytest.approx(0.6)


def test_the_best_constant_value_is_the_mean():
    """Values 1, 2, 6 have the mean 3 and the variance (4 + 1 + 9) / 3."""
    assert constant_score(np.array([1.0, 2.0, 6.0]), "regression") == pytest.approx(-14 / 3)


def test_the_best_constant_probabilities_are_the_frequencies():
    """Label frequencies 1/2 and 1/4: entropies ln 2 and -(1/4 ln 1/4 + 3/4 ln 3/4), averaged over the labels."""
    truth = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], dtype=float)
    expected = (np.log(2) - (0.25 * np.log(0.25) + 0.75 * np.log(0.75))) / 2
    assert constant_score(truth, "multi_label") == pytest.approx(-expected, rel=1e-6)


def test_a_model_that_is_no_better_than_the_majority_class_is_named():
    """Equal is not better; without validation nothing is said."""
    (warning,) = unlearnt(0.6, 0.6, who="mlp/0")
    assert "mlp/0 is no better on validation than one answer for every text (0.6000 against 0.6000)" in warning
    assert unlearnt(0.61, 0.6, who="mlp/0") == ()
    assert unlearnt(None, 0.6, who="mlp/0") == ()


def test_a_loss_that_did_not_fall_is_named():
    """The first and the last loss stand in the sentence."""
    history = [Evaluation(1, 0.5, None), Evaluation(10, 0.4, 0.5), Evaluation(20, 0.6, 0.5)]
    (warning,) = not_falling(history)
    assert "0.5 at step 1, 0.6 at step 20" in warning
    assert not_falling(history[:2]) == ()
    assert not_falling(history[:1]) == ()


@pytest.mark.parametrize("task", ["single_label", "multi_label", "regression"])
def test_nothing_is_left_to_learn_from_a_teacher_that_one_equals(task):
    """Every objective passes; hard labels are not looked at."""
    logits = np.random.default_rng(0).normal(scale=6, size=(20, 1 if task == "regression" else 4)).astype(np.float32)
    assert not_zero_at_teacher(EVERY, task, logits) == ()


def test_a_wrong_objective_is_named(monkeypatch):
    """One that swaps its arguments' roles, or drops a factor, still has a gradient at the teacher."""

    def swapped(step):
        return (step.student.logits - 2 * step.teacher.logits).square().mean()

    monkeypatch.setattr(checks, "objective", lambda spec, task: swapped)
    (warning,) = not_zero_at_teacher(SoftTargets(), "binary", np.ones((3, 2), dtype=np.float32))
    assert "soft_targets loss of 1 " in warning
    assert torch.is_grad_enabled()
