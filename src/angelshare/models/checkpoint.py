"""Models loaded from folders, without pickles unless allowed, and saved to them."""

import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from angelshare.core.atomic import whole_folder
from angelshare.core.errors import ModelError
from angelshare.core.protocols import Scorer
from angelshare.core.task import Task
from angelshare.models.declared_task import label_contradiction, labels_of, set_labels, task_of
from angelshare.models.encoder import EncoderScorer, Precision, resolve_precision
from angelshare.models.folders import (
    MINILM,
    find_model,
    fingerprint,
    read_config,
    weight_files,
)
from angelshare.models.lengths import most_tokens
from angelshare.models.opening import (
    backbone_folder,
    check_padding,
    network_card,
    one_error,
    read_network,
    read_tokenizer,
    training_facts,
)
from angelshare.models.quiet import quiet
from angelshare.models.saving import saving
from angelshare.models.tfidf import MODEL_TYPE as TFIDF
from angelshare.models.tfidf import load_tfidf

_LOG = logging.getLogger(__name__)


def load_scorer(
    source: str | Path,
    *,
    name: str | None = None,
    task: Task | None = None,
    max_length: int | None = None,
    precision: Precision = "auto",
    trust_remote_code: bool = False,
    allow_pickle: bool = False,
) -> Scorer:
    """Return the sequence classifier in a folder or under a hub id, ready to score.

    Args:
        source: a folder (of this software, or any Hugging Face sequence classifier) or a hub id.
        name: the name on the card; None: the folder's name.
        task: the task; None: the one in its configuration.
        max_length: the maximum length in tokens; None: that of its training, else the longest it can take.
        precision: `auto` is bf16 for transformers where the processor has it.
        trust_remote_code: whether to run code that comes with the model.
        allow_pickle: whether to read weights from pytorch_model.bin.

    Raises:
        ModelError: if it cannot be loaded safely, or is no sequence classifier.
        LabelError: if its labels do not fit the task.
    """
    if str(source) == MINILM:
        msg = "minilm is a backbone without a classification head: it cannot score. Fine-tune it with `run` first."
        raise ModelError(msg)
    folder = find_model(source, trust_remote_code=trust_remote_code, allow_pickle=allow_pickle)
    name = name or Path(source).name
    if read_config(folder).get("model_type") == TFIDF:
        return load_tfidf(folder, name=name, fingerprint=fingerprint(folder))
    model, tokenizer = load_model(folder, trust_remote_code=trust_remote_code, allow_pickle=allow_pickle)
    labels = labels_of(model.config, name)
    if labels == tuple(f"LABEL_{i}" for i in range(len(labels))):
        _LOG.warning(
            "%s names its labels only LABEL_0, LABEL_1, ...: check that they mean what the data's labels do.", name
        )
    remark = label_contradiction(model.config)
    if remark is not None:
        _LOG.warning("%s: %s", name, remark)
    card = network_card(
        folder,
        model,
        tokenizer,
        name=name,
        precision=resolve_precision(precision, model),
        max_length=max_length,
        task=task_of(model.config, task or training_facts(model).task),
        labels=labels,
    )
    return EncoderScorer(model, tokenizer, card)


def load_model(
    folder: str | Path, *, trust_remote_code: bool = False, allow_pickle: bool = False
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return the sequence classifier (float32, evaluation mode) and the tokenizer of a folder or hub id.

    Raises:
        ModelError: if it cannot be loaded safely, or some of its weights, such as a head, are not in the folder.
    """
    folder = find_model(folder, trust_remote_code=trust_remote_code, allow_pickle=allow_pickle)
    network = read_network(
        AutoModelForSequenceClassification.from_pretrained, folder, trust_remote_code=trust_remote_code
    )
    if network.missing:
        some = ", ".join(network.missing[:3])
        msg = (
            f"{folder} is not a sequence classifier: {len(network.missing)} weights are not in it ({some}) "
            "and would be random numbers. Fine-tune it first, or give the folder of the fine-tuned model."
        )
        raise ModelError(msg)
    network.check_all_used(folder)
    check_padding(network.tokenizer, folder)
    return network.model, network.tokenizer


def load_backbone(
    source: str | Path, *, labels: Sequence[str], task: Task, seed: int
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a model to fine-tune: the weights of a backbone, and a head with random weights.

    Args:
        source: `minilm`, a folder or a hub id.
        labels: the labels, in the order of the head's outputs.
        task: the task of the head.
        seed: the seed of the head, and of a pooler if the source has none.

    Raises:
        ModelError: if it cannot be loaded safely, or if backbone weights other than the pooler's are missing.
    """
    folder = backbone_folder(source)
    _check_size(folder)
    with one_error(folder), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        set_labels(config, labels=labels, task=task)
        model: PreTrainedModel = AutoModelForSequenceClassification.from_config(
            config, dtype=torch.float32, trust_remote_code=False
        )
        backbone = read_network(AutoModel.from_pretrained, folder)
    missing = [name for name in backbone.missing if "pooler" not in name]
    if missing:
        msg = (
            f"{folder} lacks {len(missing)} weights of its backbone ({', '.join(missing[:3])}). Give a complete model."
        )
        raise ModelError(msg)
    backbone.check_all_used(folder)
    model.base_model.load_state_dict(backbone.model.state_dict(), strict=False)
    return model, backbone.tokenizer


def _check_size(folder: Path) -> None:
    """Check that a network is no larger than its weights, before memory is filled with random numbers for it.

    Raises:
        ModelError: if its configuration describes more numbers than the weights have bytes.
    """
    with one_error(folder), torch.device("meta"):  # nothing is allocated
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        model = AutoModel.from_config(config, trust_remote_code=False)
    n_bytes = sum(path.stat().st_size for path in weight_files(folder))
    if model.num_parameters() > n_bytes:
        raise ModelError(
            f"{folder} has a config.json of {model.num_parameters():,} parameters, and weights of {n_bytes:,} bytes. "
            "Save the model again."
        )


def backbone_fingerprint(source: str | Path) -> str:
    """Return the fingerprint of the folder that `load_backbone` reads."""
    return fingerprint(backbone_folder(source))


def mask_token(source: str | Path) -> str | None:
    """Return the mask token of a backbone's tokenizer; None where it has none."""
    token: str | None = read_tokenizer(backbone_folder(source)).mask_token
    return token


def save_model(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    folder: Path,
    *,
    task: Task,
    labels: Sequence[str],
    kind: str,
    max_length: int | None = None,
    parent_fingerprint: str | None = None,
    seed: int | None = None,
) -> str:
    """Save a Hugging Face folder in the place of any earlier one, and return its fingerprint.

    Args:
        model: the model; its configuration gets the labels, and under `angelshare` the facts of its training.
        tokenizer: the model's tokenizer.
        folder: the folder; it appears whole or not at all.
        task: the model's task.
        labels: the labels, in the order of the outputs.
        kind: the kind of model, such as `mlp`.
        max_length: the maximum length of the training, in tokens; None: the tokenizer's.
        parent_fingerprint: the fingerprint of the teacher it was distilled from.
        seed: the seed of the training.
    """
    set_labels(model.config, labels=labels, task=task)
    model.config.angelshare = {
        "kind": kind,
        "task": task,
        "max_length": max_length or most_tokens(model, tokenizer, None, kind),
        "parent_fingerprint": parent_fingerprint,
        "seed": seed,
    }
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:  # the file must not depend on the tokenizer's last use
        backend.no_truncation()
        backend.no_padding()
    with saving(folder), whole_folder(folder) as unfinished, quiet():
        model.save_pretrained(unfinished)
        tokenizer.save_pretrained(unfinished)
    return fingerprint(folder)
