"""Teacher, students and baselines as a user has them: arrays, frames, files, folders, loaded networks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from angelshare.api.arrays import as_array, as_frame, is_list_of_values, refuse_missing
from angelshare.api.networks import saved, with_tokenizer
from angelshare.core.arrays import Array
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.task import ModelRole, Outputs, Task
from angelshare.data.predictions.at_hand import PREFIXES, AnswersAtHand
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.data.tables.reading import HOUSE_COLUMNS, HOUSE_FAMILIES
from angelshare.recipes.observe.sides import Side, parse_side

OUTPUTS: Mapping[Outputs, str | None] = {**PREFIXES, "score": None, "values": None}
_OUTPUT_COLUMNS = ("label", "score", "value")
_OUTPUT_FAMILIES = ("logit:", "probability:", "label:")
_OF_DECISIONS = ("string", "integer", "boolean", "empty")


@dataclass(frozen=True, slots=True)
class Desk:
    """How answers are taken down.

    Attributes:
        task: of the models.
        outputs: what numbers are; by population or role where they differ.
        columns: the house's names to those of data frames of answers.
        scratch: a folder for networks that are in memory.
    """

    task: Task | None
    outputs: Outputs | Mapping[str, Outputs] | None
    columns: Mapping[str, str]
    scratch: Path

    def outputs_of(self, role: ModelRole, population: str | None) -> Outputs | None:
        """Return what the numbers of a population are, as declared.

        Raises:
            InputError: for a kind of outputs that there is not.
        """
        if isinstance(self.outputs, Mapping):
            declared = self.outputs.get(population or role, self.outputs.get(role))
        else:
            declared = self.outputs
        if declared is not None and str(declared) not in OUTPUTS:
            raise InputError(unknown_name("kind of outputs", str(declared), tuple(OUTPUTS)))
        return declared


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """One model, or its answers, as the user gave it.

    Attributes:
        role, population: whose; a population without a name gets one later.
        called: what messages call it, such as `student['mlp'][0]`.
        what: whatever it is.
    """

    role: ModelRole
    population: str | None
    called: str
    what: object


def members_of(role: ModelRole, given: object) -> Iterator[Given]:
    """Yield everyone of a role.

    Args:
        role: in the comparison.
        given: one model or its answers, or a list of its seeds; for students and baselines also name -> any of these.

    Raises:
        InputError: if nobody is there, or has no name that can be one.
    """
    if not isinstance(given, Mapping):
        yield from _population(role, None, given)
        return
    if role == "teacher":
        raise InputError("There is one teacher, and `teacher` is a mapping. Give a list of its seeds, or a data frame.")
    for name, members in given.items():
        if not (isinstance(name, str) and name.strip()):
            raise InputError(f"A {role} is called {name!r}. Give it a name: {role}={{'mlp': ...}}.")
        yield from _population(role, name, members)


def refuse_outputs_of_nobody(outputs: object, members: Sequence[Given]) -> None:
    """Refuse kinds of outputs that are declared for a name which nobody bears.

    Raises:
        InputError: with the nearest name.
    """
    known = tuple(dict.fromkeys(name for each in members for name in (each.role, each.population) if name))
    for name in outputs if isinstance(outputs, Mapping) else ():
        if name not in known:
            raise InputError(f"`outputs`: {unknown_name('model', str(name), known)}")


def _population(role: ModelRole, population: str | None, given: object) -> Iterator[Given]:
    """Yield the members of a population."""
    called = role if population is None else f"{role}[{population!r}]"
    members = _seeds(given, called)
    for seed, member in enumerate(members):
        yield Given(role, population, called if len(members) == 1 else f"{called}[{seed}]", member)


def _seeds(given: object, called: str) -> Sequence[object]:
    """Return the members of a population: those of a list, or what is given by itself."""
    if not isinstance(given, list | tuple) or with_tokenizer(given, called) or is_list_of_values(given):
        return [given]
    if not given:
        raise InputError(f"{called} is an empty list. Give at least one model, or its answers.")
    texts = {each for each in given if isinstance(each, str)}
    if texts and len(texts) < len(given) and not any(map(_names_a_place, texts)):
        raise InputError(
            f"{called} is a list of {len(given)} texts, which are read as the paths of its seeds, and some are the "
            "same. If they are its answers, give an array: np.array(...)."
        )
    return given


def _names_a_place(text: str) -> bool:
    """Whether a text looks like `[NAME=]PATH` or a hub id, rather than like a label that was decided for."""
    return bool({"/", "\\", "="} & set(text)) or Path(text).exists()


def side_of(given: Given, desk: Desk) -> Side:
    """Return who takes part in the comparison.

    Raises:
        InputError: for what is neither a model nor answers.
    """
    folder = getattr(given.what, "folder", None)  # of a distilled student
    if isinstance(given.what, str | PathLike) or isinstance(folder, Path):
        path = fspath(cast("str", given.what if folder is None else folder))
        return parse_side(given.role, path) if given.population is None else Side(given.role, given.population, path)
    network = with_tokenizer(given.what, given.called)
    if network is not None:
        place = desk.scratch / str(len(list(desk.scratch.iterdir()))) / given.role
        return Side(given.role, given.population, saved(network, place))
    if hasattr(given.what, "predict"):
        raise InputError(
            f"{given.called} is a {type(given.what).__name__}, which angelshare cannot run. Give its answers, "
            "such as model.predict_proba(texts), and say what they are: outputs='probabilities'."
        )
    answers = _answers(given.what, given.called, desk.outputs_of(given.role, given.population), desk)
    return Side(given.role, given.population, given.called, answers)


def _answers(given: object, name: str, outputs: Outputs | None, desk: Desk) -> AnswersAtHand:
    """Return answers that are in memory."""
    frame = as_frame(given, name)
    if frame is None:
        return _of_array(as_array(given, name), name, outputs, desk.task)
    frame = TableAtHand(name, frame).read(desk.columns)
    columns = [str(column) for column in frame.columns]
    if any(column in _OUTPUT_COLUMNS or column.startswith(_OUTPUT_FAMILIES) for column in columns):
        return AnswersAtHand(TableAtHand(name, frame))
    of_labels = [c for c in columns if c not in HOUSE_COLUMNS and not c.startswith(HOUSE_FAMILIES)]
    if len(of_labels) <= 1:
        values = frame[of_labels[0]].to_numpy() if of_labels else np.zeros((len(frame), 0))
        answers = _of_array(values, name, outputs, desk.task)
        rest = frame.drop(columns=of_labels)
        table = TableAtHand(name, rest.assign(**{str(k): v.array for k, v in answers.table.frame.items()}))
        return AnswersAtHand(table, answers.outputs, answers.values)
    prefix = OUTPUTS[_declared(outputs, name, of_labels)]
    if prefix is None:
        raise InputError(
            f"{name} has {len(of_labels)} columns {of_labels[:5]}, but outputs={outputs!r} takes one. Give it alone."
        )
    return AnswersAtHand(TableAtHand(name, frame.rename(columns={c: f"{prefix}:{c}" for c in of_labels})))


def _of_array(values: Array, name: str, outputs: Outputs | None, task: Task | None) -> AnswersAtHand:
    """Return the answers in an array."""
    refuse_missing(values, name)
    single = values.ndim == 1 or values.shape[1] == 1
    kind = pd.api.types.infer_dtype(values.reshape(-1), skipna=True)
    if single and (kind == "string" or (outputs is None and kind in _OF_DECISIONS and task != "regression")):
        outputs = "decisions"  # names of labels, or their positions, can be nothing else
    elif outputs is None and task == "regression":
        outputs = "values"
    elif outputs is None and task == "multi_label" and kind in _OF_DECISIONS:
        outputs = "decisions"
    outputs = _declared(outputs, name, [])
    if task is not None and (outputs == "values") != (task == "regression"):
        known = "values" if task == "regression" else "decisions, logits, probabilities or a score"
        raise InputError(f"{name} is declared to be {outputs}, and a {task} task is answered by {known}.")
    column = {"score": "score", "values": "value", "decisions": "label"}.get(outputs)
    if column is not None and single and not (task == "multi_label" and outputs == "decisions"):
        return AnswersAtHand(TableAtHand(name, pd.DataFrame({column: values.reshape(-1)})))
    if column is not None and (outputs != "decisions" or task != "multi_label"):
        raise InputError(
            f"{name} has {values.shape[1]} columns, but outputs={outputs!r} of a {task} task takes one. "
            "Give it alone, or say what these are: outputs='logits' or 'probabilities'."
        )
    return AnswersAtHand(
        TableAtHand(name, pd.DataFrame(index=range(len(values)))), outputs, values.reshape(len(values), -1)
    )


def _declared(outputs: Outputs | None, name: str, columns: Sequence[str]) -> Outputs:
    """Return what numbers are, which nobody could know without being told."""
    if outputs is None:
        what = f"has the columns {list(columns)[:5]}" if columns else "holds numbers"
        raise InputError(
            f"{name} {what}, and nothing says what they are. Declare it: outputs='logits', 'probabilities' or 'score' "
            "('values' for a regression, 'decisions' for labels)."
        )
    return outputs
