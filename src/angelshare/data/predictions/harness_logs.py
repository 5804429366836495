"""Sample logs of lm-evaluation-harness, as `lm_eval run --log_samples` writes them.

A multiple-choice task gives every choice's log-likelihood, which is read as a logit. Where all documents have the same
choices, these are the classes, under the choices' names; where only their number is the same, the classes are the
positions of the choices. Where their number varies, and for generated answers, an answer is just right or wrong.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Labels
from angelshare.core.errors import InputError
from angelshare.core.task import N_BINARY
from angelshare.data.predictions.judged_answers import JUDGED, RIGHT, Log, only_one, right_or_wrong
from angelshare.data.predictions.metadata import Declared
from angelshare.data.tables.columns import LARGEST
from angelshare.data.tables.reading import UNWRITABLE, renamed
from angelshare.data.tables.text_files import Row, decoded, first_line, read_json_rows

_INDEX = re.compile(r"\d{1,9}")
_HASHES = ("doc_hash", "prompt_hash", "target_hash")
_FIELDS = {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", *_HASHES}


@dataclass(frozen=True, slots=True)
class _Choices:
    """Answers to multiple-choice questions: by sample, log-likelihoods and names of k choices, and the target."""

    likelihoods: list[Array]
    names: list[tuple[str, ...]]
    targets: Labels

    @property
    def right(self) -> list[bool]:
        """Whether the likeliest choice, the first of equals, is the target, by sample."""
        targets = self.targets.tolist()
        return [int(np.argmax(each)) == target for each, target in zip(self.likelihoods, targets, strict=True)]


def read_harness_log(path: Path, *, columns: Mapping[str, str], threshold: float | None) -> Log:
    """Return a sample log's answers.

    Args:
        path: of `samples_TASK_TIME.jsonl`.
        columns: the house's name -> the log's: `doc_hash`, `prompt_hash`, `filter`, or `doc.FIELD`. `label` is mapped
            to a METRIC, or METRIC@FILTER: answers are then read as right or wrong by it.
        threshold: at or above it a graded metric means right.

    Raises:
        InputError: for a log that cannot be read, has no answers, or has several metrics or filters and none chosen.
    """
    where = str(path)
    samples = _samples(path)
    metric, _, chosen = columns.get("label", "").partition("@")
    samples = _of_one_filter(samples, chosen, where)
    ids = [sample.get("doc_id") for sample in samples]
    frame = _frame(samples, ids)
    choices = None if metric else _choices(samples, where)
    if choices is None:
        name = only_one("metric", _metrics(samples), metric or None, where)
        grades = [_grade(sample, name, where) for sample in samples]
        frame["label"] = right_or_wrong(grades, ids=ids, name=name, threshold=threshold, where=where)
        frame["truth"], declared = RIGHT, JUDGED
    else:
        if threshold is not None:
            raise InputError(f"{where} has log-likelihoods, not a graded metric. Leave the threshold out.")
        declared = _with_choices(frame, choices, ids, where)
    return Log(renamed(frame, {ours: theirs for ours, theirs in columns.items() if ours != "label"}, path), declared)


def filters_of(path: Path) -> tuple[str, ...]:
    """Return the filters of a sample log, which extract answers from the models' texts."""
    return tuple(_filters(_samples(path)))


def _filters(samples: Sequence[Row]) -> list[str]:
    """Return the filters of samples, in order of appearance."""
    return list(dict.fromkeys(str(sample.get("filter", "none")) for sample in samples))


def _samples(path: Path) -> list[Row]:
    """Return the log's samples: one a line, or in logs of 2023 one JSON list."""
    text = decoded(path) if path.stat().st_size else ""
    if not text.lstrip().startswith("["):
        return read_json_rows(path)
    try:
        samples = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{path} is not a JSON list, or is truncated ({first_line(error)}). Write or copy it again."
        raise InputError(msg) from error
    wrong = [row for row, sample in enumerate(samples) if not isinstance(sample, dict)]
    if wrong:
        raise InputError(f"{path}, sample {wrong[0] + 1} is not an object. Write or copy the log again.")
    return list(samples)


def _of_one_filter(samples: Sequence[Row], chosen: str, where: str) -> list[Row]:
    """Return the samples under one filter."""
    filters = _filters(samples)
    if len(filters) > 1 and not chosen:
        raise InputError(
            f"{where} judges every answer by {len(filters)} filters: {', '.join(filters)}. Choose one: "
            f"--columns label={next(iter(_metrics(samples)), 'METRIC')}@{filters[0]}, for example."
        )
    name = only_one("filter", filters, chosen or None, where)
    return [sample for sample in samples if str(sample.get("filter", "none")) == name]


def _frame(samples: Sequence[Row], ids: Sequence[object]) -> pd.DataFrame:
    """Return ids, prompts, and the columns that may be mapped."""
    columns: dict[str, list[Any]] = {"id": list(ids)}
    prompts = [_requests(sample)[0][0] if _requests(sample) else None for sample in samples]
    if all(isinstance(prompt, str) for prompt in prompts):
        columns["text"] = prompts
    named = [name for name in (*_HASHES, "filter") if name in samples[0]]
    columns |= {name: [sample.get(name) for sample in samples] for name in named}
    document = samples[0].get("doc")
    for field in document if isinstance(document, dict) else ():
        values = [sample["doc"].get(field) if isinstance(sample.get("doc"), dict) else None for sample in samples]
        if not any(isinstance(value, (list, dict)) for value in values):
            columns[f"doc.{field}"] = values
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def _requests(sample: Row) -> list[tuple[Any, ...]]:
    """Return the model's requests: (prompt, continuation) for each choice, or (prompt, settings)."""
    asked = sample.get("arguments") or []
    requests = list(asked.values()) if isinstance(asked, dict) else asked
    if not isinstance(requests, list):
        return []
    plain = [list(request.values()) if isinstance(request, dict) else request for request in requests]
    return [tuple(request) for request in plain if isinstance(request, list) and request]


def _choices(samples: Sequence[Row], where: str) -> _Choices | None:
    """Return the choices of a multiple-choice task; None for a task of another kind.

    Raises:
        InputError: if a target is none of the choices, or the log's own accuracy contradicts the log-likelihoods.
    """
    answers = [sample.get("filtered_resps") for sample in samples]
    if not all(
        isinstance(answer, list) and len(answer) >= N_BINARY and all(map(_is_pair, answer)) for answer in answers
    ):
        return None
    likelihoods, names, targets = [], [], []
    for sample in samples:
        # the unconditional likelihoods of `acc_mutual_info` come after the choices
        n_choices = len(sample["filtered_resps"]) // (2 if "acc_mutual_info" in sample else 1)
        likelihoods.append(_likelihoods(sample, n_choices, where))
        names.append(tuple(str(asked[-1]).strip() for asked in _requests(sample)[:n_choices]))
        targets.append(_target(sample, names[-1], n_choices, where))
    choices = _Choices(likelihoods, names, np.array(targets, dtype=np.int64))
    for sample, right in zip(samples, choices.right, strict=True):
        if sample.get("acc", right) not in (right, None):
            raise InputError(
                f"{where}, sample {sample.get('doc_id')!r}: acc is {sample['acc']}, and the likeliest choice "
                f"{'is' if right else 'is not'} the target {sample.get('target')!r}. Read what the log says: "
                "--columns label=acc."
            )
    return choices


def _is_pair(answer: object) -> bool:
    """Return whether an answer is a pair: a log-likelihood, and whether its text was the greedy one."""
    match answer:
        case [_, is_greedy]:
            return str(is_greedy) in ("True", "False")
    return False


def _likelihoods(sample: Row, n_choices: int, where: str) -> Array:
    """Return the log-likelihoods of the choices (k,); newer logs hold them as text."""
    try:
        likelihoods = np.array([float(pair[0]) for pair in sample["filtered_resps"][:n_choices]])
    except (TypeError, ValueError, OverflowError):
        likelihoods = np.array([np.nan])
    if not np.isfinite(likelihoods).all():
        raise InputError(
            f"{where}, sample {sample.get('doc_id')!r}: the log-likelihoods {sample['filtered_resps']} are not all "
            "finite numbers. Score these documents again."
        )
    return likelihoods


def _target(sample: Row, names: Sequence[str], n_choices: int, where: str) -> int:
    """Return the position of the right choice, which logs give as a number or as the choice's text."""
    target = str(sample.get("target")).strip()
    if _INDEX.fullmatch(target) and int(target) < n_choices:
        return int(target)
    if target in names:
        return names.index(target)
    raise InputError(
        f"{where}, sample {sample.get('doc_id')!r}: the target {target[:60]!r} is none of its {n_choices} choices "
        f"{list(names)}. Read whether the answers are right by a metric: --columns label=METRIC; the log has "
        f"{', '.join(_metrics([sample])) or 'none'}."
    )


def _with_choices(frame: pd.DataFrame, choices: _Choices, ids: Sequence[object], where: str) -> Declared:
    """Add the columns of outputs and truth, and return what they declare."""
    if len({len(each) for each in choices.likelihoods}) > 1:
        frame["label"] = right_or_wrong(
            [float(right) for right in choices.right], ids=ids, name="choice", threshold=None, where=where
        )
        frame["truth"] = RIGHT
        return JUDGED
    labels, fixed = _labels(choices)
    values = np.stack(choices.likelihoods)
    for i, label in enumerate(labels):
        frame[f"logit:{label}"] = values[:, i]
    frame["truth"] = [labels[target] for target in choices.targets]
    return Declared(task="binary" if fixed and len(labels) == N_BINARY else "single_label", labels=labels)


def _labels(choices: _Choices) -> tuple[tuple[str, ...], bool]:
    """Return the classes, and whether they are the choices' names: the same in every document."""
    names, n_choices = choices.names[0], len(choices.likelihoods[0])
    distinct = len(set(names)) == n_choices and all(name and not UNWRITABLE.search(name) for name in names)
    if distinct and all(other == names for other in choices.names):
        return names, True
    return tuple(map(str, range(n_choices))), False


def _metrics(samples: Sequence[Row]) -> list[str]:
    """Return the metrics that every sample has as a number."""
    names = [name for name in samples[0] if name not in _FIELDS]
    return [name for name in names if all(isinstance(sample.get(name), (bool, int, float)) for sample in samples)]


def _grade(sample: Row, name: str, where: str) -> float:
    """Return one sample's metric."""
    grade = sample[name]
    if not -LARGEST <= grade <= LARGEST:
        raise InputError(
            f"{where}, sample {sample.get('doc_id')!r}: {name} is {str(grade)[:40]}. What was not scored is missing, "
            "not wrong: score it again, or leave it out of every model's log."
        )
    return float(grade)
