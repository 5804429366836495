"""Teachers, students and baselines: who sees which targets, and what they share."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from films import film_set, film_texts, film_transfer, small_student, small_transformer
from pydantic import ValidationError

from angelshare.core.errors import InputError, LabelError
from angelshare.core.student_spec import MlpSpec
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import TextSet
from angelshare.distillation.classification import distil_from, fine_tune, train_baseline
from angelshare.distillation.spec import (
    DistilSpec,
    FineTuneSpec,
    HardLabels,
    SoftTargets,
    TrainingOverrides,
    Weighted,
    WeightedTerm,
)
from angelshare.models.students import build_student
from angelshare.models.vocabulary import build_word_tokenizer
from angelshare.transfer.label import TransferSet

SPEC = DistilSpec(epochs=6, batch_size=16, learning_rate=0.05)
HARD = HardLabels(kind="hard_labels")


def test_a_student_is_distilled_from_unlabelled_text(tmp_path):
    """Logits are enough; human labels only examine it."""
    report = distil_from(*small_student(), film_transfer(100), film_set(40, 1), SPEC, seed=0, work=tmp_path)
    assert report.best_validation == 1.0
    assert report.warnings == ()


def test_without_any_human_label_the_last_weights_are_kept(tmp_path):
    """Unlabelled validation text examines nothing."""
    validation = film_set(40, 1, labelled=False)
    report = distil_from(*small_student(), film_transfer(100), validation, SPEC, seed=0, work=tmp_path)
    assert report.best_validation is None
    assert report.best_step == report.steps


def test_a_baseline_trains_as_long_as_its_student_at_most(tmp_path):
    """20 labelled texts against 100 transfer texts: the same steps and looks, more epochs."""
    student = distil_from(*small_student(), film_transfer(100), film_set(40, 1), SPEC, seed=0, work=tmp_path / "s")
    baseline = train_baseline(
        *small_student(), film_set(20), film_set(40, 1), SPEC, n_transfer=100, seed=0, work=tmp_path / "b"
    )
    assert (baseline.max_steps, baseline.evaluate_every) == (student.max_steps, student.evaluate_every)
    assert (student.epochs, baseline.epochs) == (6, 21)


def test_baseline_and_student_start_from_equal_weights():
    """The same seed gives the same network; another seed another."""
    first, other, third = (small_student(seed)[0].state_dict() for seed in (4, 4, 5))
    assert all(torch.equal(first[name], other[name]) for name in first)
    assert not all(torch.equal(first[name], third[name]) for name in first)


def test_unlabelled_training_texts_do_not_count_for_a_baseline(tmp_path):
    """30 of 40 texts lose their label: as if they were not there."""
    whole = film_set(40)
    thinned = replace(whole, truth=np.where(np.arange(40) < 10, whole.truth, -1))
    students = [small_student(), small_student()]
    for i, train in enumerate((thinned, whole.take(np.arange(10)))):
        train_baseline(*students[i], train, film_set(40, 1), SPEC, n_transfer=50, seed=0, work=tmp_path / str(i))
    first, other = (student.state_dict() for student, _ in students)
    assert all(torch.equal(first[name], other[name]) for name in first)


def test_frozen_embeddings_stay_as_they_were(tmp_path):
    """Everything above them learns, in the precision of this machine."""
    (model, tokenizer), (before, _) = small_transformer(), small_transformer()
    spec = FineTuneSpec(epochs=2, learning_rate=0.01, max_length=16, freeze_embeddings=True)
    fine_tune(model, tokenizer, film_set(60), film_set(40, 1), spec, work=tmp_path)
    assert torch.equal(model.get_input_embeddings().weight, before.get_input_embeddings().weight)
    assert not torch.equal(model.classifier.weight, before.classifier.weight)


def test_training_on_labels_needs_labels(tmp_path):
    """The set is named."""
    with pytest.raises(InputError, match="No text of films has a human label"):
        fine_tune(*small_student(), film_set(9, labelled=False), film_set(9, 1), FineTuneSpec(), work=tmp_path)


def test_hard_labels_on_a_transfer_set_without_labels_are_refused(tmp_path):
    """Before any step."""
    mixed = Weighted(
        kind="weighted", terms=(WeightedTerm(weight=1, objective=HARD), WeightedTerm(weight=1, objective=SoftTargets()))
    )
    spec = SPEC.model_copy(update={"objective": mixed})
    with pytest.raises(InputError, match="none of the 100 transfer texts has a human label"):
        distil_from(*small_student(), film_transfer(100), film_set(40, 1), spec, seed=0, work=tmp_path)
    labelled = film_transfer(100, labelled=True)
    report = distil_from(*small_student(), labelled, film_set(40, 1), spec, seed=0, work=tmp_path)
    assert report.best_validation == 1.0


@pytest.mark.parametrize("settings", [DistilSpec, TrainingOverrides])
def test_hard_labels_alone_are_no_distillation(settings):
    """That would be a baseline: refused where the recipe is read."""
    weighted = {"kind": "weighted", "terms": [{"weight": 1, "objective": {"kind": "hard_labels"}}]}
    for objective in ({"kind": "hard_labels"}, weighted):
        with pytest.raises(ValidationError, match="nothing would be distilled"):
            settings.model_validate({"objective": objective})


def test_the_embeddings_of_a_word_network_can_be_frozen(tmp_path):
    """They stay as they were, and the rest learns."""
    model, tokenizer = small_student()
    before = deepcopy(model)
    spec = FineTuneSpec(epochs=2, learning_rate=0.05, freeze_embeddings=True, max_length=16)
    fine_tune(model, tokenizer, film_set(60), film_set(30, 1), spec, work=tmp_path)
    assert torch.equal(model.embeddings.weight, before.embeddings.weight)
    assert not torch.equal(model.hidden.weight, before.hidden.weight)


@pytest.mark.parametrize("whose", ["student", "data"])
def test_labels_in_another_order_are_refused_before_training(tmp_path, whose):
    """A student that learnt swapped columns would look collapsed."""
    transfer, validation = film_transfer(9), film_set(9, 1)
    if whose == "student":
        transfer = replace(transfer, labels=("good", "bad"))
    else:
        validation = replace(validation, labels=("good", "bad"))
    with pytest.raises(LabelError, match="in another order"):
        distil_from(*small_student(), transfer, validation, SPEC, seed=0, work=tmp_path)


def test_a_student_that_learns_nothing_is_named(tmp_path):
    """A rate of almost zero: it stays where it began, at or below the majority class."""
    spec = SPEC.model_copy(update={"learning_rate": 1e-12, "epochs": 1})
    validation = film_set(40, 1).take(np.flatnonzero(film_set(40, 1).truth == 1))
    report = distil_from(*small_student(), film_transfer(50), validation, spec, seed=0, work=tmp_path, name="mlp/3")
    assert any("mlp/3 is no better on validation" in warning for warning in report.warnings)


@pytest.mark.parametrize("task", ["multi_label", "regression"])
def test_other_tasks_train_too(tmp_path, task):
    """Two labels at once, or one value; validation is judged by the loss."""
    texts, truth = film_texts(120)
    labels = ("bad", "good") if task == "multi_label" else ("value",)
    targets = np.stack([1 - truth, truth], axis=1) if task == "multi_label" else truth[:, None]
    logits = (6.0 * targets - 3.0).astype(np.float32)
    known = np.where(targets > 0, 1.0, 0.0)
    human = known if task == "multi_label" else logits[:, 0].astype(float)
    spec = MlpSpec(name="mlp", kind="mlp", vocabulary=40, embedding_width=4, hidden_width=8, max_length=16)
    transfer = TransferSet(task, labels, TextBatch(texts), logits, ("films",) * 120, human, "f" * 64, {})
    validation = TextSet("films", task, labels, tuple(map(str, range(40))), TextBatch(texts[:40]), human[:40])
    mixed = Weighted(
        kind="weighted", terms=(WeightedTerm(weight=1, objective=HARD), WeightedTerm(weight=1, objective=SoftTargets()))
    )
    words = build_word_tokenizer(texts, spec.vocabulary, max_length=spec.max_length)
    model, tokenizer = build_student(spec, labels=labels, task=task, seed=0, tokenizer=words)
    settings = SPEC.model_copy(update={"objective": mixed})
    report = distil_from(model, tokenizer, transfer, validation, settings, seed=0, work=tmp_path)
    assert report.history[-1].score > report.history[1].score
    assert report.warnings == ()


@pytest.mark.real_weights
def test_the_pinned_backbone_becomes_a_teacher_and_an_mlp_learns_from_it(tmp_path):
    """A few steps on 200 texts, in the precision of this machine; then its logits teach a bag of words."""
    from angelshare.core.protocols import ModelCard
    from angelshare.models.checkpoint import load_backbone
    from angelshare.models.encoder import EncoderScorer
    from angelshare.transfer.gather import TransferTexts
    from angelshare.transfer.label import label_texts

    train, validation = film_set(200), film_set(60, 1)
    model, tokenizer = load_backbone("minilm", labels=train.labels, task="binary", seed=0)
    spec = FineTuneSpec(epochs=1, batch_size=16, learning_rate=3e-4, max_length=16)
    report = fine_tune(model, tokenizer, train, validation, spec, work=tmp_path / "teacher")
    assert report.best_validation > 0.9
    teacher = EncoderScorer(model, tokenizer, ModelCard("teacher", "binary", train.labels, "a" * 64, max_length=16))
    texts, _ = film_texts(300, 2)
    unlabelled = TransferTexts(TextBatch(tuple(dict.fromkeys(texts))), ("films",) * len(set(texts)), None, {})
    transfer = label_texts(unlabelled, teacher, store=tmp_path / "store")
    student = distil_from(
        *small_student(),
        transfer,
        validation,
        SPEC.model_copy(update={"epochs": 30}),
        seed=0,
        work=tmp_path / "student",
    )
    assert student.best_validation > 0.9
