"""Sources of a teacher's output in training: logits observed before, or the teacher itself."""

from typing import Protocol

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.errors import InputError, ModelError
from angelshare.distillation.batches import Batch, encode_texts, inputs_of
from angelshare.distillation.checkpoints import weights_digest
from angelshare.distillation.spec import Needs
from angelshare.distillation.step import Output, output_of
from angelshare.models.declared_task import check_label_order, labels_of
from angelshare.models.lengths import check_length
from angelshare.transfer.label import TransferSet

_COMPARED = 256
"""The number of texts on which two tokenizers are compared."""


class TeacherSource(Protocol):
    """A source of a teacher's output for each batch of a training."""

    def output(self, batch: Batch, needs: Needs) -> Output:
        """Return the teacher's output for a batch: its logits, and whatever else is needed.

        Raises:
            InputError: if this source lacks any of it.
        """
        ...

    def digest(self) -> bytes:
        """Return a checksum of what the output depends on besides the batch; empty if on nothing."""
        ...


class CachedLogits:
    """Logits that were observed once and come with the batch; the teacher itself is not needed."""

    def output(self, batch: Batch, needs: Needs) -> Output:
        """Return the logits of a batch."""
        if inner := needs & {"hidden_states", "attentions"}:
            words = " and ".join(sorted(inner)).replace("_", " ")
            raise InputError(f"The objective needs the teacher's {words}, and only its logits are kept. Run it online.")
        return Output(batch["teacher_logits"])

    def digest(self) -> bytes:
        """Return no checksum, as the logits are part of the batches."""
        return b""


class OnlineTeacher:
    """A teacher that reads each batch along with its student, in the precision of the training, untrained itself."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        """Put the model into evaluation mode on its device."""
        self._tokenizer = tokenizer
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model = model.eval()
        torch.nn.Module.to(model, self._device)

    def output(self, batch: Batch, needs: Needs) -> Output:
        """Return the output of a forward pass without gradients."""
        inputs = {name: tensor.to(self._device) for name, tensor in inputs_of(batch).items()}
        with torch.no_grad():
            return output_of(self._model, inputs, needs)

    def digest(self) -> bytes:
        """Return a checksum of the weights."""
        return weights_digest(self._model)

    def check_fits(self, transfer: TransferSet, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        """Check that the teacher can read its student's batches, and answers with the labels of the transfer set.

        Args:
            transfer: the texts that the student learns from.
            tokenizer: the student's tokenizer.
            max_length: the student's maximum length, in tokens.

        Raises:
            ModelError: if the tokenizers differ, or the teacher has too few positions.
            LabelError: if the labels differ.
        """
        check_label_order(
            labels_of(self._model.config, "The teacher"), transfer.labels, who="The teacher", where="the transfer set"
        )
        check_length(self._model, max_length, "The teacher")
        sample = transfer.batch.take(range(min(len(transfer), _COMPARED)))
        student, teacher = (encode_texts(each, sample, max_length) for each in (tokenizer, self._tokenizer))
        same_words = tokenizer.get_vocab() == self._tokenizer.get_vocab()
        same_padding = (student.pads, student.pad_left) == (teacher.pads, teacher.pad_left)
        same_tokens = np.array_equal(student.offsets, teacher.offsets) and np.array_equal(
            student.tokens, teacher.tokens
        )
        if not (same_words and same_padding and same_tokens):
            raise ModelError(
                "The student's tokenizer is not its teacher's, so the teacher cannot read the student's batches: "
                "write tokenizer: teacher, or distil from cached logits."
            )
