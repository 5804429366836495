"""A training run from its settings: schedule, evaluations, resumption and report."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from transformers import PreTrainedModel, TrainerState, TrainingArguments

from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress
from angelshare.core.task import Task
from angelshare.distillation.batches import Batches
from angelshare.distillation.checkpoints import claim, last_sealed, weights_digest
from angelshare.distillation.objectives import Objective
from angelshare.distillation.spec import TrainingSpec
from angelshare.distillation.teachers import TeacherSource
from angelshare.distillation.trainer import DistilTrainer, metric_of
from angelshare.distillation.watch import SCORE, Watch, is_exhausted
from angelshare.models.encoder import resolve_precision
from angelshare.models.quiet import quiet

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The length of a training and the interval of its evaluations.

    Attributes:
        max_steps: the most steps of the optimiser.
        evaluate_every: the number of steps between evaluations on validation; the last step is always evaluated.
    """

    max_steps: int
    evaluate_every: int


@dataclass(frozen=True, slots=True)
class Course:
    """The circumstances of one training of one model.

    Attributes:
        name: the model's name in the progress bar and in warnings.
        plan: the length of the training.
        seed: the seed of dropout; batches have their own.
        work: a folder for checkpoints. If it holds some of this very training, that resumes from the last of them; the
            caller removes the folder once the result is safe.
        progress: a counter of steps.
        clock: the clock of the report's seconds.
    """

    name: str
    plan: Schedule
    seed: int
    work: Path
    progress: Progress
    clock: Clock = time.perf_counter


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Loss and score after the first step, and after each step that was evaluated.

    Attributes:
        step: the number of the step.
        loss: the mean training loss since the last entry.
        score: the validation score: accuracy, or minus the loss to human labels for tasks without a single label; None
            if it was not evaluated.
    """

    step: int
    loss: float
    score: float | None


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """The report of a training.

    Attributes:
        steps: the number of steps until it ended or was stopped.
        epochs: the number of epochs until then.
        max_steps: the planned number of steps.
        evaluate_every: the planned interval of evaluations.
        best_step: the step whose weights were kept: the first of the best on validation, or the last without it.
        best_validation: the score of that step; None without validation.
        seconds: the duration of this call, without the time before an interruption.
        history: losses and scores.
        warnings: sentences that a reader must know.
    """

    steps: int
    epochs: float
    max_steps: int
    evaluate_every: int
    best_step: int
    best_validation: float | None
    seconds: float
    history: tuple[Evaluation, ...]
    warnings: tuple[str, ...] = ()


def schedule(n_texts: int, spec: TrainingSpec) -> Schedule:
    """Return the schedule of a training on so many texts; a baseline follows its student's."""
    steps_per_epoch = -(-n_texts // spec.batch_size)
    evaluate_every = max(1, round(steps_per_epoch / spec.evaluations_per_epoch))
    return Schedule(max(1, round(spec.epochs * steps_per_epoch)), evaluate_every)


def run_training(
    model: PreTrainedModel,
    batches: Batches,
    validation: Batches | None,
    spec: TrainingSpec,
    *,
    loss: Objective,
    task: Task,
    course: Course,
    teacher: TeacherSource | None = None,
) -> TrainingReport:
    """Train a model in place and keep the weights that are best on validation.

    Args:
        model: the model, freshly initialised even if a training resumes: its initial weights identify the checkpoints.
        batches: the training data with the targets that the loss needs: labels, or cached logits.
        validation: labelled data; None: the last weights are kept.
        spec: rates, precision, patience.
        loss: the objective.
        task: the task, which decides the validation score.
        course: length, folder and clock of the training.
        teacher: the source of the teacher's output; None: no teacher.

    Raises:
        InputError: if patience is asked for and there is no validation, or if the loss is no longer finite.
        ModelError: if a checkpoint was changed after it was written.
    """
    if spec.patience is not None and validation is None:
        msg = (
            f"patience is {spec.patience}, but no validation text has a human label. "
            "Give labels, or leave patience out."
        )
        raise InputError(msg)
    began = course.clock()
    claim(course.work, _digest(model, batches, validation, teacher, spec, course.plan, course.seed))
    with quiet():
        trainer = DistilTrainer(
            model,
            _arguments(spec, course, evaluate=validation is not None),
            loss=loss,
            batches=batches,
            metric=metric_of(task),
            teacher=teacher,
            validation=validation,
            bf16=resolve_precision(spec.precision, model) == "bf16",
            callbacks=[
                Watch(
                    patience=spec.patience,
                    progress=course.progress,
                    what=f"training {course.name}",
                    clock=course.clock,
                )
            ],
        )
        try:
            _run(trainer, last_sealed(course.work), spec, course.plan)
        finally:
            course.progress.finish()
    model.train(mode=False)
    nn.Module.to(model, "cpu")
    return _report(trainer.state, course.plan, seconds=course.clock() - began, n_batches=len(batches))


@contextlib.contextmanager
def threads(n: int | None) -> Iterator[None]:
    """Let networks compute on so many threads; None leaves the number as it is."""
    before = torch.get_num_threads()
    torch.set_num_threads(n or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _run(trainer: DistilTrainer, checkpoint: Path | None, spec: TrainingSpec, plan: Schedule) -> None:
    """Train, from the checkpoint if there is one; a finished training is only restored."""
    if checkpoint is not None:
        state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
        if state.global_step >= plan.max_steps or is_exhausted(state, spec.patience):
            trainer.restore(checkpoint, state)
            return
    trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))


def _arguments(spec: TrainingSpec, course: Course, *, evaluate: bool) -> TrainingArguments:
    """Return the trainer's arguments; its batch size is 1, as an item is a whole batch."""
    return TrainingArguments(
        output_dir=str(course.work),
        per_device_train_batch_size=1,
        train_sampling_strategy="sequential",
        max_steps=course.plan.max_steps,
        learning_rate=spec.learning_rate,
        weight_decay=spec.weight_decay,
        max_grad_norm=spec.max_grad_norm,
        lr_scheduler_type="constant_with_warmup" if spec.schedule == "constant" else spec.schedule,
        warmup_steps=round(spec.warmup * course.plan.max_steps),
        seed=course.seed,
        use_cpu=not torch.cuda.is_available(),
        eval_strategy="steps" if evaluate else "no",
        eval_steps=course.plan.evaluate_every,
        save_strategy="steps",
        save_steps=course.plan.evaluate_every,
        save_total_limit=2,
        load_best_model_at_end=evaluate,
        metric_for_best_model=SCORE,
        greater_is_better=True,
        logging_strategy="steps",
        logging_steps=course.plan.evaluate_every,
        logging_first_step=True,
        logging_nan_inf_filter=False,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        report_to="none",
    )


def _digest(
    model: PreTrainedModel,
    batches: Batches,
    validation: Batches | None,
    teacher: TeacherSource | None,
    *settings: object,
) -> str:
    """Return the sha256 of all that decides a training: settings, initial weights, texts, targets, teacher."""
    digest = hashlib.sha256(repr(settings).encode())
    digest.update(weights_digest(model))
    for part in (batches, validation, teacher):
        digest.update(b"none" if part is None else part.digest())
    return digest.hexdigest()


def _report(state: TrainerState, plan: Schedule, *, seconds: float, n_batches: int) -> TrainingReport:
    """Return the report that the trainer's log gives."""
    losses = {int(entry["step"]): entry["loss"] for entry in state.log_history if "loss" in entry}
    scores = {int(entry["step"]): entry[SCORE] for entry in state.log_history if SCORE in entry}
    return TrainingReport(
        steps=state.global_step,
        epochs=state.global_step / n_batches,
        max_steps=plan.max_steps,
        evaluate_every=plan.evaluate_every,
        best_step=state.best_global_step or state.global_step,
        best_validation=state.best_metric,
        seconds=seconds,
        history=tuple(Evaluation(step, loss, scores.get(step)) for step, loss in losses.items()),
    )
