"""Objectives: worked values, torch's own losses, and what must hold for any logits."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, rel_entr, softmax
from torch.nn import functional

from angelshare.core.errors import InputError
from angelshare.distillation.objectives import objective
from angelshare.distillation.spec import (
    HardLabels,
    HumanOrTeacher,
    LogitMse,
    SoftCrossEntropy,
    SoftTargets,
    Weighted,
    WeightedTerm,
)
from angelshare.distillation.step import Output, Step

HARD = HardLabels(kind="hard_labels")
MSE = LogitMse(kind="logit_mse")
EITHER = HumanOrTeacher(kind="human_or_teacher")
LOGITS = arrays(np.float64, (4, 3), elements=st.floats(-8, 8))
EVERY_SOFT = [SoftTargets(temperature=2.0), MSE]


def crossed(temperature: float = 1.0) -> SoftCrossEntropy:
    """Return soft cross-entropy at this temperature."""
    return SoftCrossEntropy(kind="soft_cross_entropy", temperature=temperature)


def seen(student, teacher=None, labels=None) -> Step:
    """Return a step in which these logits and labels are seen."""
    return Step(Output(student), None if teacher is None else Output(teacher), labels)


def test_soft_targets_have_the_value_worked_by_hand():
    """Teacher (1/4, 3/4) against student (1/2, 1/2), softened by T = 2 from logits twice as far apart."""
    # KL = 1/4 ln(1/4 / 1/2) + 3/4 ln(3/4 / 1/2) = 1/4 ln(1/2) + 3/4 ln(3/2) = -.173287 + .304099 = .130812
    # T^2 KL = 4 * .130812 = .523248
    teacher = torch.tensor([[0.0, 2 * math.log(3)]])
    loss = objective(SoftTargets(temperature=2.0), "binary")(seen(torch.zeros(1, 2), teacher))
    assert loss.item() == pytest.approx(0.523248, abs=1e-6)


@given(LOGITS, LOGITS, st.sampled_from([0.5, 1.0, 2.0, 5.0]))
def test_soft_targets_are_t_squared_times_batchmean_kl(student, teacher, temperature):
    """nn.KLDivLoss with batchmean and scipy's relative entropy agree with the objective."""
    s, t = torch.from_numpy(student), torch.from_numpy(teacher)
    loss = objective(SoftTargets(temperature=temperature), "single_label")(seen(s, t)).item()
    reference = torch.nn.KLDivLoss(reduction="batchmean")(
        (s / temperature).log_softmax(1), (t / temperature).softmax(1)
    )
    assert loss == pytest.approx(temperature**2 * reference.item(), abs=1e-9)
    by_hand = rel_entr(softmax(teacher / temperature, axis=1), softmax(student / temperature, axis=1)).sum(axis=1)
    assert loss == pytest.approx(temperature**2 * by_hand.mean(), abs=1e-9)


@given(LOGITS, LOGITS, st.sampled_from([1.0, 3.0]), st.sampled_from(["single_label", "multi_label"]))
def test_soft_cross_entropy_has_the_gradient_of_soft_targets(student, teacher, temperature, task):
    """Cross-entropy and KL differ by the teacher's entropy, which the student cannot change."""
    gradients = []
    for spec in (SoftTargets(temperature=temperature), crossed(temperature)):
        logits = torch.from_numpy(student).requires_grad_()
        objective(spec, task)(seen(logits, torch.from_numpy(teacher))).backward()
        gradients.append(logits.grad.numpy())
    np.testing.assert_allclose(gradients[0], gradients[1], atol=1e-9)


@pytest.mark.parametrize("task", ["binary", "single_label", "multi_label", "regression"])
@pytest.mark.parametrize("spec", EVERY_SOFT, ids=lambda spec: spec.kind)
def test_a_student_identical_to_its_teacher_has_zero_loss(task, spec):
    """Nothing is left to learn from a teacher that one equals."""
    logits = torch.randn(5, {"binary": 2, "regression": 1}.get(task, 4), generator=torch.Generator().manual_seed(0))
    assert objective(spec, task)(seen(logits, logits.clone())).item() == 0.0


@given(LOGITS, LOGITS)
def test_multi_label_soft_targets_sum_binary_kl_over_labels(student, teacher):
    """Each label is a Bernoulli of its own; their divergences add up."""
    p, q = expit(teacher / 2), expit(student / 2)
    by_hand = 4 * (rel_entr(p, q) + rel_entr(1 - p, 1 - q)).sum(axis=1).mean()
    loss = objective(SoftTargets(temperature=2.0), "multi_label")(
        seen(torch.from_numpy(student), torch.from_numpy(teacher))
    )
    assert loss.item() == pytest.approx(by_hand, abs=1e-8)


def test_regression_is_the_squared_distance_to_the_teachers_value():
    """A temperature has no meaning for a value."""
    # ((1 - 3)^2 + (2 - 2)^2) / 2 = 2
    student, teacher = torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [2.0]])
    for spec in (SoftTargets(temperature=4.0), crossed(4.0), MSE):
        assert objective(spec, "regression")(seen(student, teacher)).item() == 2.0


def test_unlabelled_items_do_not_count():
    """The mean is over the labelled items only."""
    student = torch.tensor([[0.0, 0.0], [5.0, -5.0], [0.0, math.log(3)]])
    loss = objective(HARD, "binary")(seen(student, None, torch.tensor([0, -1, 1])))
    assert loss.item() == pytest.approx((math.log(2) + math.log(4 / 3)) / 2, rel=1e-6)
    values = objective(HARD, "regression")(seen(torch.tensor([[1.0], [7.0]]), None, torch.tensor([3.0, math.nan])))
    assert values.item() == 4.0


def test_a_missing_label_of_a_multi_label_item_does_not_count():
    """The labels that are known do."""
    student = torch.tensor([[0.0, 9.0], [0.0, 0.0]])
    labels = torch.tensor([[1.0, math.nan], [math.nan, math.nan]])
    assert objective(HARD, "multi_label")(seen(student, None, labels)).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    ("task", "labels"),
    [
        ("single_label", torch.tensor([-1, -1])),
        ("multi_label", torch.full((2, 3), math.nan)),
        ("regression", torch.full((2,), math.nan)),
    ],
)
def test_a_batch_without_labels_gives_zero_loss_and_zero_gradient(task, labels):
    """Such a batch must not turn the weights into NaN."""
    student = torch.ones(2, 1 if task == "regression" else 3, requires_grad=True)
    loss = objective(HARD, task)(seen(student, None, labels))
    loss.backward()
    assert loss.item() == 0.0
    assert torch.equal(student.grad, torch.zeros_like(student))


def test_hard_labels_are_torchs_cross_entropy_where_all_are_labelled():
    """The usual case is the usual loss."""
    student = torch.randn(6, 4, generator=torch.Generator().manual_seed(1))
    labels = torch.tensor([0, 1, 2, 3, 0, 1])
    expected = functional.cross_entropy(student, labels)
    torch.testing.assert_close(objective(HARD, "single_label")(seen(student, None, labels)), expected)


def test_a_weighted_sum_is_the_sum_of_its_weighted_terms():
    """Weights are taken as written; nothing normalises them."""
    spec = Weighted(
        kind="weighted",
        terms=(WeightedTerm(weight=0.25, objective=HARD), WeightedTerm(weight=2.0, objective=SoftTargets())),
    )
    student, teacher, labels = torch.tensor([[1.0, -1.0]]), torch.tensor([[0.0, 2.0]]), torch.tensor([1])
    parts = [objective(part, "binary")(seen(student, teacher, labels)) for part in (HARD, SoftTargets())]
    torch.testing.assert_close(
        objective(spec, "binary")(seen(student, teacher, labels)), 0.25 * parts[0] + 2 * parts[1]
    )


def test_an_objective_knows_what_it_looks_at():
    """So that a recipe without labels, or without a teacher, is refused before training."""
    both = Weighted(
        kind="weighted", terms=(WeightedTerm(weight=1, objective=HARD), WeightedTerm(weight=1, objective=MSE))
    )
    assert both.needs == EITHER.needs == {"teacher", "labels"}
    assert HARD.needs == {"labels"}
    assert all(spec.needs == {"teacher"} for spec in (*EVERY_SOFT, crossed()))
    assert all(objective(spec, "binary").needs == spec.needs for spec in (both, HARD, MSE))


def test_an_objective_without_what_it_needs_says_so():
    """The message names what is missing."""
    with pytest.raises(InputError, match="needs human labels"):
        objective(HARD, "binary")(seen(torch.zeros(1, 2), torch.zeros(1, 2)))
    with pytest.raises(InputError, match="needs teacher logits"):
        objective(MSE, "binary")(seen(torch.zeros(1, 2)))


def test_an_item_without_a_human_label_is_trained_towards_its_teacher():
    """Student (1/2, 1/2): ln 2 to a label, and ln 2 to any teacher; student (1/4, 3/4) to label 0 costs ln 4."""
    student = torch.tensor([[0.0, math.log(3)], [0.0, math.log(3)]])
    teacher = torch.tensor([[0.0, 9.0], [0.0, 0.0]])
    # the second item: -1/2 ln 1/4 - 1/2 ln 3/4 = .693147 + .143841 = .836988
    loss = objective(EITHER, "binary")(seen(student, teacher, torch.tensor([0, -1])))
    assert loss.item() == pytest.approx((math.log(4) + 0.836988) / 2, abs=1e-6)


@given(LOGITS, LOGITS)
def test_without_any_label_it_is_cross_entropy_to_the_teacher_and_with_all_of_them_to_people(student, teacher):
    """Both ends are objectives of their own."""
    s, t = torch.from_numpy(student), torch.from_numpy(teacher)
    nobody, everybody = torch.full((4,), -1), torch.tensor([0, 2, 1, 1])
    either = objective(EITHER, "single_label")
    assert either(seen(s, t, nobody)).item() == pytest.approx(objective(crossed(), "single_label")(seen(s, t)).item())
    assert either(seen(s, t, everybody)).item() == pytest.approx(
        objective(HARD, "single_label")(seen(s, None, everybody)).item()
    )


@pytest.mark.parametrize("task", ["multi_label", "regression"])
def test_other_tasks_have_human_or_teacher_too(task):
    """Item 0 is labelled, item 1 is not: each part is what the objective of its own gives, times one half."""
    width = 3 if task == "multi_label" else 1
    student, teacher = torch.randn(2, 2, width, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[1.0] * width, [math.nan] * width])
    human = objective(HARD, task)(seen(student[:1], None, labels[:1]))
    soft = SoftCrossEntropy(kind="soft_cross_entropy") if task == "multi_label" else SoftTargets()
    machine = objective(soft, task)(seen(student[1:], teacher[1:]))
    assert objective(EITHER, task)(seen(student, teacher, labels)).item() == pytest.approx((human + machine).item() / 2)


def test_a_fractional_label_is_a_soft_target():
    """Student (1/4, 3/4), and 3 of 10 people say yes: -.7 ln 1/4 - .3 ln 3/4 = .970406 + .086305 = 1.056711."""
    student = torch.tensor([[0.0, math.log(3)], [5.0, 0.0]])
    loss = objective(HARD, "binary")(seen(student, None, torch.tensor([0.3, math.nan])))
    assert loss.item() == pytest.approx(1.056711, abs=1e-6)


@given(arrays(np.float64, (4, 2), elements=st.floats(-8, 8)))
def test_whole_fractions_are_labels(student):
    """0 and 1 as shares give the loss of 0 and 1 as classes, weighted or not."""
    s = torch.from_numpy(student)
    for weights in (None, (0.5, 3.0)):
        loss = objective(HARD, "binary", weights)
        whole, shares = torch.tensor([0, 1, -1, 1]), torch.tensor([0.0, 1.0, math.nan, 1.0])
        assert loss(seen(s, None, whole)).item() == pytest.approx(loss(seen(s, None, shares)).item(), abs=1e-9)


def test_class_weights_multiply_the_loss_to_people_and_not_to_the_teacher():
    """Ln 2 each: labels 0 and 1 weigh 1/2 and 3, the teacher's item 1; mean over three items."""
    student, teacher = torch.zeros(3, 2), torch.zeros(3, 2)
    loss = objective(EITHER, "binary", (0.5, 3.0))(seen(student, teacher, torch.tensor([0, 1, -1])))
    assert loss.item() == pytest.approx(math.log(2) * (0.5 + 3 + 1) / 3)
