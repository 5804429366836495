"""Text sets from templates: their columns, slices and clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import TextSet


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A text from a template.

    Attributes:
        item: its id.
        text: the text.
        label: the index of its label.
        cluster: the name of its group of dependent texts.
        template: the template, with a sign for its gap.
        columns: column -> value, for slices.
    """

    item: str
    text: str
    label: int
    cluster: str
    template: str
    columns: Mapping[str, str]


def template_set(name: str, labels: tuple[str, str], rows: Sequence[TemplateText]) -> TextSet:
    """Return the texts as a binary set, with the column `template` and a slice for every value of the other columns."""
    columns = {column: np.array([row.columns[column] for row in rows], dtype=object) for column in rows[0].columns}
    slices = {
        f"{column}={value}": values == value for column, values in columns.items() for value in dict.fromkeys(values)
    }
    return TextSet(
        name=name,
        task="binary",
        labels=labels,
        ids=tuple(row.item for row in rows),
        batch=TextBatch(tuple(row.text for row in rows)),
        truth=np.array([row.label for row in rows], dtype=np.int64),
        slices=slices,
        clusters=np.unique([row.cluster for row in rows], return_inverse=True)[1].astype(np.int64),
        columns={"template": np.array([row.template for row in rows], dtype=object)} | columns,
    )
