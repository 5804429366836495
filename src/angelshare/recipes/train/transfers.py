"""The texts that students learn from: transfer sets and human-labelled texts, made once for all that share them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from angelshare.core.atomic import write_text
from angelshare.core.protocols import Progress, Scorer
from angelshare.data.texts.augment import MASK
from angelshare.data.texts.joining import join_sets
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.models.checkpoint import mask_token
from angelshare.recipes.conclude.publish import transfer_rows
from angelshare.recipes.entries import NeuralEntry, TfidfEntry
from angelshare.recipes.folder.stages import digest
from angelshare.recipes.schema import Recipe
from angelshare.statement.schema import DataRow
from angelshare.transfer.gather import TransferTexts, gather_texts
from angelshare.transfer.label import TransferSet, chosen, teacher_logits
from angelshare.transfer.mitigation import n_asked, neutral_card, neutral_set, with_labelled
from angelshare.transfer.spec import NeutralSentences, TransferSpec

TRANSFER = "transfer"
"""The sub-folder for what was read and kept of each source."""


class Plan(NamedTuple):
    """A recipe's choice of the texts of a student.

    Attributes:
        transfer: the texts that the teacher labels.
        neutral: sentences to add to these and to the human-labelled ones; None for none.
    """

    transfer: TransferSpec
    neutral: NeutralSentences | None


@dataclass(frozen=True, eq=False)
class StudentTexts:
    """The texts that one or several students learn from.

    Attributes:
        transfer: with the teacher's logits.
        train: with human labels, for baselines.
        students: their names.
    """

    transfer: TransferSet
    train: TextSet
    students: tuple[str, ...]

    @cached_property
    def checksums(self) -> Mapping[str, str]:
        """Return the checksums of both."""
        return {"train": targets_sha256(self.train), "transfer": self.transfer.sha256()}


def plan_of(recipe: Recipe, entry: NeuralEntry) -> Plan:
    """Return the plan of one student: its own, else the recipe's."""
    shared = recipe.mitigation
    neutral = None if shared is None or "students" not in shared.trains else shared.sentences()
    neutral = entry.mitigation or neutral
    return Plan(entry.transfer or recipe.transfer, neutral if neutral and neutral.sentences_per_identity else None)


def plans_of(recipe: Recipe) -> Mapping[Plan, tuple[str, ...]]:
    """Return every plan of a recipe with its students; without students to distil, the recipe's own."""
    plans: dict[Plan, tuple[str, ...]] = {}
    for entry in recipe.students:
        if not isinstance(entry, TfidfEntry):
            plan = plan_of(recipe, entry)
            plans[plan] = (*plans.get(plan, ()), entry.name)
    return plans or {Plan(recipe.transfer, None): ()}


def gather(recipe: Recipe, splits: Splits) -> Mapping[TransferSpec, TransferTexts]:
    """Return the texts that the teacher will label, masked with its own mask token; plans may share them."""
    token = mask_token(recipe.teacher.model) or MASK
    specs = dict.fromkeys(plan.transfer.unchosen() for plan in plans_of(recipe))
    return {spec: gather_texts(spec, splits, mask_token=token) for spec in specs}


def make_texts(
    recipe: Recipe,
    splits: Splits,
    texts: Mapping[TransferSpec, TransferTexts],
    teacher: Scorer,
    run: Path,
    *,
    progress: Progress,
) -> Mapping[Plan, StudentTexts]:
    """Return the texts that the students of each plan learn from; texts that the teacher has scored are not repeated.

    Args:
        recipe: with the plans.
        splits: of the task.
        texts: as gathered.
        teacher: to label them.
        run: the run folder, whose observations hold earlier scores.
        progress: informed of the number of texts done.
    """
    store, plans = run / "observations", plans_of(recipe)
    logits = {
        spec: teacher_logits(given.batch, teacher, store=store, progress=progress) for spec, given in texts.items()
    }
    made = {}
    for plan, students in plans.items():
        spec = plan.transfer.unchosen()
        transfer = chosen(texts[spec], logits[spec], teacher.card, plan.transfer, splits)
        train = splits.role("train")
        if plan.neutral is not None:
            neutral = neutral_set(plan.neutral, splits)
            answers = teacher_logits(neutral.batch, teacher, store=store, progress=progress)
            transfer = with_labelled(
                transfer, neutral, answers, neutral_card(plan.neutral), n_read=n_asked(plan.neutral)
            )
            train = join_sets([train, neutral])
        name = "transfer" if len(plans) == 1 else students[0]
        summary = {"students": students, **transfer.summary()}
        write_text(run / TRANSFER / f"{name}.json", json.dumps(summary, indent=1))
        made[plan] = StudentTexts(transfer, train, students)
    return made


def teacher_train(recipe: Recipe, splits: Splits) -> TextSet:
    """Return the human-labelled texts that the teacher is trained on."""
    train, mitigation = splits.role("train"), _of_teacher(recipe)
    return train if mitigation is None else join_sets([train, neutral_set(mitigation, splits)])


def _of_teacher(recipe: Recipe) -> NeutralSentences | None:
    """Return the sentences for the teacher's training; None if there are none, or it is not trained here."""
    mitigation = recipe.mitigation
    if mitigation is None or recipe.teacher.fine_tune is None or "teacher" not in mitigation.trains:
        return None
    return mitigation if mitigation.sentences_per_identity else None


def text_rows(recipe: Recipe, splits: Splits, texts: Mapping[Plan, StudentTexts]) -> Iterator[DataRow]:
    """Yield the statement's lines on transfer sets, and on the teacher's neutral sentences."""
    mitigation = _of_teacher(recipe)
    if mitigation is not None:
        yield _teacher_row(mitigation, splits)
    for given in texts.values():
        for row in transfer_rows(given.transfer):
            name = row.name if len(texts) == 1 else f"{row.name} (for {', '.join(given.students)})"
            yield row.model_copy(update={"name": name})


def _teacher_row(mitigation: NeutralSentences, splits: Splits) -> DataRow:
    """Return the line on the teacher's neutral sentences."""
    card, neutral = neutral_card(mitigation), neutral_set(mitigation, splits)
    return DataRow(
        name=f"{card.name} (for the teacher)",
        split="train",
        n=len(neutral),
        sha256=neutral.sha256(),
        revision=card.revision,
        licence=card.licence,
        hazards=card.hazards,
        leaked_and_dropped=n_asked(mitigation) - len(neutral),
        handled=dict(neutral.handled),
    )


def targets_sha256(texts: TextSet) -> str:
    """Return the checksum of texts and training targets."""
    if texts.fractions is None:
        return texts.sha256()
    shares = [None if np.isnan(share) else float(share) for share in texts.fractions]
    return digest([texts.sha256(), *sorted(map(str, zip(texts.text_keys().tolist(), shares, strict=True)))])
