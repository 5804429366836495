"""How one member's answers are kept on disk, kind by kind."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from angelshare.core.alignment import Observed
from angelshare.core.atomic import write_text
from angelshare.core.items import Items
from angelshare.core.observations import Kind, Timing, timed_items
from angelshare.core.predictions import Predictions
from angelshare.data.predictions.files import read_predictions, write_predictions


def _read_scores(file: Path, name: str) -> Observed[Predictions]:
    """Return predictions as they were written, to the last digit.

    So clusters keep their codes, in whose order they are summed, and single precision stays single.
    """
    observed, table = read_predictions(file, name=name), pq.read_table(file)
    items, member = observed.items, observed.member
    if items.clusters is not None:
        items = replace(items, clusters=table["cluster"].to_numpy())
    if pa.float32() in table.schema.types:
        member = replace(member, values=member.values.astype(np.float32))
    return Observed(items, member)


def _write_timing(items: Items, member: Timing, file: Path) -> None:
    """Write what the clock said; texts that were timed together need no items."""
    held = {
        "texts_per_second": member.texts_per_second.tolist(),
        "latency_ms": member.latency_ms.tolist(),
        "busy": member.busy.tolist(),
        "n_texts": len(items),
        "peak_memory_bytes": member.peak_memory_bytes,
        "seed": member.seed,
        "fingerprint": member.fingerprint,
    }
    write_text(file, json.dumps(held))


def _read_timing(file: Path, name: str) -> Observed[Timing]:
    """Return what the clock said, as it was written."""
    held = json.loads(file.read_text("utf-8"))
    timing = Timing(
        name,
        texts_per_second=np.array(held["texts_per_second"]),
        latency_ms=np.array(held["latency_ms"]),
        busy=np.array(held["busy"]),
        n_texts=held["n_texts"],
        peak_memory_bytes=held["peak_memory_bytes"],
        seed=held["seed"],
        fingerprint=held["fingerprint"],
    )
    return Observed(timed_items(timing.n_texts), timing)


@dataclass(frozen=True, slots=True)
class Format:
    """How one member's answers of one kind are written and read.

    Attributes:
        suffix: of its files.
        write: items, member, file. read: file, name of the member.
    """

    suffix: str
    write: Callable[[Items, Any, Path], None]  # Any: the kind says which type of member
    read: Callable[[Path, str], Observed[Any]]


FORMATS: Mapping[Kind, Format] = {
    "scores": Format("parquet", write_predictions, _read_scores),
    "timing": Format("json", _write_timing, _read_timing),
}
"""Kind -> how its answers are kept; what is not here is not kept."""
