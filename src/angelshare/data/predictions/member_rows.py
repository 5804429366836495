"""What files of every kind have in common: the rows of one seed, and what they say of the items."""

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.data.tables.columns import read_codes, read_texts
from angelshare.data.texts.labelling import read_batch, read_clusters, read_item_columns, read_slices
from angelshare.data.texts.weights import read_weights

SEED_DIGITS = 18
"""So many fit into 64 bits."""


def read_items(frame: pd.DataFrame, ids: Array, *, source: str, where: str, truth: Array | None = None) -> Items:
    """Return what the rows say of their items, but for the texts themselves.

    Args:
        frame: under the house's names: `slice:NAME`, `cluster`, `weight`, `text` or `text_key`, `ITEM_COLUMNS`.
        ids: of the rows.
        source: who says so, for errors.
        where: what to call the table in an error.
        truth: the human labels, where there are any.

    Raises:
        InputError: for values that cannot be read, with the row.
    """
    return Items(
        source,
        ids,
        truth=truth,
        slices=read_slices(frame, where=where),
        clusters=read_clusters(frame, where=where),
        weights=read_weights(frame, where=where, ids=ids),
        columns=read_item_columns(frame, where=where),
        keys=_text_keys(frame, where),
    )


def rows_of_seed(frame: pd.DataFrame, seed: int | None, *, where: str) -> tuple[pd.DataFrame, int | None]:
    """Return the rows of one seed, and which it is; None: the only one that there is.

    Raises:
        InputError: if there are several and none is named, or there are others only.
    """
    seeds = read_seeds(frame, where=where)
    shown = sorted(set(seeds))[:10]
    if seed is None and len(set(seeds)) > 1:
        raise InputError(f"{where} holds {len(set(seeds))} seeds: {shown}. Read a population, or name one seed.")
    if seeds and seed is not None and seed not in seeds:
        raise InputError(f"{where} has no rows of seed {seed}; it has seeds {shown}.")
    if not seeds:
        return frame, seed
    chosen = seeds[0] if seed is None else seed
    return frame[np.array(seeds) == chosen].reset_index(drop=True), chosen


def read_seeds(frame: pd.DataFrame, *, where: str) -> list[int]:
    """Return every row's seed; empty without a column of that name.

    Raises:
        InputError: for a seed that is no whole number, with its row.
    """
    if "seed" not in frame.columns:
        return []
    names = read_codes(frame, "seed", path=where)
    wrong = [seed for seed in names.distinct if not (seed.isdecimal() and len(seed) <= SEED_DIGITS)]
    if wrong:
        msg = f"{where}, row {names.row_of(wrong[0]) + 1}: the seed is {wrong[0][:40]!r}. Write a whole number"
        raise InputError(f"{msg} of at most {SEED_DIGITS} digits.")
    numbers = [int(seed) for seed in names.distinct]
    return [numbers[code] for code in names.codes.tolist()]


def _text_keys(frame: pd.DataFrame, where: str) -> Array | None:
    """Return the content keys of the texts, as written or computed."""
    if "text_key" in frame.columns:
        return np.array(read_texts(frame, "text_key", path=where))
    return np.array(read_batch(frame, where=where).keys()) if "text" in frame.columns else None
