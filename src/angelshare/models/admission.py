"""What a model folder must hold, and must not, before anything of it is loaded."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from angelshare.core.errors import ModelError

_T5 = ("longt5", "mt5", "switch_transformers", "t5", "t5gemma", "t5gemma2", "umt5")
"""Model types of the T5 family, whose classifiers need an end of text in every text."""

_IMPLEMENTATION = re.compile("(attn|experts)_implementation")
_OWN_IMPLEMENTATIONS = (None, "eager", "sdpa", "flex_attention", "grouped_mm", "batched_mm")
"""Implementations that come with torch and transformers; others are code that is fetched from the hub."""

_MOST = {re.compile(r"(n|num|encoder|decoder)_(\w+_)?(layers?|groups)"): 1000, re.compile("num_labels"): 1_000_000}
"""The name of a count in a configuration -> as many as any model has."""

_ELSEWHERE = "Give the unquantised model, or the model's answers as a file of predictions."


def read_fields(path: Path) -> dict[str, Any]:  # Any: JSON
    """Return the fields of a JSON file.

    Raises:
        ModelError: if it is damaged, naming it.
    """
    try:
        fields = json.loads(path.read_bytes(), parse_constant=_infinity)
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read as JSON ({error}). Save the model again.") from error
    if not isinstance(fields, dict):
        raise ModelError(f"{path} holds a {type(fields).__name__}, not fields with names. Save the model again.")
    return fields


def _infinity(constant: str) -> float:
    """Return an infinite number; what is none is no value."""
    if constant == "NaN":
        raise ValueError("NaN is not a number")
    return float(constant)


def check_supported(folder: Path, fields: Mapping[str, Any]) -> None:
    """Check that a model can be run as it is, from nothing but the files of its folder.

    Args:
        folder: the folder.
        fields: of its config.json.

    Raises:
        ModelError: if it is quantised, of the T5 family, an adapter, without end, or would bring in weights or code
            from elsewhere.
    """
    kind, named = fields.get("model_type"), fields.get("transformers_weights")
    quantised = fields.get("quantization_config") or fields.get("compression_config")
    fetched, problem = sorted(_implementations(fields)), None
    if quantised is not None:
        method = quantised.get("quant_method") if isinstance(quantised, Mapping) else None
        problem = (
            f"is quantised ({method or 'by a method that it does not name'}), which is not supported. {_ELSEWHERE}"
        )
    elif not _are_names(fields.get("architectures")):
        problem = f"has a damaged config.json: its architectures are {fields['architectures']!r}. Save the model again."
    elif kind in _T5:
        problem = f"is a {kind} model; the T5 family is not supported. Give an encoder, such as BERT."
    elif named is not None:
        problem = f"names other weights in its config.json ({named}). Save them as model.safetensors."
    elif beyond := next(_beyond(fields), None):
        problem = f"has a config.json with {beyond}, and no model has as many. Save the model again."
    elif fetched:
        problem = f"asks for the implementation {fetched[0]}, which is code from elsewhere. Remove it from config.json."
    elif (folder / "adapter_config.json").is_file():
        problem = "holds an adapter to a model that lies elsewhere. Merge both, and save the whole model."
    if problem is not None:
        raise ModelError(f"{folder} {problem}")


def _beyond(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the counts of layers and labels that no model has; a network would be built, part by part, without end."""
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _beyond(value)
        elif isinstance(value, int) and value > next(
            (most for what, most in _MOST.items() if what.fullmatch(name)), value
        ):
            yield f"{name} {value:,}"


def _are_names(given: object) -> bool:
    """Return whether a field is a list of names, or not there."""
    return given is None or (isinstance(given, list) and all(isinstance(name, str) for name in given))


def _implementations(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the implementations of attention or experts that a configuration asks for and torch does not have."""
    for name, value in fields.items():
        if _IMPLEMENTATION.search(name):
            chosen = value.values() if isinstance(value, Mapping) else (value,)
            yield from (str(each) for each in chosen if each not in _OWN_IMPLEMENTATIONS)
        elif isinstance(value, Mapping):
            yield from _implementations(value)


def check_single(path: Path, fields: Mapping[str, Any], versions: str) -> None:  # Any: JSON
    """Check that a file is itself what transformers reads: neither a check nor the fingerprint would see another.

    Args:
        path: the file.
        fields: of the file.
        versions: the field that names files that newer versions of transformers read in its place.

    Raises:
        ModelError: if there is such a field.
    """
    if versions in fields:
        raise ModelError(
            f"{path} names files to read in its place ({versions}), which is not supported. Save the model again."
        )


def check_index(index: Path, weights: Collection[Path]) -> None:
    """Check that an index leads to nothing but the weights in its folder, which the fingerprint covers.

    Raises:
        ModelError: if it is damaged, or names a pickle among safetensors, or a file that is not there or elsewhere.
    """
    shards = read_fields(index).get("weight_map")
    if not isinstance(shards, dict) or not shards:
        raise ModelError(f"{index} does not say which file holds which weight. Save the model again.")
    elsewhere = sorted({str(shard) for shard in shards.values() if index.parent / str(shard) not in weights})
    if elsewhere:
        raise ModelError(
            f"{index} names {elsewhere[0]}, which is not among the safetensors files beside it. "
            "Pickles and files elsewhere are not read: save the model again."
        )
