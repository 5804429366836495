"""Logs of inspect_ai: `.eval` archives and the older `.json`. Answers are read as right or wrong, by one scorer."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from angelshare.core.errors import InputError
from angelshare.data.predictions.inspect_archive import read_archive
from angelshare.data.predictions.judged_answers import JUDGED, RIGHT, Log, only_one, right_or_wrong
from angelshare.data.predictions.metadata import Declared
from angelshare.data.tables.reading import renamed
from angelshare.data.tables.text_files import decoded, first_line

GRADES: Mapping[str, float] = {"C": 1, "P": 0.5, "I": 0, "N": 0, "yes": 1, "true": 1, "no": 0, "false": 0}
"""The worth of the scorers' words. N, no answer, counts as wrong, as it does in inspect_ai."""

FINISHED = "success"
"""The status of a complete log."""

MOST_EPOCHS = 10_000
"""A log that plans more is damaged."""

_ATTACHED = "attachment://"
_SHAPE: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("scores", "metadata", "attachments"), dict),
    "input": (str, list),
    "choices": list,
    "epoch": int,
}
"""The types of a sample's parts."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """One sample of a log; `grades` holds those that there are, by scorer."""

    id: object
    epoch: int
    text: str
    target: object
    metadata: Mapping[str, object]
    answers: Mapping[str, object]
    grades: Mapping[str, float]
    error: str | None


def read_inspect_log(path: Path, *, columns: Mapping[str, str], threshold: float | None) -> Log:
    """Return a log's answers.

    Args:
        path: of the `.eval` or `.json` file.
        columns: the house's name -> the log's: `epoch`, `target`, `SCORER.answer`, or `metadata.FIELD`. `label` is
            mapped to a SCORER (SCORER.KEY where its value has several), by which answers are read as right or wrong; or
            to SCORER.answer, which is read as a class, with `truth` mapped to `target`.
        threshold: at or above it a graded answer is right.

    Raises:
        InputError: for a log that cannot be read, is not complete, is of an evaluation that failed, or has several
            scorers or epochs and none chosen.
    """
    where = str(path)
    header, raw = _opened(path)
    samples = sorted((_sample(entry, where) for entry in raw), key=lambda sample: (sample.epoch, str(sample.id)))
    if not samples:
        raise InputError(f"{where} holds no samples. Run the evaluation with its samples logged (--log-samples).")
    names = list(dict.fromkeys(name for sample in samples for name in sample.grades))
    frame = _frame(samples)
    rest, chosen = dict(columns), columns.get("label")
    declared = Declared()
    as_class = chosen in frame.columns
    scorer = chosen.removesuffix(".answer") if as_class and chosen else only_one("scorer", names, chosen, where)
    _refuse_missing(header, samples, scorer, where)
    _refuse_unfinished(header, where)
    if not as_class:
        rest.pop("label", None)
        grades = [sample.grades[scorer] for sample in samples]
        ids = [sample.id for sample in samples]
        frame["label"] = right_or_wrong(grades, ids=ids, name=scorer, threshold=threshold, where=where)
        frame["truth"], declared = RIGHT, JUDGED
    _refuse_epochs(samples, rest, where)
    return Log(renamed(frame, rest, path), declared)


def _opened(path: Path) -> tuple[Mapping[str, Any], Iterable[Any]]:
    """Return header and samples of either format."""
    with path.open("rb") as file:
        if file.read(2) == b"PK" or path.suffix.lower() == ".eval":
            return read_archive(path)
    try:
        log = json.loads(decoded(path))
    except (ValueError, RecursionError) as error:
        msg = f"{path} is not JSON, or is truncated ({first_line(error)}). Copy it again."
        raise InputError(msg) from error
    samples = log.get("samples") if isinstance(log, dict) else None
    if not isinstance(samples, list):
        raise InputError(
            f"{path} holds no list of samples. Run the evaluation with its samples logged (--log-samples)."
        )
    return log, samples


def _sample(raw: object, where: str) -> _Sample:
    """Return the parts of a sample that are needed: its transcript is not kept."""
    if not isinstance(raw, dict) or not {"id", "input"} <= set(raw):
        raise InputError(f"{where} has a sample without id and input. Write the log again with inspect_ai.")
    for name, kind in _SHAPE.items():
        if raw.get(name) is not None and not isinstance(raw[name], kind):
            msg = f"{where}, sample {str(raw['id'])[:60]!r}: {name} is {str(raw[name])[:60]!r}, which inspect_ai never"
            raise InputError(f"{msg} writes. Copy or write the log again.")
    scores = {str(name): score for name, score in (raw.get("scores") or {}).items() if isinstance(score, dict)}
    values = dict(_values(scores))
    grades = {name: _grade(value, name, raw["id"], where) for name, value in values.items()}
    error = raw.get("error")
    return _Sample(
        id=raw["id"],
        epoch=int(raw.get("epoch") or 1),
        text=_text(raw),
        target=_only(raw.get("target")),
        metadata=raw.get("metadata") or {},
        answers={f"{name}.answer": score.get("answer") for name, score in scores.items()},
        grades={name: grade for name, grade in grades.items() if not math.isnan(grade)},
        error=str(error.get("message", "")) if isinstance(error, dict) else error,
    )


def _values(scores: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, object]]:
    """Yield the scorers' values; of several, each under its own name."""
    for name, score in scores.items():
        value = score.get("value")
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", each) for key, each in value.items())
        else:
            yield name, value


def _grade(value: object, scorer: str, item: object, where: str) -> float:
    """Return the worth of a score; nan where there is none."""
    if value is None:
        return math.nan
    if isinstance(value, str) and (value in GRADES or value.lower() in GRADES):
        return GRADES.get(value, GRADES.get(value.lower(), math.nan))
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number is refused below
    except (TypeError, ValueError, OverflowError) as error:
        known = ", ".join(GRADES)
        raise InputError(
            f"{where}, sample {str(item)!r}: {scorer} says {str(value)[:60]!r}, which is neither a number nor one of "
            f"{known}. Choose another scorer: --columns label=SCORER."
        ) from error


def _text(raw: Mapping[str, Any]) -> str:
    """Return the question: the input's text, and the choices where there are any."""
    attached = raw.get("attachments") or {}

    def resolved(text: str) -> str:
        return str(attached.get(text.removeprefix(_ATTACHED), text)) if text.startswith(_ATTACHED) else text

    def spoken(content: object) -> str:
        if isinstance(content, str):
            return resolved(content)
        parts = content if isinstance(content, list) else ()
        return "\n".join(resolved(str(part.get("text", ""))) for part in parts if isinstance(part, dict))

    asked = raw["input"]
    messages = asked if isinstance(asked, list) else [{"content": asked}]
    lines = [spoken(message.get("content")) for message in messages if isinstance(message, dict)]
    return "\n".join((*lines, *map(str, raw.get("choices") or ())))


def _only(target: object) -> object:
    """Return a target, taken out of a list of one."""
    return target[0] if isinstance(target, list) and len(target) == 1 else target


def _frame(samples: Sequence[_Sample]) -> pd.DataFrame:
    """Return ids, texts, and the columns that may be mapped."""
    columns: dict[str, list[object]] = {
        "id": [sample.id for sample in samples],
        "text": [sample.text for sample in samples],
        "epoch": [sample.epoch for sample in samples],
        "target": [sample.target for sample in samples],
    }
    for name in dict.fromkeys(name for sample in samples for name in sample.answers):
        columns[name] = [sample.answers.get(name) for sample in samples]
    for name in dict.fromkeys(name for sample in samples for name in sample.metadata):
        columns[f"metadata.{name}"] = [sample.metadata.get(name) for sample in samples]
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def _refuse_missing(header: Mapping[str, Any], samples: Sequence[_Sample], scorer: str, where: str) -> None:
    """Refuse a log in which samples were not scored: missing is not wrong."""
    planned = _part(_part(header, "eval"), "dataset").get("sample_ids")
    n_epochs = _part(_part(header, "eval"), "config").get("epochs")
    if not isinstance(n_epochs, int) or n_epochs > MOST_EPOCHS:
        n_epochs = 1
    epochs = {*range(1, n_epochs + 1), *(sample.epoch for sample in samples)}
    there = {(str(sample.id), sample.epoch) for sample in samples}
    items = planned if isinstance(planned, list) else []
    absent = [item for epoch in epochs for item in items if (str(item), epoch) not in there]
    unscored = [sample for sample in samples if sample.error is not None or scorer not in sample.grades]
    if not (absent or unscored):
        return
    first, why = (
        (unscored[0].id, unscored[0].error or f"no score of {scorer}") if unscored else (absent[0], "not in the log")
    )
    raise InputError(
        f"{where}: {len(absent) + len(unscored)} of {len(absent) + len(samples)} samples were not scored, the first "
        f"{str(first)!r} ({str(why)[:120]}); the log's status is {header.get('status')!r}. Missing is not wrong: run "
        "them again (`inspect eval-retry`), or leave them out of every model's log."
    )


def _refuse_unfinished(header: Mapping[str, Any], where: str) -> None:
    """Refuse the log of a failed evaluation: its plan is not always known, and scores may be missing."""
    if header.get("status", FINISHED) != FINISHED:
        raise InputError(
            f"{where}: the log's status is {str(header['status'])[:40]!r}, so the evaluation did not end "
            "properly. Finish it (`inspect eval-retry`), and give the log of that."
        )


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a part of a record, empty where it is missing or something else."""
    part = record.get(name)
    return part if isinstance(part, dict) else {}


def _refuse_epochs(samples: Sequence[_Sample], columns: Mapping[str, str], where: str) -> None:
    """Refuse several epochs unless they are mapped: they are answers of one model."""
    epochs = sorted({sample.epoch for sample in samples})
    if len(epochs) > 1 and columns.get("seed") != "epoch":
        raise InputError(
            f"{where} has {len(epochs)} epochs: every sample was answered {len(epochs)} times. Give logs of one epoch; "
            "or take a student's epochs as seeds, whose mean is compared with one teacher: --columns seed=epoch."
        )
