"""Training of classifiers: a teacher on human labels, students on a teacher's logits, baselines of students."""

import time
from dataclasses import replace
from pathlib import Path

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.errors import InputError
from angelshare.core.items import any_label, labelled
from angelshare.core.protocols import Progress, Silent
from angelshare.data.texts.textset import TextSet
from angelshare.distillation.batches import Batches, encode_texts
from angelshare.distillation.checks import constant_score, not_falling, not_zero_at_teacher, unlearnt
from angelshare.distillation.class_weights import label_weights
from angelshare.distillation.objectives import objective
from angelshare.distillation.spec import DistilSpec, FineTuneSpec, HardLabels, TrainingSpec
from angelshare.distillation.teachers import CachedLogits, OnlineTeacher
from angelshare.distillation.training import Clock, Course, TrainingReport, run_training, schedule
from angelshare.models.declared_task import check_label_order, labels_of
from angelshare.transfer.label import TransferSet

_VALIDATION_BATCH = 256
_CHECKED = 256  # rows of logits that the objective is checked on

_HARD = HardLabels(kind="hard_labels")


def fine_tune(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    train: TextSet,
    validation: TextSet,
    spec: FineTuneSpec,
    *,
    work: Path,
    progress: Progress = Silent(),
    name: str = "teacher",
    clock: Clock = time.perf_counter,
) -> TrainingReport:
    """Fine-tune a teacher on human labels in place, and keep the weights that are best on validation.

    Args:
        model: the model, freshly made from its backbone; the report warns if it does not beat the majority class.
        tokenizer: the model's tokenizer.
        train: the training texts; those without a label are ignored.
        validation: the validation texts, as in `distil_from`.
        spec: the settings.
        work: a folder for checkpoints, from which a training that was killed resumes.
        progress: a counter of steps.
        name: the model's name in the progress bar and in warnings.
        clock: the clock of the report's seconds.

    Raises:
        InputError: if no training text has a label, or the loss is no longer finite.
        LabelError: if the model has other labels than the texts.
    """
    train = _labelled_part(train)
    if spec.freeze_embeddings:
        model.get_input_embeddings().requires_grad_(requires_grad=False)
    course = Course(name, schedule(len(train), spec), spec.seed, work, progress, clock)
    return _on_labels(model, tokenizer, train, validation, spec, course=course, max_length=spec.max_length)


def train_baseline(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    train: TextSet,
    validation: TextSet,
    spec: DistilSpec,
    *,
    n_transfer: int,
    seed: int,
    work: Path,
    progress: Progress = Silent(),
    max_length: int | None = None,
    name: str = "baseline",
    clock: Clock = time.perf_counter,
) -> TrainingReport:
    """Train a student's twin on human labels only.

    Batch size, rate, schedule, number of steps, evaluation interval and stopping rule are the student's; there are
    fewer texts, so it sees each of them more often.

    Args:
        model: the model, initialised with its student's seed.
        tokenizer: the model's tokenizer.
        train: the training texts; those without a label are ignored.
        validation: the validation texts, as in `distil_from`.
        spec: the student's settings; the objective is not used.
        n_transfer: the number of texts in the student's transfer set, which decides the number of steps.
        seed: the student's seed.
        work: a folder for checkpoints, from which a training that was killed resumes.
        progress: a counter of steps.
        max_length: the maximum length in tokens; None: the tokenizer's.
        name: the model's name in the progress bar and in warnings.
        clock: the clock of the report's seconds.

    Raises:
        InputError: if no training text has a label, or the loss is no longer finite.
        LabelError: if the model has other labels than the texts.
    """
    course = Course(name, schedule(n_transfer, spec), seed, work, progress, clock)
    train = _labelled_part(train)
    return _on_labels(model, tokenizer, train, validation, spec, course=course, max_length=max_length)


def distil_from(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    transfer: TransferSet,
    validation: TextSet,
    spec: DistilSpec,
    *,
    seed: int,
    work: Path,
    progress: Progress = Silent(),
    max_length: int | None = None,
    name: str = "student",
    clock: Clock = time.perf_counter,
    teacher: OnlineTeacher | None = None,
) -> TrainingReport:
    """Distil a student from a teacher's answers to a transfer set, in place.

    Args:
        model: the student, freshly initialised with `seed`.
        tokenizer: the student's tokenizer.
        transfer: texts with the teacher's logits; with an online teacher, these serve for checks only.
        validation: the texts that decide which weights are kept and when to stop; without human labels there, the last
            weights are kept.
        spec: objective, rates, stopping rule.
        seed: the seed of dropout and of the order of the texts.
        work: a folder for checkpoints, from which a training that was killed resumes.
        progress: a counter of steps.
        max_length: the maximum length in tokens; None: the tokenizer's.
        name: the student's name in the progress bar and in warnings.
        clock: the clock of the report's seconds.
        teacher: a teacher that answers every batch; None: the logits of the transfer set are its answers.

    Raises:
        InputError: if the objective needs human labels and no text of the transfer set has one, or if the loss is no
            longer finite.
        ModelError: if an online teacher cannot read its student's batches.
        LabelError: if the student's labels differ from the teacher's, or these from the data's.
    """
    _check_objective(spec, transfer)
    check_label_order(labels_of(model.config, name), transfer.labels, who=name, where="its teacher")
    check_label_order(transfer.labels, validation.labels, who="The teacher", where=validation.name)
    max_length = max_length or tokenizer.model_max_length
    if teacher is not None:
        teacher.check_fits(transfer, tokenizer, max_length)
    texts = encode_texts(tokenizer, transfer.batch, max_length)
    truth = transfer.truth if "labels" in spec.objective.needs else None
    logits = transfer.logits if teacher is None else None
    batches = Batches(texts, batch_size=spec.batch_size, seed=seed, teacher_logits=logits, labels=truth)
    weights = None
    if truth is not None:  # only losses to human labels are weighted
        weights = label_weights(spec.class_weights, truth, task=transfer.task, labels=transfer.labels)
    loss = objective(spec.objective, transfer.task, weights)
    report = run_training(
        model,
        batches,
        _examination(tokenizer, validation, max_length),
        spec,
        loss=loss,
        task=transfer.task,
        course=Course(name, schedule(len(transfer), spec), seed, work, progress, clock),
        teacher=teacher or CachedLogits(),
    )
    wrong = not_zero_at_teacher(spec.objective, transfer.task, transfer.logits[:_CHECKED])
    return _with_warnings(report, validation, name, wrong)


def _on_labels(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    texts: TextSet,
    validation: TextSet,
    spec: TrainingSpec,
    *,
    course: Course,
    max_length: int | None,
) -> TrainingReport:
    """Train a model on human labels alone."""
    check_label_order(labels_of(model.config, course.name), texts.labels, who=course.name, where=texts.name)
    encoded = encode_texts(tokenizer, texts.batch, max_length or tokenizer.model_max_length)
    batches = Batches(encoded, batch_size=spec.batch_size, seed=course.seed, labels=texts.targets)
    examination = _examination(tokenizer, validation, max_length)
    weights = label_weights(spec.class_weights, texts.targets, task=texts.task, labels=texts.labels)
    loss = objective(_HARD, texts.task, weights)
    report = run_training(model, batches, examination, spec, loss=loss, task=texts.task, course=course)
    return _with_warnings(report, validation, course.name)


def _examination(tokenizer: PreTrainedTokenizerBase, validation: TextSet, max_length: int | None) -> Batches | None:
    """Return the labelled validation texts in fixed batches; None without labels."""
    if validation.truth is None or not labelled(validation.truth).any():
        return None
    known = validation.take(labelled(validation.truth))
    texts = encode_texts(tokenizer, known.batch, max_length or tokenizer.model_max_length)
    return Batches(texts, batch_size=_VALIDATION_BATCH, seed=None, labels=known.truth)


def _labelled_part(texts: TextSet) -> TextSet:
    """Return the texts with a human label (at least one, for a multi-label task).

    Raises:
        InputError: if there are none.
    """
    if texts.truth is None or not any_label(texts.truth).any():
        raise InputError(f"No text of {texts.name} has a human label to train on. Give a split with labels.")
    return texts.take(any_label(texts.truth))


def _check_objective(spec: DistilSpec, transfer: TransferSet) -> None:
    """Refuse an objective that needs human labels if the transfer set has none."""
    if "labels" in spec.objective.needs and (transfer.truth is None or not any_label(transfer.truth).any()):
        msg = (
            f"The objective has hard labels, but none of the {len(transfer)} transfer texts has a human label. "
            "Add the source 'train', or choose an objective without them."
        )
        raise InputError(msg)


def _with_warnings(
    report: TrainingReport, validation: TextSet, name: str, wrong: tuple[str, ...] = ()
) -> TrainingReport:
    """Return the report with its warnings."""
    warnings = [*wrong, *not_falling(report.history)]
    if report.best_validation is not None:
        assert validation.truth is not None
        constant = constant_score(validation.truth[labelled(validation.truth)], validation.task)
        warnings.extend(unlearnt(report.best_validation, constant, who=name))
    return replace(report, warnings=tuple(warnings))
