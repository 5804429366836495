"""What audits ask to see, and what came back: one panel for each request that every model could answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from angelshare.core.items import Items
from angelshare.core.observations import Continuations, Embeddings, Kind, Likelihoods, Timing
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard
from angelshare.core.strict import Strict
from angelshare.core.task import ModelRole

TEST = "test"
"""The name of every request that is about the test split itself."""


class NotObserved(Exception):  # noqa: N818  (no error: an audit that needs it is not applicable)
    """What was asked for that some model cannot give; the message says why, as a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """An audit's wish to see one kind of answer to these items.

    Attributes:
        name: under which the panel comes back; `TEST`, or that of the audit's own texts.
        kind: what each model is to give.
        items: with their texts, and all that the audit will want to know of them.
        settings: how it is to be given: of `timing`, `embeddings` and `continuations`.
    """

    name: str
    kind: Kind
    items: Items
    settings: Strict | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """What all models answered on one text set and on what its audits made of it.

    Attributes:
        panels: (name, kind) of a request -> the panel.
        missing: (name, kind) of a request -> why there is none, as a sentence.
        cards: (role, member) -> what is known about the model.
    """

    panels: Mapping[tuple[str, Kind], Panel[Any]]  # Any: the kind says which type of member
    missing: Mapping[tuple[str, Kind], str] = field(default_factory=dict)
    cards: Mapping[tuple[ModelRole, str], ModelCard] = field(default_factory=dict)

    def has(self, name: str, kind: Kind = "scores") -> bool:
        """Whether every model answered this request."""
        return (name, kind) in self.panels

    def scores(self, name: str = TEST) -> Panel[Predictions]:
        """Return every model's scores of classes.

        Raises:
            NotObserved: if some model cannot give them; so do all that follow.
        """
        return self._panel(name, "scores")

    def embeddings(self, name: str = TEST) -> Panel[Embeddings]:
        """Return every model's vectors."""
        return self._panel(name, "embeddings")

    def likelihoods(self, name: str = TEST) -> Panel[Likelihoods]:
        """Return how likely every model finds the items."""
        return self._panel(name, "likelihoods")

    def continuations(self, name: str = TEST) -> Panel[Continuations]:
        """Return what every model writes after the items."""
        return self._panel(name, "continuations")

    def timings(self, name: str = TEST) -> Panel[Timing]:
        """Return what the clock said of one member of every population."""
        return self._panel(name, "timing")

    def _panel(self, name: str, kind: Kind) -> Panel[Any]:
        """Return the panel of a request."""
        if (name, kind) not in self.panels:
            raise NotObserved(self.missing.get((name, kind), f"Nobody was asked for {kind} of {name}."))
        return self.panels[name, kind]
