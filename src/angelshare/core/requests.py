"""Requests of audits, and the answers: one panel for each request that every model could answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Continuations, Embeddings, Kind, Likelihoods, Timing
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard
from angelshare.core.strict import Strict
from angelshare.core.task import ModelRole

TEST = "test"
"""The name of all requests on the test split itself."""


class NotObserved(Exception):  # noqa: N818  (no error: an audit that needs it is not applicable)
    """Some model cannot give an answer; the message is the reason, as a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """An audit's wish to see one kind of answer to these items.

    Attributes:
        name: of the panel that comes back; `TEST`, or that of the audit's own texts.
        kind: of answer.
        items: with their texts, and all that the audit will need to know of them.
        settings: of the answers, for `timing`, `embeddings` and `continuations`.
    """

    name: str
    kind: Kind
    items: Items
    settings: Strict | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """All models' answers on one text set, and on the texts that its audits made of it.

    Attributes:
        panels: (name, kind) of a request -> the panel.
        missing: (name, kind) of a request -> the reason why there is no panel, as a sentence.
        cards: (role, member) -> the model's card.
    """

    panels: Mapping[tuple[str, Kind], Panel[Any]]  # Any: the kind says which type of member
    missing: Mapping[tuple[str, Kind], str] = field(default_factory=dict)
    cards: Mapping[tuple[ModelRole, str], ModelCard] = field(default_factory=dict)

    def has(self, name: str, kind: Kind = "scores") -> bool:
        """Whether every model answered this request."""
        return (name, kind) in self.panels

    def at_hand(self) -> Panel[Any]:
        """Return a panel of the test split, of whatever kind; of an audit's own texts where there is none.

        Raises:
            InputError: if no request was answered.
        """
        if not self.panels:
            raise InputError(" ".join(["Nothing can be measured.", *dict.fromkeys(self.missing.values())]))
        return next(iter([*(panel for (name, _), panel in self.panels.items() if name == TEST), *self.panels.values()]))

    def asked(self, name: str, kind: Kind = "scores") -> bool:
        """Whether the models were asked, successfully or not."""
        return (name, kind) in {*self.panels, *self.missing}

    def scores(self, name: str = TEST) -> Panel[Predictions]:
        """Return every model's scores of classes.

        Raises:
            NotObserved: if some model cannot give them; the methods below raise it likewise.
        """
        return self._panel(name, "scores")

    def embeddings(self, name: str = TEST) -> Panel[Embeddings]:
        """Return every model's vectors."""
        return self._panel(name, "embeddings")

    def likelihoods(self, name: str = TEST) -> Panel[Likelihoods]:
        """Return every model's likelihoods of the items."""
        return self._panel(name, "likelihoods")

    def continuations(self, name: str = TEST) -> Panel[Continuations]:
        """Return every model's continuations of the items."""
        return self._panel(name, "continuations")

    def timings(self, name: str = TEST) -> Panel[Timing]:
        """Return the timing of one member of every population."""
        return self._panel(name, "timing")

    def _panel(self, name: str, kind: Kind) -> Panel[Any]:
        """Return the panel of a request."""
        if (name, kind) not in self.panels:
            raise NotObserved(self.missing.get((name, kind), f"No model was asked for {kind} of {name}."))
        return self.panels[name, kind]
