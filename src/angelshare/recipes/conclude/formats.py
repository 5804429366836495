"""File formats in which members' answers are kept, one for each kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from angelshare.core.alignment import Observed
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Kind, Timing, timed_items
from angelshare.core.panel import Member
from angelshare.core.predictions import Predictions
from angelshare.data.predictions.files import read_predictions, write_predictions
from angelshare.data.predictions.observation_files import (
    read_embeddings,
    read_likelihoods,
    write_observations,
)
from angelshare.data.predictions.timing_files import read_timings, write_timings

M = TypeVar("M", bound=Member)


def _exactly(read: Callable[..., Observed[M]]) -> Callable[[Path, str], Observed[M]]:
    """Return a reader that keeps the codes of clusters, in whose order they are summed, and adds no clusters."""

    def read_exactly(file: Path, name: str) -> Observed[M]:
        observed = read(file, name=name)
        if observed.items.clusters is None:
            return observed
        written = pq.read_table(file)
        codes = written["cluster"].to_numpy() if "cluster" in written.column_names else None
        return replace(observed, items=replace(observed.items, clusters=codes))

    return read_exactly


def _read_scores(file: Path, name: str) -> Observed[Predictions]:
    """Return predictions to the last digit, in single precision where they were written so."""
    observed = _exactly(read_predictions)(file, name)
    if pa.float32() not in pq.read_schema(file).types:
        return observed
    return replace(observed, member=replace(observed.member, values=observed.member.values.astype(np.float32)))


def _write_timing(items: Items, member: Timing, file: Path) -> None:
    """Write a timing; of the items, only their number matters."""
    write_timings({member.name: replace(member, n_texts=len(items))}, file)


def _read_timing(file: Path, name: str) -> Observed[Timing]:
    """Return a timing as it was written."""
    timing, *others = read_timings(file).values()
    if others:
        raise InputError(f"{file} holds {1 + len(others)} models, but was kept for {name} alone.")
    return Observed(timed_items(timing.n_texts), replace(timing, name=name))


@dataclass(frozen=True, slots=True)
class Format:
    """How the answers of a member are written and read.

    Attributes:
        suffix: of the files.
        write: takes items, member and file. read: takes the file and the member's name.
    """

    suffix: str
    write: Callable[[Items, Any, Path], None]  # Any: the kind says which type of member
    read: Callable[[Path, str], Observed[Any]]


FORMATS: Mapping[Kind, Format] = {
    "scores": Format("parquet", write_predictions, _read_scores),
    "embeddings": Format("parquet", write_observations, _exactly(read_embeddings)),
    "likelihoods": Format("parquet", write_observations, _exactly(read_likelihoods)),
    "timing": Format("json", _write_timing, _read_timing),
}
"""Kind -> the format of its answers. Continuations are texts, which are never kept."""
