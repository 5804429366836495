"""Files of predictions: the contract between angelshare and whatever produced a model's outputs.

One row per item: `id`; then `logit:LABEL` or `probability:LABEL` for every class, or `score` (binary), or `label`
(`label:LABEL` for multi_label), or `value` (regression). Optional: `truth` (`truth:LABEL` for multi_label),
`slice:NAME`, `cluster`, `weight`, `seed`, `text` and `text_pair`, or their `text_key`, and what suites say about their
items: `functionality`, `template`, `target`, `identity`, `pair`, `variant`. Logs of lm-evaluation-harness
and inspect_ai are read as such files, and so are answers in memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from angelshare.core.alignment import Observed
from angelshare.core.arrays import Array
from angelshare.core.errors import InputError, LabelError
from angelshare.core.items import UNLABELLED
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.core.task import ModelRole, Task
from angelshare.data.predictions.member_rows import read_items, read_seeds, rows_of_seed
from angelshare.data.predictions.output_columns import OutputColumns, labels_in_use, read_outputs
from angelshare.data.predictions.sources import Answers, Source, open_source
from angelshare.data.predictions.stated_decisions import refuse_contradictions
from angelshare.data.predictions.writing import write_predictions
from angelshare.data.tables.columns import read_codes, read_ids, read_numbers
from angelshare.data.texts.labelling import read_flags
from angelshare.data.texts.truth import attach_truth

__all__ = ["attach_truth", "read_population", "read_predictions", "write_predictions"]


def read_predictions(
    path: str | Path,
    *,
    name: str,
    task: Task | None = None,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    positive: str | None = None,
    threshold: float | None = None,
    clip: bool = False,
    seed: int | None = None,
) -> Observed[Predictions]:
    """Return one member's predictions from a Parquet, CSV or JSON lines file, or from a log of evaluation.

    With them come the items, as the file has them.

    Probabilities that are all exactly 0 or 1 are hard decisions in another form and are read as such: what needs
    scores, such as AUC or KL, is then not measured.

    Args:
        path: of the file.
        name: of the member, such as `mlp/0`.
        task: declared here, in Parquet metadata or by a log, never guessed.
        labels: the classes, in index order. Columns named by label are put into this order; hard decisions keep all of
            them even if some occur nowhere in the file. None: the file's own. Not looked at for regression.
        columns: the house's name -> the file's. Of logs see `read_harness_log` and `read_inspect_log`.
        positive: the positive label of a binary task, which becomes `labels[1]`; needed for `score`.
        threshold: at or above it a `score` means the positive label, and a log's graded answer is right.
        clip: raise probabilities of 0 to 1e-12, so that KL and NLL can be measured.
        seed: of the member; else the file's column `seed`.

    Raises:
        InputError: for anything that cannot be measured, naming file, row, id and column.
        LabelError: for labels that do not fit the task, or are not the ones declared.
    """
    table = open_source(path, columns, task, threshold)
    frame, chosen = rows_of_seed(table.frame, seed, where=table.where)
    table = replace(table, frame=frame)
    return _predictions(table, name=name, labels=labels, positive=positive, clip=clip, seed=chosen)


def read_population(
    sources: Sequence[Source],
    role: ModelRole,
    name: str,
    *,
    task: Task | None = None,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    positive: str | None = None,
    threshold: float | None = None,
    clip: bool = False,
    ids: Array | None = None,
) -> Population[Observed[Predictions]]:
    """Return the members of one role: one source each, or one with a column `seed`.

    Sources are files, or answers in memory; `ids` are those of the rows in memory that have none, in order (None: they
    are numbered). Other arguments as above.

    Raises:
        InputError: as `read_predictions`, and for two members with one seed.
    """
    members: list[Observed[Predictions]] = []
    for position, source in enumerate(sources):
        table = open_source(source, columns, task, threshold, labels=labels, ids=ids)
        seeds = np.array(read_seeds(table.frame, where=table.where), dtype=np.int64)
        if seeds.size and not (labels or table.said.labels):
            shown = labels_in_use(table.frame, table.where)
            table = replace(table, said=replace(table.said, labels=shown))
        for seed in np.unique(seeds).tolist() or [None]:
            rows = table if seed is None else replace(table, frame=table.frame[seeds == seed].reset_index(drop=True))
            member = f"{name}/{position if seed is None else seed}"
            chosen = position if seed is None else seed
            members.append(_predictions(rows, name=member, labels=labels, positive=positive, clip=clip, seed=chosen))
    names = [member.name for member in members]
    repeated = sorted({member for member in names if names.count(member) > 1})
    if repeated:
        msg = f"The files of {name} hold {repeated[0]!r} more than once. Give every member a seed of its own."
        raise InputError(msg)
    if not members:
        raise InputError(f"{name} has no file of predictions. Give at least one.")
    return Population(role, name, tuple(members))


def _predictions(
    table: Answers,
    *,
    name: str,
    labels: Sequence[str] | None,
    positive: str | None,
    clip: bool,
    seed: int | None,
) -> Observed[Predictions]:
    """Return one member from its rows, and the items that they are about."""
    frame, where, task = table.frame, table.where, table.task
    ids = read_ids(frame, "id", path=where)
    outputs = read_outputs(
        frame,
        task=task,
        where=where,
        ids=ids,
        labels=labels,
        written=table.said.labels,
        positive=positive,
        threshold=table.threshold,
        clip=clip,
    )
    predictions = Predictions(
        name=name,
        task=task,
        labels=outputs.labels,
        outputs=outputs.kind,
        values=outputs.values,
        threshold=outputs.threshold,
        seed=seed,
        fingerprint=table.said.fingerprint,
        parent_fingerprint=table.said.parent_fingerprint,
    )
    items = read_items(frame, ids, source=name, where=where, truth=_truth(frame, task, outputs, where))
    refuse_contradictions(predictions, ids, frame, where=where)
    return Observed(items, predictions)


def _truth(frame: pd.DataFrame, task: Task, outputs: OutputColumns, where: str) -> Array | None:
    """Return the human labels of a file; None where it has none."""
    if task == "multi_label":
        names = [f"truth:{label}" for label in outputs.labels]
        present = [name for name in names if name in frame.columns]
        if present and present != names:
            raise InputError(f"{where} has {present} but not all of {names}. Give one column of truth for every label.")
        if "truth" in frame.columns and not present:
            msg = f"{where} has one column 'truth' for all labels, and a multi_label task needs {names}."
            raise InputError(f"{msg} Give truth:LABEL with 0 and 1 for every label, or leave 'truth' out.")
        return np.stack([read_flags(frame, name, where=where) for name in names], axis=1) if present else None
    if "truth" not in frame.columns:
        several = [str(name) for name in frame.columns if str(name).startswith("truth:")]
        if several:
            raise InputError(
                f"{where} has {several[:5]}, and a {task} task has one label for every item. Give one column 'truth'."
            )
        return None
    if task == "regression":
        return read_numbers(frame, "truth", path=where, gaps=True)
    named = read_codes(frame, "truth", path=where)
    index = {**{label: i for i, label in enumerate(outputs.labels)}, "": UNLABELLED}
    unknown = [name for name in named.distinct if name not in index]
    if unknown:
        n_rows = int(np.isin(named.codes, [named.distinct.index(name) for name in unknown]).sum())
        raise LabelError(
            f"{where}, column truth, row {named.row_of(unknown[0]) + 1}: the label {unknown[0]!r} is none of "
            f"{list(outputs.labels)} (such rows: {n_rows}). Correct the column, or name all labels: --labels A,B,..."
        )
    return np.asarray(np.array([index[name] for name in named.distinct], dtype=np.int64)[named.codes])
