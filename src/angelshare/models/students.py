"""Students built as a recipe describes them, before any training."""

import copy
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.errors import ModelError
from angelshare.core.student_spec import NeuralSpec, PretrainedSpec, TransformerSpec, WordSpec, WordStudentSpec
from angelshare.core.task import Task
from angelshare.core.text import as_utf8
from angelshare.models.checkpoint import load_backbone
from angelshare.models.declared_task import check_label_order, check_labels, labels_of, set_labels
from angelshare.models.lengths import check_length
from angelshare.models.register import WORD_NETWORKS
from angelshare.models.shrink import cut
from angelshare.models.word_network import WordNetwork

Teacher = tuple[PreTrainedModel, PreTrainedTokenizerBase]


def build_student(
    spec: NeuralSpec,
    *,
    labels: Sequence[str],
    task: Task,
    seed: int,
    tokenizer: PreTrainedTokenizerBase | None = None,
    teacher: Teacher | None = None,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return an untrained student and its tokenizer. The same arguments and seed give the same weights, bit by bit.

    Args:
        spec: the student in the recipe.
        labels: the labels, in the order of the outputs; the teacher's where its layers are kept.
        task: the student's task.
        seed: the seed of all random weights; the global generator stays untouched.
        tokenizer: a word tokenizer that all seeds share; it is not changed.
        teacher: the teacher's model and tokenizer, for students that take its layers, tokens or embeddings.

    Raises:
        ModelError: if a teacher or tokenizer is needed but missing; if texts are longer than the teacher's layers or
            the pretrained encoder have positions for; if embeddings to copy have another width.
        LabelError: if the labels do not fit the task, or are not the teacher's.
    """
    check_labels(labels, task)
    if isinstance(spec, TransformerSpec):
        return _transformer(spec, labels, task, seed, _needed(teacher, spec.name))
    if isinstance(spec, PretrainedSpec):
        return _pretrained(spec, labels, task, seed)
    tokenizer = _tokenizer(spec, tokenizer, teacher)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        student = _word_network(spec, _width(spec, teacher), tokenizer, labels, task)
    if spec.embeddings == "teacher":
        start_from_teacher(student, tokenizer, _needed(teacher, spec.name))
    elif spec.embeddings == "copied":
        copy_embeddings(student, _needed(teacher, spec.name), name=spec.name)
    return student, tokenizer


def start_from_teacher(student: WordNetwork, tokenizer: PreTrainedTokenizerBase, teacher: Teacher) -> None:
    """Set the student's embeddings to the teacher's, reduced to its width.

    A word's vector is the mean of the teacher's input embeddings of its pieces. Vectors are centred, projected on their
    principal components (each with the sign that makes its largest loading positive), and scaled by one factor, which
    gives all entries the standard deviation `embedding_std` of random ones. Special tokens and words unknown to the
    teacher keep their random vectors, and so do the last columns where the teacher is narrower.
    """
    weight = student.embeddings.weight
    numbers, vectors = _teacher_vectors(tokenizer, teacher)
    if not len(numbers):
        return
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, : weight.shape[1]]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    reduced = centred @ axes
    spread = reduced.std()
    if spread > 0:
        reduced = reduced * (student.config.embedding_std / spread)
    with torch.no_grad():
        weight[torch.from_numpy(numbers), : reduced.shape[1]] = torch.from_numpy(reduced).to(weight.dtype)


def copy_embeddings(student: WordNetwork, teacher: Teacher, *, name: str) -> None:
    """Copy the teacher's embeddings into the student, except for padding, which stays zero.

    Raises:
        ModelError: if their widths differ.
    """
    weight, source = student.embeddings.weight, _embedding_table(teacher).weight
    if weight.shape[1] != source.shape[1]:
        raise ModelError(
            f"The student {name!r} has embeddings {weight.shape[1]} wide, its teacher {source.shape[1]}: they can "
            "only be copied where both are equal. Write embedding_width: teacher, or embeddings: teacher (reduced)."
        )
    with torch.no_grad():
        weight.copy_(source[: len(weight)].to(weight))
        weight[student.pad].zero_()


def _embedding_table(teacher: Teacher) -> nn.Embedding:
    """Return the teacher's input embeddings."""
    table = teacher[0].get_input_embeddings()
    assert isinstance(table, nn.Embedding)
    return table


def _width(spec: WordStudentSpec, teacher: Teacher | None) -> int:
    """Return the width of the student's embeddings."""
    if spec.embedding_width != "teacher":
        return spec.embedding_width
    return _embedding_table(_needed(teacher, spec.name)).embedding_dim


def _teacher_vectors(
    tokenizer: PreTrainedTokenizerBase, teacher: Teacher
) -> tuple[np.ndarray, Float[np.ndarray, "words width"]]:
    """Return the numbers of the words known to the teacher, and its vectors for them (float64)."""
    pieces = teacher[1]
    vectors = _embedding_table(teacher).weight.detach().cpu().double().numpy()
    special = set(tokenizer.all_special_ids)
    if len(tokenizer) == len(pieces) and tokenizer.get_vocab() == pieces.get_vocab():
        same = np.array([number for number in range(len(tokenizer)) if number not in special])
        return same, vectors[same]
    numbers = [number for number in range(len(tokenizer)) if number not in special]
    # byte-level vocabularies hold most words with a blank in front
    words = [" " + as_utf8(word) for word in tokenizer.convert_ids_to_tokens(numbers)]
    encoded = pieces(words, add_special_tokens=False)["input_ids"] if words else []
    known = [[piece for piece in row if piece != pieces.unk_token_id] for row in encoded]
    kept = [i for i, row in enumerate(known) if row]
    means = np.array([vectors[known[i]].mean(axis=0) for i in kept]).reshape(len(kept), vectors.shape[1])
    return np.array([numbers[i] for i in kept], dtype=np.int64), means


def _transformer(
    spec: TransformerSpec, labels: Sequence[str], task: Task, seed: int, teacher: Teacher
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a student made of layers of the teacher, with its tokenizer."""
    model, tokenizer = teacher
    check_label_order(
        labels_of(model.config, "The teacher"), labels, who="The teacher", where=f"the student {spec.name}"
    )
    check_length(model, spec.max_length, f"The student {spec.name}, as its teacher,")
    student = cut(model, layers=spec.layers, init=spec.init, seed=seed)
    set_labels(student.config, labels=labels, task=task)
    return student, _with_length(tokenizer, spec.max_length)


def _pretrained(
    spec: PretrainedSpec, labels: Sequence[str], task: Task, seed: int
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a pretrained encoder with a new head, and its own tokenizer."""
    model, tokenizer = load_backbone(spec.model, labels=labels, task=task, seed=seed)
    check_length(model, spec.max_length, f"The student {spec.name}")
    return model, _with_length(tokenizer, spec.max_length)


def _tokenizer(
    spec: WordStudentSpec, tokenizer: PreTrainedTokenizerBase | None, teacher: Teacher | None
) -> PreTrainedTokenizerBase:
    """Return the tokenizer that the specification asks for."""
    if spec.tokenizer == "teacher":
        return _with_length(_needed(teacher, spec.name)[1], spec.max_length)
    if tokenizer is None:
        raise ModelError(f"The student {spec.name!r} has a vocabulary of its own: give its tokenizer.")
    return _with_length(tokenizer, spec.max_length)


def _word_network(
    spec: WordSpec,
    width: int,
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
    task: Task,
) -> WordNetwork:
    """Return the network with random weights."""
    if tokenizer.pad_token_id is None or tokenizer.unk_token_id is None:
        msg = f"The student {spec.name!r} needs a tokenizer with a padding and an unknown token. Use tokenizer: words."
        raise ModelError(msg)
    shared = {
        "vocab_size": len(tokenizer),
        "embedding_width": width,
        "dropout": spec.dropout,
        "word_dropout": spec.word_dropout,
        "pad_token_id": tokenizer.pad_token_id,
        "unk_token_id": tokenizer.unk_token_id,
    }
    settings = spec.model_dump(exclude={*WordStudentSpec.model_fields, "kind"})
    configuration, network = WORD_NETWORKS[spec.kind]
    config = configuration(**settings, **shared)
    set_labels(config, labels=labels, task=task)
    return network(config)


def _with_length(tokenizer: PreTrainedTokenizerBase, max_length: int) -> PreTrainedTokenizerBase:
    """Return a copy of the tokenizer that cuts texts at this length."""
    shorter = copy.deepcopy(tokenizer)
    shorter.model_max_length = max_length
    return shorter


def _needed(teacher: Teacher | None, name: str) -> Teacher:
    """Return the teacher, or refuse to build a student that needs one."""
    if teacher is None:
        raise ModelError(f"The student {name!r} takes parts of the teacher: give the teacher's model and tokenizer.")
    return teacher
