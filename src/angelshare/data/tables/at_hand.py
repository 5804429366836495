"""Tables in memory, such as data frames, where files could be."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from angelshare.data.tables.reading import as_objects, check_names, renamed


@dataclass(frozen=True, slots=True, eq=False)
class TableAtHand:
    """A table under the house's names of columns.

    Attributes:
        name: what messages call it, such as `student`.
        frame: its rows; the index does not count.
    """

    name: str
    frame: pd.DataFrame

    def __str__(self) -> str:
        """Return what messages call it."""
        return self.name

    def read(self, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Return the columns as `read_table` returns those of a file.

        Args:
            columns: the house's name -> the table's own.

        Raises:
            InputError: for names that are repeated or cannot be written; as `read_table` for names to map.
        """
        names = [str(name) for name in self.frame.columns]
        check_names(names, self.name)
        frame = self.frame.set_axis(names, axis=1).reset_index(drop=True)
        return renamed(as_objects(_plain(frame)), columns or {}, self.name)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame without categories and other kinds of columns that no file brings."""
    kept = pd.StringDtype | pd.Int64Dtype | pd.Float64Dtype | pd.BooleanDtype
    strange = {
        name: object
        for name, dtype in frame.dtypes.items()
        if pd.api.types.is_extension_array_dtype(dtype) and not isinstance(dtype, kept)
    }
    return frame.astype(strange)
