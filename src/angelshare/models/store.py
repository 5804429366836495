"""The one cache: a model's answers by content key, in Parquet shards that carry their checksum in their name.

The checksum counts the name of the folder, so that a shard of another model, or question, is no shard here.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from angelshare.core.arrays import Array, Mask, Scores
from angelshare.core.atomic import whole_file

_LOG = logging.getLogger(__name__)
_KEY = "S32"
_SHARD = re.compile(r"[0-9a-f]{32}-[0-9a-f]{64}\.parquet")


@dataclass(frozen=True, slots=True)
class Answers:
    """The format in which answers of one kind are kept.

    Attributes:
        column: the name of their column in a shard, beside the column `key`.
        dtype: their type in memory.
        written: answers -> a list for each text.
        read: the reverse, which raises a ValueError for any other lists.
    """

    column: str
    dtype: type
    written: Callable[[Array], pa.ListArray]
    read: Callable[[pa.ListArray], Array]


def _written_rows(rows: Scores) -> pa.ListArray:
    """Return (n, width) float32 rows as lists of equal length."""
    offsets = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(rows.ravel()))


def _read_rows(lists: pa.ListArray) -> Scores:
    """Return lists of equal length as (n, width) float32 rows."""
    values = lists.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(values.astype(np.float32, copy=False).reshape(len(lists), -1))


def _written_texts(answers: Array) -> pa.ListArray:
    """Return (n,) tuples of texts as lists."""
    return pa.array([list(texts) for texts in answers], pa.list_(pa.string()))


def _read_texts(lists: pa.ListArray) -> Array:
    """Return lists as (n,) tuples of texts."""
    if not pa.types.is_string(lists.type.value_type) or lists.null_count or lists.flatten().null_count:
        raise ValueError("it has something else in the place of texts")
    return as_objects([tuple(texts) for texts in lists.to_pylist()])


def as_objects(values: Sequence[object]) -> Array:
    """Return an array of objects with one axis, even if the objects are sequences."""
    return np.fromiter(values, dtype=np.object_, count=len(values))


ROWS = Answers("logits", np.float32, _written_rows, _read_rows)
"""Numbers, as many for each text as for any other; the column kept its name from when all answers were logits."""
TEXTS = Answers("texts", np.object_, _written_texts, _read_texts)
"""Texts, any number for each text."""


class Store:
    """One model's answers about the texts it has seen, in a folder of shards, each written whole or not at all.

    A shard that is not as it was written is removed with a warning; its texts are missing then, and the model is asked
    again. Files with other names are not touched.
    """

    def __init__(self, folder: Path | None, answers: Answers = ROWS) -> None:
        """Read all shards of the folder; without a folder, answers are kept in memory only."""
        self.folder = folder
        self.answers = answers
        self._keys: Array = np.empty(0, dtype=_KEY)
        self._values: Array | None = None
        files = sorted(folder.iterdir()) if folder is not None and folder.is_dir() else []
        shards = [_read(path, answers) for path in files if _SHARD.fullmatch(path.name)]
        self._keep([shard for shard in shards if shard is not None])

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self._keys)

    def find(self, keys: Sequence[str]) -> tuple[Mask, Array]:
        """Return which keys are known (n,), and the answers to those, in their order."""
        asked = np.array(keys, dtype=_KEY)
        if self._values is None:
            return np.zeros(len(asked), dtype=np.bool_), np.zeros((0, 0), dtype=self.answers.dtype)
        place = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
        known = self._keys[place] == asked
        return known, self._values[place[known]]

    def append(self, keys: Sequence[str], values: Array) -> None:
        """Add one shard, named by its keys so that the same work gives the same file."""
        values = np.ascontiguousarray(values, dtype=self.answers.dtype)
        if self.folder is not None:
            _write(self.folder, keys, values, self.answers)
        self._keep([(np.array(keys, dtype=_KEY), values)])

    def _keep(self, shards: Sequence[tuple[Array, Array]]) -> None:
        """Merge shards into the sorted arrays; the first answer to a key stays."""
        if not shards:
            return
        known = [] if self._values is None else [self._values]
        self._keys, first = np.unique(np.concatenate([self._keys, *(keys for keys, _ in shards)]), return_index=True)
        self._values = np.concatenate([*known, *(values for _, values in shards)])[first]


def _write(folder: Path, keys: Sequence[str], values: Array, answers: Answers) -> None:
    """Write one shard."""
    table = pa.table({"key": pa.array(keys, pa.string()), answers.column: answers.written(values)})
    content = BytesIO()
    pq.write_table(table, content)
    name = f"{_sha256(''.join(keys).encode())[:32]}-{_seal(folder, content.getbuffer())}.parquet"
    with whole_file(folder / name) as file:
        file.write(content.getbuffer())


def _read(path: Path, answers: Answers) -> tuple[Array, Array] | None:
    """Return keys and answers of one shard; None, after removing it, if it is damaged or no shard."""
    try:
        return _parsed(path, answers)
    except (pa.ArrowException, OSError, ValueError) as error:
        _LOG.warning("%s is damaged (%s) and was removed; the model is asked again for its texts.", path, error)
        path.unlink()
        return None


def _parsed(path: Path, answers: Answers) -> tuple[Array, Array]:
    """Return keys and answers of one shard."""
    content = path.read_bytes()
    if f"-{_seal(path.parent, content)}." not in path.name:
        raise ValueError("its checksum is another")
    table = pq.read_table(BytesIO(content), columns=["key", answers.column]).combine_chunks()
    if table.column_names != ["key", answers.column] or not pa.types.is_list(table[answers.column].type):
        raise ValueError(f"it lacks keys or lists of {answers.column}")
    keys = np.array(table["key"].to_pylist(), dtype=_KEY)
    return keys, answers.read(table[answers.column].combine_chunks())


def _seal(folder: Path, content: bytes | memoryview) -> str:
    """Return the checksum of a shard, which it has in no other folder."""
    return _sha256(folder.name.encode() + b"\n" + content)


def _sha256(content: bytes | memoryview) -> str:
    """Return the sha256 of bytes in memory."""
    return hashlib.sha256(content).hexdigest()
