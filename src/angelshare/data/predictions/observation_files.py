"""Files of answers that are no scores of classes: embeddings, likelihoods and continuations.

One row per item: `id`; then `embedding` (a list of numbers), or `nats`, `tokens` and `bytes`, or `continuations` (texts
in a list). Optional, as in files of predictions: `slice:NAME`, `cluster`, `weight`, `seed`, `text` and `text_pair`, or
their `text_key`, and what suites say about their items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from angelshare.core.alignment import Observed
from angelshare.core.arrays import Array
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Continuations, Embeddings, Kind, Likelihoods
from angelshare.core.text import as_utf8, n_bytes
from angelshare.data.predictions.member_rows import read_items, rows_of_seed
from angelshare.data.predictions.metadata import own_metadata
from angelshare.data.predictions.observation_columns import read_counts, read_nats, read_text_lists, read_vectors
from angelshare.data.predictions.writing import Column, write_member
from angelshare.data.tables.columns import read_ids
from angelshare.data.tables.reading import read_table
from angelshare.data.texts.labelling import read_batch


def read_embeddings(
    path: str | Path, *, name: str, columns: Mapping[str, str] | None = None, seed: int | None = None
) -> Observed[Embeddings]:
    """Return one member's embeddings from a Parquet or JSON lines file, and the items as the file has them.

    Args:
        path: of the file.
        name: of the member, such as `bert/0`.
        columns: the house's name -> the file's.
        seed: of the member; else the file's column `seed`.

    Raises:
        InputError: for anything that cannot be measured, naming file, row, id and column.
    """
    rows = _read(path, "embeddings", name, columns, seed)
    vectors = read_vectors(rows.frame, "embedding", path=path, ids=rows.items.ids)
    member = Embeddings(name, vectors, rows.pooling, rows.seed, rows.fingerprint, rows.parent_fingerprint)
    return Observed(rows.items, member)


def read_likelihoods(
    path: str | Path, *, name: str, columns: Mapping[str, str] | None = None, seed: int | None = None
) -> Observed[Likelihoods]:
    """Return one member's likelihoods from a Parquet, CSV or JSON lines file, and the items as the file has them.

    Where the texts are there, the column `bytes` may be left out.

    Args:
        path: of the file.
        name: of the member, such as `gpt/0`.
        columns: the house's name -> the file's.
        seed: of the member; else the file's column `seed`.

    Raises:
        InputError: as `read_embeddings`, and where `bytes` are not those of the texts.
    """
    rows = _read(path, "likelihoods", name, columns, seed)
    frame, ids = rows.frame, rows.items.ids
    nats = read_nats(frame, "nats", path=path, ids=ids)
    n_tokens = read_counts(frame, "tokens", path=path, ids=ids)
    counted = None if rows.items.texts is None else _byte_lengths(rows.items)
    if "bytes" in frame.columns or counted is None:
        n_of_bytes = read_counts(frame, "bytes", path=path, ids=ids)
        _refuse_other_bytes(n_of_bytes, counted, ids, path)
    else:
        n_of_bytes = counted
    member = Likelihoods(name, nats, n_tokens, n_of_bytes, rows.seed, rows.fingerprint, rows.parent_fingerprint)
    return Observed(rows.items, member)


def read_continuations(
    path: str | Path, *, name: str, columns: Mapping[str, str] | None = None, seed: int | None = None
) -> Observed[Continuations]:
    """Return one member's continuations from a Parquet or JSON lines file, and the items as the file has them.

    A column `text` holds the prompts.

    Args:
        path: of the file.
        name: of the member, such as `gpt/0`.
        columns: the house's name -> the file's.
        seed: of the member; else the file's column `seed`.

    Raises:
        InputError: as `read_embeddings`.
    """
    rows = _read(path, "continuations", name, columns, seed)
    texts = read_text_lists(rows.frame, "continuations", path=path, ids=rows.items.ids)
    member = Continuations(name, texts, rows.seed, rows.fingerprint, rows.parent_fingerprint)
    return Observed(rows.items, member)


def write_observations(
    items: Items, member: Embeddings | Likelihoods | Continuations, path: str | Path, *, with_texts: bool = False
) -> None:
    """Write a Parquet file that `read_embeddings`, `read_likelihoods` or `read_continuations` reads back.

    Half surrogate pairs, which UTF-8 has no place for, become "?".

    Args:
        items: what the member answered.
        member: its answers.
        path: of the file, which is there whole or not at all.
        with_texts: write the items' texts too, where they are known.

    Raises:
        InputError: if the path is not `.parquet`, or there are more or fewer answers than items.
    """
    kind, answers = _columns(member)
    texts = items.texts if with_texts else None
    if texts is not None and texts.pairs is not None:
        answers |= {"text_pair": [as_utf8(text) for text in texts.pairs]}
    said = {"kind": kind, "pooling": member.pooling if isinstance(member, Embeddings) else None}
    known = (
        items if items.keys is not None or items.texts is None else replace(items, keys=np.array(items.texts.keys()))
    )
    write_member(path, known, member, answers, said, texts=None if texts is None else texts.texts)


def _columns(member: Embeddings | Likelihoods | Continuations) -> tuple[Kind, dict[str, Column]]:
    """Return what a member answered, as columns."""
    if isinstance(member, Embeddings):
        return "embeddings", {"embedding": list(member.vectors)}
    if isinstance(member, Likelihoods):
        return "likelihoods", {"nats": member.nats, "tokens": member.n_tokens, "bytes": member.n_bytes}
    return "continuations", {"continuations": [[as_utf8(text) for text in texts] for texts in member.texts]}


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of one member, what they say of the items, and what the file declares."""

    frame: pd.DataFrame
    items: Items
    seed: int | None
    pooling: str
    fingerprint: str
    parent_fingerprint: str | None


def _read(path: str | Path, kind: Kind, name: str, columns: Mapping[str, str] | None, seed: int | None) -> _Rows:
    """Return the rows of one member of this kind."""
    where = str(path)
    frame, said = read_table(path, columns=columns), own_metadata(Path(path))
    if frame.empty:
        raise InputError(f"{where} has no rows. Give at least one item.")
    declared = said.get("kind", "scores" if "task" in said else kind)
    if declared != kind:
        raise InputError(f"{where} says that it holds {declared}, not {kind}. Give the right file.")
    frame, seed = rows_of_seed(frame, seed, where=where)
    items = read_items(frame, read_ids(frame, "id", path=where), source=name, where=where)
    if "text" in frame.columns:
        items = replace(items, texts=read_batch(frame, where=where))
    fingerprints = said.get("fingerprint", ""), said.get("parent_fingerprint")
    return _Rows(frame, items, seed, said.get("pooling", ""), *fingerprints)


def _byte_lengths(items: Items) -> Array:
    """Return the bytes of each text; of pairs, of the second, which is the one that is predicted."""
    assert items.texts is not None
    return np.array([n_bytes(text) for text in items.texts.pairs or items.texts.texts])


def _refuse_other_bytes(written: Array, counted: Array | None, ids: Array, path: str | Path) -> None:
    """Refuse lengths that are not those of the texts beside them."""
    differs = np.flatnonzero(written != counted) if counted is not None else np.array([], dtype=np.int64)
    if counted is not None and differs.size:
        row = int(differs[0])
        raise InputError(
            f"{path}, row {row + 1} (id {str(ids[row])!r}): bytes are {written[row]}, and the text has {counted[row]} "
            f"in UTF-8 (such rows: {differs.size}). Leave the column `bytes` out, or give the texts that were read."
        )
