"""The one cache: logits in Parquet shards, by content key."""

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from angelshare.core.arrays import Array, Mask, Scores

_LOG = logging.getLogger(__name__)
_KEY = "S32"


class LogitStore:
    """Logits of the texts that one scorer has seen, in a folder of shards; every shard is written whole or not at all.

    A shard that cannot be read, such as one cut short by a full disk, is removed with a warning: its texts are then
    missing and are scored again.
    """

    def __init__(self, folder: Path | None) -> None:
        """Read all shards of the folder. Without a folder everything is kept in memory only."""
        self.folder = folder
        self._keys: Array = np.empty(0, dtype=_KEY)
        self._logits: Scores | None = None
        shards = [_read(path) for path in sorted(folder.glob("*.parquet"))] if folder is not None else []
        self._keep([shard for shard in shards if shard is not None])

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self._keys)

    def find(self, keys: Sequence[str]) -> tuple[Mask, Scores]:
        """Return which keys are there (n,), and the float32 logits (found, labels) of those, in their order."""
        asked = np.array(keys, dtype=_KEY)
        if self._logits is None:
            return np.zeros(len(asked), dtype=np.bool_), np.zeros((0, 0), dtype=np.float32)
        place = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
        found = self._keys[place] == asked
        return found, self._logits[place[found]]

    def append(self, keys: Sequence[str], logits: Scores) -> None:
        """Add one shard; it is named by its keys, so that the same work gives the same file."""
        logits = np.ascontiguousarray(logits, dtype=np.float32)
        if self.folder is not None:
            _write(self.folder, keys, logits)
        self._keep([(np.array(keys, dtype=_KEY), logits)])

    def _keep(self, shards: Sequence[tuple[Array, Scores]]) -> None:
        """Merge into the sorted arrays; of a key that comes twice, the first stays."""
        if not shards:
            return
        known = [] if self._logits is None else [self._logits]
        self._keys, first = np.unique(np.concatenate([self._keys, *(keys for keys, _ in shards)]), return_index=True)
        self._logits = np.concatenate([*known, *(logits for _, logits in shards)])[first]


def _write(folder: Path, keys: Sequence[str], logits: Scores) -> None:
    """Write the shard beside its name, then rename it."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256("".join(keys).encode()).hexdigest()[:32]
    offsets = np.arange(0, logits.size + 1, logits.shape[1], dtype=np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(logits.ravel()))
    unfinished = folder / f"{name}.{os.getpid()}.tmp"
    pq.write_table(pa.table({"key": pa.array(keys, pa.string()), "logits": lists}), unfinished)
    unfinished.replace(folder / f"{name}.parquet")


def _read(path: Path) -> tuple[Array, Scores] | None:
    """Return keys and logits of one shard; None, after removing it, if it is damaged or no shard."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(["key", "logits"]).combine_chunks()
        if table.column_names != ["key", "logits"] or not pa.types.is_list(table["logits"].type):
            raise ValueError("it lacks keys or lists of logits")  # noqa: TRY301  (one warning for all)
        keys = np.array(table["key"].to_pylist(), dtype=_KEY)
        values = table["logits"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return keys, values.astype(np.float32, copy=False).reshape(len(keys), -1)
    except (pa.ArrowException, OSError, ValueError) as error:
        _LOG.warning("%s is damaged (%s) and was removed; its texts are scored again.", path, error)
        path.unlink()
        return None
