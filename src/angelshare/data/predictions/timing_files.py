"""The file of what the clock said of the models of a comparison, which took turns in the same rounds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from angelshare.core.atomic import write_text
from angelshare.core.errors import InputError
from angelshare.core.observations import Timing
from angelshare.data.tables.text_files import decoded, first_line

_AXES = {"texts_per_second": 1, "latency_ms": 2, "busy": 1}
_SHAPE = (
    'Every model has "texts_per_second": [...], "latency_ms": [[...], ...] and "busy": [...], with one entry for each '
    'round, times above 0, and "peak_memory": {"n_bytes": ..., "problem": ...}.'
)


class _Memory(BaseModel):
    """The peak memory of one model in the file, or why there is none."""

    n_bytes: int | None = None
    problem: str | None = None


class _Circumstances(BaseModel):
    """What the file says of one model beside its times."""

    n_texts: Annotated[int, Field(ge=1)] | None = None
    peak_memory: _Memory | None = None
    seed: int | None = None
    fingerprint: str = ""


def write_timings(timings: Mapping[str, Timing], path: Path) -> None:
    """Write one JSON object: role and member, such as `student mlp/0`, -> what was measured."""
    write_text(path, json.dumps({key: _as_json(timing) for key, timing in timings.items()}))


def read_timings(path: Path, *, n_texts: int | None = None) -> dict[str, Timing]:
    """Return what `write_timings` wrote, under the same keys.

    Args:
        path: of the file.
        n_texts: that were timed in bulk; None: as the file says.

    Raises:
        InputError: for a file that is not there or no such object, numbers that are not finite and above 0, and models
            that were not timed in the same rounds.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}. Check the path.")
    try:
        models = json.loads(decoded(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON ({first_line(error)}). Write it again.") from error
    if not isinstance(models, dict) or not models:
        raise InputError(f"{path} holds no object with a model under every key. {_SHAPE}")
    timings = {key: _of_json(key, model, n_texts, path) for key, model in models.items()}
    shapes = {key: timing.latency_ms.shape for key, timing in timings.items()}
    if len(set(shapes.values())) > 1:
        told = ", ".join(f"{key} {rounds} of {latencies}" for key, (rounds, latencies) in shapes.items())
        raise InputError(f"{path}: the models were not timed in the same rounds: {told} latencies. Time them together.")
    return timings


def _as_json(timing: Timing) -> dict[str, Any]:  # Any: JSON
    """Return one model as the file holds it."""
    memory = {"n_bytes": timing.peak_memory_bytes, "problem": timing.memory_problem}
    who = {"n_texts": timing.n_texts, "seed": timing.seed, "fingerprint": timing.fingerprint}
    return {**{name: getattr(timing, name).tolist() for name in _AXES}, "peak_memory": memory, **who}


def _of_json(key: str, model: Any, n_texts: int | None, path: Path) -> Timing:  # noqa: ANN401  (JSON)
    """Return one model from what the file holds."""
    held = model if isinstance(model, dict) else {}
    wrong = [name for name, n_axes in _AXES.items() if not _are_numbers(held.get(name), n_axes, above=name != "busy")]
    if wrong or len({len(held[name]) for name in _AXES}) > 1:
        raise InputError(f"{path}: {', '.join(wrong) or 'the rounds'} of {key} cannot be read. {_SHAPE}")
    try:
        said = _Circumstances.model_validate(held)
    except ValidationError as error:
        wrong = [".".join(map(str, problem["loc"])) for problem in error.errors()]
        raise InputError(f"{path}: {', '.join(wrong)} of {key} cannot be read. {_SHAPE}") from None
    n_timed, memory = n_texts or said.n_texts, said.peak_memory or _Memory()
    if n_timed is None:
        raise InputError(f'{path}: {key} has no "n_texts". Write how many texts were timed in bulk.')
    return Timing(
        key.partition(" ")[2] or key,
        texts_per_second=np.array(held["texts_per_second"], dtype=np.float64),
        latency_ms=np.array(held["latency_ms"], dtype=np.float64),
        busy=np.array(held["busy"], dtype=np.float64),
        n_texts=n_timed,
        peak_memory_bytes=memory.n_bytes,
        memory_problem=memory.problem,
        seed=said.seed,
        fingerprint=said.fingerprint,
    )


def _are_numbers(values: object, n_axes: int, *, above: bool) -> bool:
    """Return whether nested lists hold finite numbers, so deep, that are at least 0 or above it."""
    try:
        array = np.array(values, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return False
    if array.ndim != n_axes or not array.size or not np.isfinite(array).all():
        return False
    return bool((array > 0).all() if above else (array >= 0).all())
