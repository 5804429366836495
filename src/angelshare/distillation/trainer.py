"""A transformers Trainer for distillation: objectives that see a step, whole batches, little work between steps."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate.optimizer import AcceleratedOptimizer
from safetensors.torch import save_model
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from transformers import PreTrainedModel, Trainer, TrainerCallback, TrainerState, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from angelshare.core.task import Task
from angelshare.distillation.batches import Batch, Batches, inputs_of
from angelshare.distillation.checkpoints import seal, verify
from angelshare.distillation.objectives import Objective
from angelshare.distillation.step import Step, output_of
from angelshare.distillation.teachers import TeacherSource
from angelshare.distillation.watch import SCORE
from angelshare.models.saving import saving

Metric = Callable[[Tensor, Tensor], float]
"""(logits, human labels) of the whole validation split -> a score; higher is better."""


class DistilTrainer(Trainer):
    """A trainer of a model towards an objective.

    It departs from its parent for the sake of networks whose step takes a millisecond: items are whole batches, the
    validation split is scored in one pass without a loader, gradients are clipped without accelerate, floating-point
    operations are not counted, and checkpoints hold weights and states only.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        arguments: TrainingArguments,
        *,
        loss: Objective,
        batches: Batches,
        metric: Metric,
        teacher: TeacherSource | None = None,
        validation: Batches | None = None,
        bf16: bool = False,
        callbacks: list[TrainerCallback] | None = None,
    ) -> None:
        """Take over a model.

        Args:
            model: the student, or any other model to train.
            arguments: the parent's arguments.
            loss: the objective; the networks are asked for no more than it needs.
            batches: the training data.
            metric: the score that decides which weights are kept.
            teacher: the source of the teacher's output; None: no teacher.
            validation: labelled data; None: the weights after the last step are kept.
            bf16: whether to run matrix products in bfloat16; loss and weights stay in float32.
            callbacks: callbacks besides the parent's.
        """
        super().__init__(
            model=model,
            args=arguments,
            data_collator=_only,
            train_dataset=batches,
            eval_dataset=validation,
            callbacks=callbacks,
        )
        self.remove_callback(PrinterCallback)
        self.model_accepts_loss_kwargs = False
        self.loss_is_scaled_for_ga = False
        self._objective = loss
        self._teacher = teacher
        self._metric = metric
        self._bf16 = bf16
        self._trained = [parameter for parameter in model.parameters() if parameter.requires_grad]

    def compute_loss(
        self,
        model: nn.Module,
        inputs: Batch,
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor | tuple[Tensor, Any]:
        """Return the objective of a batch."""
        needs = self._objective.needs
        student = output_of(model, inputs_of(inputs), needs)
        teacher = None if self._teacher is None else self._teacher.output(inputs, needs)
        loss = self._objective(Step(student, teacher, inputs.get("labels"), inputs.get("attention_mask")))
        return (loss, student) if return_outputs else loss

    def autocast_smart_context_manager(
        self, cache_enabled: bool | None = True
    ) -> contextlib.AbstractContextManager[Any]:
        """Return the context in which the network runs."""
        if not self._bf16:
            return contextlib.nullcontext()
        return torch.autocast(self.args.device.type, dtype=torch.bfloat16, cache_enabled=cache_enabled)

    def evaluate(self, *_args: object, **_kwargs: object) -> dict[str, float]:
        """Return the model's score on the validation split."""
        model, validation = self._network(), self.eval_dataset
        assert isinstance(validation, Batches)
        model.eval()
        outputs, labels = [], []
        with torch.inference_mode(), self.autocast_smart_context_manager():
            for i in range(len(validation)):
                inputs = self._prepare_inputs(validation[i])
                labels.append(inputs.pop("labels"))
                outputs.append(model(**inputs).logits.float())
        metrics = {SCORE: self._metric(torch.cat(outputs), torch.cat(labels))}
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def create_scheduler(self, num_training_steps: int, optimizer: Optimizer | None = None) -> LRScheduler:
        """Return the schedule of the learning rate, for the bare optimiser.

        Accelerate's wrapper serves accumulated gradients and scaled float16, neither of which is used here, and looks
        for an optional package at every step, which takes a quarter of a millisecond.
        """
        if isinstance(self.optimizer, AcceleratedOptimizer):
            self.optimizer = self.optimizer.optimizer
        return super().create_scheduler(num_training_steps, optimizer)

    def floating_point_ops(self, inputs: Batch) -> int:
        """Return 0, since counting parameters at each step takes longer than a small network's step."""
        return 0

    def _network(self) -> nn.Module:
        """Return the model, which the parent's type allows to be None."""
        assert self.model is not None
        return self.model

    def _clip_grad_norm(self, model: nn.Module) -> Tensor:
        """Clip the gradients and return their norm before."""
        return clip_grad_norm_(self._trained, self.args.max_grad_norm)

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Tensor] | None = None) -> None:
        """Write the weights only; configuration and tokenizer are saved with the finished model."""
        folder = Path(output_dir or str(self.args.output_dir))
        folder.mkdir(parents=True, exist_ok=True)
        save_model(self._network(), str(folder / "model.safetensors"))

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        """Save a checkpoint and seal it with its checksums."""
        checkpoint = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
        with saving(checkpoint):
            super()._save_checkpoint(model, trial)
            seal(checkpoint)

    def restore(self, checkpoint: Path, state: TrainerState) -> None:
        """Restore the state and weights of a finished training from its last checkpoint."""
        self.state = state
        if state.best_global_step:
            self._load_best_model()
        else:
            self._load_from_checkpoint(str(checkpoint))

    def _load_best_model(self) -> None:
        """Load the best weights into the model, after verifying their checksums."""
        best = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.best_global_step}"
        verify(best)
        self.state.best_model_checkpoint = str(best)
        super()._load_best_model()


def metric_of(task: Task) -> Metric:
    """Return the score of the validation split: accuracy, or minus the loss for tasks without a single label."""
    if task in ("binary", "single_label"):
        return lambda logits, labels: (logits.argmax(dim=1) == labels).double().mean().item()
    if task == "multi_label":
        return lambda logits, labels: -nn.functional.binary_cross_entropy_with_logits(logits, labels).item()
    return lambda logits, labels: -nn.functional.mse_loss(logits, labels.reshape(logits.shape)).item()


def _only(items: list[Batch]) -> Batch:
    """Return the only item, which is a whole batch already."""
    (batch,) = items
    return batch
