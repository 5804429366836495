"""What arguments say of the items of answers in memory: human labels, slices, clusters, weights, by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike, fspath

import numpy as np
import pandas as pd

from angelshare.api.arrays import as_array, as_frame, refuse_other_index, refuse_other_lengths
from angelshare.api.asked import several
from angelshare.core.arrays import Array
from angelshare.core.errors import InputError, MisalignedError
from angelshare.core.items import label_indices
from angelshare.core.task import Task
from angelshare.data.predictions.at_hand import as_names
from angelshare.data.slices.slicing import Sliceable, cut
from angelshare.data.slices.specs import ColumnSlices, CrossedSlices, SliceSpec, parse_slice
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.data.tables.columns import read_names
from angelshare.data.texts.labelling import read_slices
from angelshare.data.texts.weights import read_weights

DATA = "data"
_MATRIX = 2


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What is known of the items beside the models.

    Attributes:
        data: labelled texts, by name or in memory; None: there are no texts.
        frame: columns for answers in memory, one row for every item; None: there are none.
        truth: (n, labels) flags of a multi-label task, whose columns have no names yet.
        slices: to be cut from texts.
    """

    data: str | TableAtHand | None = None
    frame: pd.DataFrame | None = None
    truth: Array | None = None
    slices: tuple[SliceSpec, ...] = ()

    def joined(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        """Return answers with what is known of their items: by id where both name them, else row by row.

        Raises:
            InputError: if there are more or fewer rows than items, or others.
        """
        if self.frame is None:
            return frame
        known = self.frame
        if "id" in frame.columns and "id" in known.columns:
            known = _by_id(known, frame["id"], name)
        elif len(frame) != len(known):
            refuse_other_lengths({name: len(frame), DATA: len(known)})
        new = [column for column in known.columns if column not in frame.columns]
        return frame.assign(**{str(column): known[column].array for column in new})

    def under(self, labels: Sequence[str] | None, task: Task | None) -> "Rows":
        """Return the rows with human labels by name, or with a column of them for every label.

        Raises:
            InputError: if the labels are not known, or more or fewer than the columns of human labels; or for several
                columns where the task has one label for every item.
            LabelError: for a human label that is none of the labels.
        """
        if self.truth is None and labels and self.frame is not None and "truth" in self.frame.columns:
            named = self.frame.assign(truth=as_names(self.frame, "truth", labels, DATA))
            label_indices([name or labels[0] for name in read_names(named, "truth", path=DATA)], labels, where=DATA)
            return replace(self, frame=named)
        if self.truth is None:
            return self
        if task not in (None, "multi_label"):
            raise InputError(
                f"{DATA} has {self.truth.shape[1]} columns of human labels, and a {task} task has one label for every "
                "item. Give that one, such as flags.argmax(axis=1)."
            )
        if labels is None or len(labels) != self.truth.shape[1]:
            raise InputError(
                f"{DATA} has {self.truth.shape[1]} columns of human labels, and the labels are {list(labels or ())}. "
                "Give one column for every label, in their order."
            )
        columns = {f"truth:{label}": self.truth[:, i] for i, label in enumerate(labels)}
        return replace(self, frame=pd.DataFrame(columns) if self.frame is None else self.frame.assign(**columns))


def rows_of(
    data: object,
    *,
    slices: Mapping[str, object] | Sequence[str] | str,
    clusters: object,
    weights: object,
    columns: Mapping[str, str],
) -> Rows:
    """Return what the arguments say of the items. `columns`: the house's names to those of the data.

    Raises:
        InputError: if they are not about the same items.
    """
    if isinstance(slices, Mapping):
        parts = {f"slice:{name}": (f"slices[{name!r}]", mask) for name, mask in slices.items()}
        specs: tuple[SliceSpec, ...] = ()
    else:
        wishes = several(slices, (str,), "slices", "name -> mask, or texts such as 'column=source'")
        parts, specs = {}, tuple(map(parse_slice, wishes))
    parts |= {"cluster": ("clusters", clusters)} if clusters is not None else {}
    parts |= {"weight": ("weights", weights)} if weights is not None else {}
    refuse_other_index({DATA: data} | dict(parts.values()))
    by_row = {column: as_array(values, name, most=1) for column, (name, values) in parts.items()}
    lengths = {name: len(by_row[column]) for column, (name, _) in parts.items()}
    if data is None or isinstance(data, str | PathLike):
        refuse_other_lengths(lengths)
        named = None if data is None else fspath(data)
        if named is not None and not named.strip():
            raise InputError("--data is blank. Name a folder, a file, a hub id or a known set.")
        return Rows(named, _checked(pd.DataFrame(by_row)) if by_row else None, slices=specs)
    frame, truth = _known(data, columns)
    refuse_other_lengths({DATA: len(frame)} | lengths)
    frame = _checked(frame.assign(**by_row))
    if "text" in frame.columns:
        return Rows(TableAtHand(DATA, with_labels(frame)), slices=specs)
    masks, rest = _cut_by_column(frame, specs)
    return Rows(None, frame.assign(**masks), truth, rest)


def with_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """Return data with texts, whose human labels may be called truth, as everywhere else in memory."""
    called = {name: "label" + name.removeprefix("truth") for name in frame.columns if name.partition(":")[0] == "truth"}
    return frame.rename(columns={name: label for name, label in called.items() if label not in frame.columns})


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose slices are masks, and whose weights are weights.

    Raises:
        InputError: for a value that is none, with its row.
    """
    masks = {f"slice:{name}": mask for name, mask in read_slices(frame, where=DATA).items()}
    read_weights(frame, where=DATA, ids=np.arange(len(frame)).astype(str))
    return frame.assign(**masks)


def _known(data: object, columns: Mapping[str, str]) -> tuple[pd.DataFrame, Array | None]:
    """Return the data as columns under the house's names, and human labels whose columns have no names."""
    frame = as_frame(data, DATA)
    if frame is not None:
        frame = TableAtHand(DATA, frame).read(columns)
        if "text" in frame.columns:
            return frame, None
        return frame.rename(columns={name: _as_truth(name, frame) for name in frame.columns}), None
    truth = as_array(data, DATA)
    if truth.ndim == _MATRIX and truth.shape[1] > 1:
        return pd.DataFrame(index=range(len(truth))), truth
    return pd.DataFrame({"truth": truth.reshape(-1)}), None


def _as_truth(name: str, frame: pd.DataFrame) -> str:
    """Return what a column of data without texts is called beside answers: its label is the human one."""
    truth = "truth" + name.removeprefix("label")
    return truth if (name == "label" or name.startswith("label:")) and truth not in frame.columns else name


def _cut_by_column(frame: pd.DataFrame, specs: tuple[SliceSpec, ...]) -> tuple[dict[str, Array], tuple[SliceSpec, ...]]:
    """Return the slices that need no texts as columns, and the wishes for others."""
    if all(isinstance(spec, ColumnSlices | CrossedSlices) for spec in specs):
        here = specs
    else:
        here = tuple(spec for spec in specs if isinstance(spec, ColumnSlices))
    raw = {str(name): values.to_numpy() for name, values in frame.items()}
    known = {name.removeprefix("slice:"): mask for name, mask in raw.items() if name.startswith("slice:")}
    masks = cut(here, Sliceable(DATA, len(frame), None, raw, known)) if here else {}
    new = {f"slice:{name}": mask for name, mask in masks.items() if name not in known}
    return new, tuple(spec for spec in specs if spec not in here)


def _by_id(known: pd.DataFrame, ids: "pd.Series[str]", name: str) -> pd.DataFrame:
    """Return the rows of these ids, in this order.

    Raises:
        MisalignedError: for other items than these, or several rows of one.
    """
    place = {str(item): row for row, item in enumerate(known["id"].tolist())}
    if len(place) < len(known):
        repeated = known["id"].astype(str)
        repeated = repeated[repeated.duplicated()]
        raise MisalignedError(
            f"{DATA} has several rows for {repeated.nunique()} of its ids, the first {repeated.iloc[0]!r}. Give one "
            "row for every item."
        )
    wanted = [str(item) for item in ids.tolist()]
    missing, extra = sorted(set(place) - set(wanted)), sorted(set(wanted) - set(place))
    if missing or extra:
        raise MisalignedError(
            f"{name} has {len(set(wanted))} items, {DATA} {len(place)}: {len(missing)} missing "
            f"({', '.join(map(repr, missing[:3]))}), {len(extra)} extra ({', '.join(map(repr, extra[:3]))}). Give both "
            "the same items."
        )
    return known.take([place[item] for item in wanted])
