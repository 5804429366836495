"""Work between training steps: progress, early stopping, checkpoints in time, and a halt when training diverges."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress

SCORE = "eval_score"
"""The key of validation scores in the trainer's log."""

CHECKPOINT_S = 240.0
"""Seconds after which the next step ends with a checkpoint, so that a kill never costs more than five minutes."""

_REPORTS = 200  # updates of the progress bar, per training


class Watch(TrainerCallback):
    """Reports progress, stops when validation no longer improves, and refuses a loss that is not finite.

    It relies on the trainer's log only, so that a resumed training stops where an undisturbed one would. Checkpoints
    are written at each evaluation, and in between if evaluations are far apart.
    """

    def __init__(self, *, patience: int | None, progress: Progress, what: str, clock: Callable[[], float]) -> None:
        """Watch one training.

        Args:
            patience: the number of evaluations without improvement before training stops; None: it never does.
            progress: a counter of steps.
            what: the title of the progress bar.
            clock: gives seconds.
        """
        self._patience = patience
        self._progress = progress
        self._what = what
        self._reported = 0
        self._clock = clock
        self._saved = clock()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_kwargs: object
    ) -> None:
        """Start the bar at the first step, or where a training resumes."""
        self._progress.start(self._what, state.max_steps)
        self._progress.advance(state.global_step)
        self._reported = state.global_step
        if state.best_global_step:
            # the run folder may have been moved since the checkpoint was written
            state.best_model_checkpoint = str(Path(str(args.output_dir)) / f"checkpoint-{state.best_global_step}")

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_kwargs: object
    ) -> None:
        """Move the bar now and then; log the loss at each evaluation and at the end; save what took long."""
        last = state.global_step >= state.max_steps
        if last or (state.global_step - self._reported) * _REPORTS >= state.max_steps:
            self._progress.advance(state.global_step - self._reported)
            self._reported = state.global_step
        control.should_log = control.should_log or control.should_evaluate or last
        control.should_save = control.should_save or self._clock() - self._saved >= CHECKPOINT_S

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_kwargs: object) -> None:
        """Note when a checkpoint was written."""
        self._saved = self._clock()

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_kwargs: object,
    ) -> None:
        """Stop with an error if the loss is not finite."""
        loss = (logs or {}).get("loss", 0.0)
        if not np.isfinite(loss):
            msg = (
                f"The training loss is {loss} at step {state.global_step}: training has diverged. "
                "Lower the learning rate, or max_grad_norm."
            )
            raise InputError(msg)

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_kwargs: object
    ) -> None:
        """Stop when patience is exhausted."""
        if is_exhausted(state, self._patience):
            control.should_training_stop = True


def is_exhausted(state: TrainerState, patience: int | None) -> bool:
    """Return whether the last `patience` evaluations brought no improvement."""
    scores = [entry[SCORE] for entry in state.log_history if SCORE in entry]
    return patience is not None and bool(scores) and len(scores) - 1 - int(np.argmax(scores)) >= patience
