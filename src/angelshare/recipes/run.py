"""A recipe carried out: data, teacher, transfer set, students and baselines, statement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from angelshare import __version__
from angelshare.audits.frame.registry import load_audits, run_audits
from angelshare.core.audit import AuditSettings
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.protocols import Progress, Scorer
from angelshare.core.task import Role
from angelshare.data.slices.slicing import check_slices
from angelshare.data.slices.specs import columns_of, loaded
from angelshare.data.suites.gathering import suite_spec
from angelshare.data.texts.joining import join_splits, limited
from angelshare.data.texts.leakage import remove_leaks
from angelshare.data.texts.loading import load_splits
from angelshare.data.texts.textset import Splits
from angelshare.models.checkpoint import load_scorer
from angelshare.models.folders import backbone_note
from angelshare.models.memory import Loading
from angelshare.recipes.conclude.places import check_place
from angelshare.recipes.conclude.publish import data_rows
from angelshare.recipes.conclude.statements import Framing, Measured, conclude
from angelshare.recipes.entries import PretrainedEntry, TfidfEntry, TransformerEntry
from angelshare.recipes.folder.journal import note
from angelshare.recipes.folder.lock import locked
from angelshare.recipes.observe.observing import Desk, observe_texts
from angelshare.recipes.observe.seats import Opened, Seat
from angelshare.recipes.schema import Recipe
from angelshare.recipes.suite import (
    GatheredSuite,
    cards_of,
    examined_by,
    gather_suite,
    notes_of,
    observe_suite,
    suite_results,
    suite_rows,
    warnings_of,
)
from angelshare.recipes.train.folders import check_folders, write_recipe
from angelshare.recipes.train.members import TRAINING_FILE, MemberMaker, make_teacher, members_of
from angelshare.recipes.train.transfers import Plan, StudentTexts, gather, make_texts, text_rows
from angelshare.recipes.train.workers import train_members
from angelshare.statement.gates import Gate, metrics_in_slices
from angelshare.statement.schema import Statement
from angelshare.transfer.spec import EvenGroups, LabelShare

USED_ROLES: tuple[Role, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Settings of one call of `angelshare run`, in addition to the recipe.

    Attributes:
        now: the statement's time.
        gates: in addition to the recipe's.
        redact_texts: whether users' texts are left out of the statement.
        jobs: the number of students trained side by side.
        overwrite: whether a statement of another origin is replaced; otherwise it is kept in a sub-folder.
    """

    now: datetime
    gates: tuple[Gate, ...] = ()
    redact_texts: bool = False
    jobs: int = 1
    overwrite: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """All models of a recipe, the teacher first, and the texts that the students of each plan learnt from."""

    texts: Mapping[Plan, StudentTexts]
    opened: tuple[Opened, ...]


def run_recipe(recipe: Recipe, run: Path, settings: RunSettings, *, progress: Progress) -> Statement:
    """Return the statement of a recipe, after writing it and all models into the run folder.

    Stages whose inputs did not change are skipped; one that was killed is resumed.

    Args:
        recipe: to be carried out.
        run: the run folder, which is made if necessary.
        settings: of this call.
        progress: informed of every long step.

    Raises:
        InputError: if the folder holds what angelshare did not make and would replace, or another process writes to it.
    """
    check_place(run)
    with locked(run):
        return _carried_out(recipe, run, settings, progress)


def _carried_out(recipe: Recipe, run: Path, settings: RunSettings, progress: Progress) -> Statement:
    """Return the statement of a recipe, written."""
    recipe = recipe.model_copy(update={"slices": tuple(map(loaded, recipe.slices))})
    audits = load_audits(recipe.choices)
    splits, suites = prepare(recipe)
    trained = train(recipe, splits, run, jobs=settings.jobs, progress=progress)
    opened, test, desk = trained.opened, splits.role("test"), Desk(run, progress)
    gates = (*(gate.gate() for gate in recipe.gates), *settings.gates)
    audit_settings = AuditSettings(in_slices=metrics_in_slices(gates))
    seen = {test.name: observe_texts(opened, audits, test, desk, slices=recipe.slices)}
    results = run_audits(audits, seen[test.name], audit_settings)
    for suite in suites:
        others = observe_suite(opened, suite.others, desk, recipe.choices)
        results = suite_results(
            suite,
            others,
            audit_settings,
            cards=cards_of(opened),
            gates=gates,
            in_domain=results,
            chosen=recipe.choices,
        )
        seen |= others
    framing = Framing(
        title=recipe.name,
        now=settings.now,
        data=[
            *data_rows(splits, USED_ROLES),
            *text_rows(recipe, splits, trained.texts),
            *(row for suite in suites for row in suite_rows(suite.others)),
        ],
        looked_at=test.sha256(),
        gates=gates,
        margins=recipe.margins,
        recipe=recipe.model_dump(mode="json"),
        notes=(
            *splits.card.notes,
            *seen[test.name].scores().remarks,
            *(note for suite in suites for note in notes_of(suite.others)),
        ),
        warnings=(
            *splits.card.warnings,
            *contamination(recipe, splits),
            *training_warnings(recipe, run),
            *(warning for suite in suites for warning in warnings_of(suite.others)),
        ),
        redact_texts=settings.redact_texts,
    )
    statement = conclude(
        Measured(opened, seen, results, None if suites else recipe.choices), framing, run, overwrite=settings.overwrite
    )
    note(run, "statement", verdict=statement.verdict)
    return statement


def train(recipe: Recipe, splits: Splits, run: Path, *, jobs: int, progress: Progress) -> Trained:
    """Return the teacher and all students and baselines of a recipe, trained or, where they exist, loaded.

    Args:
        recipe: with the models to train.
        splits: as `prepare` returns them.
        run: the run folder, which is made if necessary.
        jobs: the number of students trained side by side.
        progress: informed of every long step.
    """
    check_folders(recipe, run)
    write_recipe(recipe, run)
    note(run, "run", recipe=recipe.name, angelshare=__version__, jobs=jobs)
    gathered = gather(recipe, splits)  # a missing source shows before hours of training
    teacher = make_teacher(recipe, splits, run, progress=progress)
    note(run, "teacher", fingerprint=teacher.card.fingerprint)
    texts = make_texts(recipe, splits, gathered, teacher, run, progress=progress)
    note(run, "transfer", n=[len(given.transfer) for given in texts.values()])
    members = make_members(recipe, splits, texts, run, jobs=jobs, progress=progress)
    note(run, "students", members=[member.seat.key for member in members])
    return Trained(texts, (_opened(Seat("teacher", "teacher"), teacher, teacher_source(recipe, run)), *members))


def prepare(recipe: Recipe) -> tuple[Splits, tuple[GatheredSuite, ...]]:
    """Return the recipe's splits without leaks from train into evaluation, and the sets of its suites.

    Raises:
        InputError: if data are missing or a slice cannot be cut, which shows before hours of training.
    """
    splits = read_splits(recipe, USED_ROLES)
    suites = tuple(gather_suite(suite_spec(suite.name), suite.scale, splits) for suite in recipe.suites)
    return apart_from(splits, suites), suites


def apart_from(splits: Splits, suites: Sequence[GatheredSuite]) -> Splits:
    """Return the splits without leaks from train into evaluation, which includes the sets of suites."""
    return remove_leaks(replace(splits, examined=examined_by(suites)))


def read_splits(recipe: Recipe, roles: Sequence[Role]) -> Splits:
    """Return the recipe's splits as given, before leaks are removed.

    Args:
        recipe: with the data.
        roles: those that are used; what the data lack is cut from another split.

    Raises:
        InputError: if a slice cannot be cut, or the data lack a label that the recipe names.
    """
    spec, keep = recipe.data, columns_of(recipe.slices)
    parts = [
        load_splits(
            part.source,
            task=spec.task,
            labels=spec.labels,
            columns=part.columns,
            keep=keep,
            fractional=spec.fractional_labels,
        )
        for part in (spec.first(), *spec.more)
    ]
    splits = parts[0] if len(parts) == 1 else join_splits(parts)
    if spec.fractional_labels and splits.role("train").fractions is None:
        raise InputError(
            f"{splits.card.name} has no column `fraction` to train on. Map one by columns, or leave fractional_labels "
            "out."
        )
    check_slices(map(loaded, recipe.slices), splits.role("test"))
    check_labels_of(recipe, splits.role("train").labels)
    return limited(splits.with_roles(roles), spec.limits)


def check_labels_of(recipe: Recipe, labels: Sequence[str]) -> None:
    """Refuse labels that the data do not have, before anything is trained.

    Raises:
        InputError: if class weights, or a transfer set drawn by label, name such a label.
    """
    students = [entry for entry in recipe.students if not isinstance(entry, TfidfEntry)]
    weights = [recipe.distil.class_weights, *(entry.distil.class_weights for entry in students)]
    if recipe.teacher.fine_tune is not None:
        weights.append(recipe.teacher.fine_tune.class_weights)
    named: list[str | None] = [label for given in weights if isinstance(given, dict) for label in given]
    transfers = [recipe.transfer, *(entry.transfer for entry in students if entry.transfer is not None)]
    named += [spec.rebalance.label for spec in transfers if isinstance(spec.rebalance, LabelShare | EvenGroups)]
    for label in named:
        if label is not None and label not in labels:
            raise InputError(unknown_name("label", label, tuple(labels)))


def make_members(
    recipe: Recipe,
    splits: Splits,
    texts: Mapping[Plan, StudentTexts],
    run: Path,
    *,
    jobs: int,
    progress: Progress,
) -> list[Opened]:
    """Return every student and baseline, trained."""
    maker = MemberMaker(recipe, splits, texts, teacher=teacher_source(recipe, run), run=run, progress=progress)
    members = tuple(members_of(recipe))
    missing = [member for member in members if not maker.is_made(member)]
    side_by_side = [member for member in missing if not isinstance(member.entry, TransformerEntry | PretrainedEntry)]
    train_members(maker, side_by_side, jobs=jobs, progress=progress)
    # an encoder keeps all processors busy by itself
    train_members(maker, [m for m in missing if m not in side_by_side], jobs=1, progress=progress)
    return [
        _opened(Seat(m.role, m.entry.name, m.seed), load_scorer(m.folder(run), name=m.name), str(m.folder(run)))
        for m in members
    ]


def _opened(seat: Seat, scorer: Scorer, source: str) -> Opened:
    """Return a trained model as a member of the comparison."""
    return Opened(seat, scorer.card, source, scorer, Loading(source, scorer.card.task))


def teacher_source(recipe: Recipe, run: Path) -> str:
    """Return the folder or hub id of the teacher, as trained for the task."""
    return recipe.teacher.model if recipe.teacher.fine_tune is None else str(run / "teacher")


def contamination(recipe: Recipe, splits: Splits) -> Iterable[str]:
    """Yield a warning if the teacher's pretraining is known to have seen such tasks, and the task is about pairs."""
    note = backbone_note(recipe.teacher.model)
    if note is not None and splits.role("test").batch.pairs is not None:
        yield note


def training_warnings(recipe: Recipe, run: Path) -> Iterable[str]:
    """Yield the warnings of all trainings of this recipe."""
    for folder in (run / "teacher", *(member.folder(run) for member in members_of(recipe))):
        file = folder / TRAINING_FILE
        if file.is_file():
            yield from json.loads(file.read_text("utf-8"))["warnings"]
