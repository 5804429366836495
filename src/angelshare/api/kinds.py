"""What the functions for Python people take, as types."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Protocol, TypeAlias

from numpy.typing import ArrayLike
from pandas import DataFrame


class InPandas(Protocol):
    """A frame or series of another library, such as polars, pyarrow or datasets."""

    def to_pandas(self) -> Any:  # noqa: ANN401  (whatever that library makes of it)
        """Return it as pandas'."""
        ...


class Pipeline(Protocol):
    """A network with its tokenizer, such as a pipeline of transformers."""

    model: Any  # a PreTrainedModel: naming it would load torch
    tokenizer: Any


class InFolder(Protocol):
    """A model that lies in a folder, such as a distilled student."""

    @property
    def folder(self) -> PathLike[str]:
        """Return the folder."""
        ...


Path: TypeAlias = str | PathLike[str]
Values: TypeAlias = ArrayLike | InPandas
"""One value for every item."""
Network: TypeAlias = tuple[Any, Any] | Pipeline
"""A network of transformers and its tokenizer."""
Model: TypeAlias = Path | Values | DataFrame | Network | InFolder
"""A model, or what it answered."""
Models: TypeAlias = Model | Sequence[Model] | Mapping[str, Model | Sequence[Model]]
"""A population, its seeds, or several by name."""
Data: TypeAlias = Path | Values | DataFrame | Mapping[str, Values]
"""Human labels, or labelled texts."""
