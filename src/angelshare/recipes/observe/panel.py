"""From models to the panel that audits measure: each observed once on every text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from angelshare.audit.frame.registry import requests_of
from angelshare.audit.quality import collapsed
from angelshare.core.alignment import Observed, aligned
from angelshare.core.errors import LabelError
from angelshare.core.items import Items
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import (
    TEST,
    AuditSettings,
    ModelCard,
    ModelEntry,
    Observations,
    Progress,
    Scorer,
    ScoreRequest,
)
from angelshare.core.task import ModelRole
from angelshare.data.texts.textset import TextSet
from angelshare.data.texts.truth import item_columns, items_of


@dataclass(frozen=True, slots=True)
class Seat:
    """Who a model is in the comparison.

    Attributes:
        role, population: such as student, `mlp`.
        seed: None where there is just one member and nobody named a seed.
    """

    role: ModelRole
    population: str
    seed: int | None = None

    @property
    def member(self) -> str:
        """Return the member's name, such as `mlp/0`."""
        return self.population if self.seed is None else f"{self.population}/{self.seed}"


@dataclass(frozen=True, slots=True)
class Seated:
    """A model's predictions with the items that they are about, and what is known about it."""

    seat: Seat
    card: ModelCard
    observed: Observed[Predictions]


def observe_panels(
    scorers: Sequence[tuple[Seat, Scorer]],
    test: TextSet,
    audits: Sequence[str],
    settings: AuditSettings,
    *,
    root: Path,
    progress: Progress,
) -> Observations:
    """Return, for every text set that the audits ask for, what every model answers.

    Args:
        scorers: teacher, students and baselines.
        test: the labelled test split.
        audits: names; their requests are merged first, so that each text is scored once per model.
        settings: of the audits.
        root: of the folders of cached logits.
        progress: told how many texts are done.
    """
    panels = {}
    for request in requests_of(audits, score_request(test), settings):
        items = items_of(test) if request.name == TEST else unlabelled(request)
        for seat, scorer in scorers:
            if request.name == TEST:
                check_labels(seat.member, scorer.card.labels, test)
        seated = [
            Seated(seat, scorer.card, Observed(items, answers(seat, scorer, items, root=root, progress=progress)))
            for seat, scorer in scorers
        ]
        panels[request.name] = assemble(seated, data=test.name)
    return panels


def unlabelled(request: ScoreRequest) -> Items:
    """Return the items of an audit's own texts, of which nobody knows more than the texts."""
    ids, keys = np.array(request.ids, dtype=np.str_), np.array(request.texts.keys(), dtype=np.str_)
    return Items(request.name, ids, texts=request.texts, keys=keys)


def score_request(test: TextSet) -> ScoreRequest:
    """Return the request to score the test split."""
    return ScoreRequest(TEST, test.ids, test.batch, columns=tuple(item_columns(test)))


def assemble(seated: Sequence[Seated], *, data: str) -> Panel[Predictions]:
    """Return the aligned panel of these models."""

    def populations(role: ModelRole) -> tuple[Population[Observed[Predictions]], ...]:
        names = dict.fromkeys(s.seat.population for s in seated if s.seat.role == role)
        return tuple(
            Population(
                role,
                name,
                tuple(s.observed for s in seated if (s.seat.role, s.seat.population) == (role, name)),
            )
            for name in names
        )

    (teacher,) = populations("teacher")
    baselines = {population.name: population for population in populations("baseline")}
    return aligned(data, teacher, populations("student"), baselines)


def entries(models: Iterable[tuple[Seat, ModelCard]], panel: Panel[Predictions]) -> list[ModelEntry]:
    """Return the statement's list of models; one that learnt nothing is called collapsed."""
    members = {(p.role, m.name): m for p in panel.populations for m in p.members}
    return [
        ModelEntry(seat.role, seat.population, seat.seed, card, collapsed(members[seat.role, seat.member], panel.items))
        for seat, card in models
    ]


def answers(seat: Seat, scorer: Scorer, items: Items, *, root: Path, progress: Progress) -> Predictions:
    """Return one model's predictions on items whose texts are known.

    Args:
        seat: who answers.
        scorer: with what.
        items: to read.
        root: of the folders of cached logits.
        progress: told how many texts are done.
    """
    from angelshare.models import questions
    from angelshare.models.observe import ask

    card, texts = scorer.card, items.texts
    assert texts is not None, "a model reads texts"
    progress.start(f"{seat.role} {seat.member}: scoring {items.source}", len(items))
    question = questions.scores(scorer)
    values = ask(question, texts, store=question.folder(root), progress=progress)
    progress.finish()
    return Predictions(
        name=seat.member,
        task=card.scored_task,
        labels=card.labels,
        outputs="values" if card.task == "regression" else "logits",
        values=values,
        seed=seat.seed,
        fingerprint=card.fingerprint,
        parent_fingerprint=card.parent_fingerprint,
    )


def check_labels(member: str, labels: Sequence[str], data: TextSet) -> None:
    """Refuse a model whose labels are not the data's, or stand in another order.

    Raises:
        LabelError: with both lists, and what to do.
    """
    if tuple(labels) == data.labels:
        return
    both = f"{member} names the labels {list(labels)}, {data.name} {list(data.labels)}"
    if sorted(labels) == sorted(data.labels):
        raise LabelError(f"{both}: the same labels in another order. Correct id2label in the model's config.json.")
    raise LabelError(
        f"{both}. If its outputs mean these, in this order, say so: --labels {','.join(data.labels)}. Else correct "
        "id2label in the model's config.json, map the label column, or take a model of this task."
    )
