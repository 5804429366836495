"""A recipe carried out: data, teacher, transfer set, students and baselines, observations, audits, statement."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from angelshare import __version__
from angelshare.audit.suite import run_audits
from angelshare.core.protocols import TEST, AuditResult, AuditSettings, Progress, Scorer
from angelshare.core.task import Role
from angelshare.data.leakage import remove_leaks
from angelshare.data.loading import load_splits
from angelshare.data.slice_specs import columns_of, loaded
from angelshare.data.slicing import check_slices, sliced
from angelshare.data.textset import Splits
from angelshare.models.checkpoint import load_scorer, mask_token
from angelshare.models.folders import backbone_note
from angelshare.models.memory import Loading
from angelshare.recipes.environment import environment
from angelshare.recipes.journal import note
from angelshare.recipes.kept import keep_predictions
from angelshare.recipes.looks import count_look
from angelshare.recipes.members import TRAINING_FILE, MemberMaker, make_teacher, members_of
from angelshare.recipes.panel import Seat, entries, observe_panels
from angelshare.recipes.publish import data_rows, publish, transfer_rows
from angelshare.recipes.schema import Recipe, TransformerEntry
from angelshare.recipes.speed import Live, audit_speed
from angelshare.recipes.stages import write_text
from angelshare.recipes.workers import train_members
from angelshare.statement.build import build_statement
from angelshare.statement.gates import Gate, metrics_in_slices
from angelshare.statement.schema import Statement
from angelshare.transfer.gather import TransferTexts, gather_texts
from angelshare.transfer.label import TransferSet, label_texts

USED_ROLES: tuple[Role, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What the command line adds to a recipe.

    Attributes:
        gates: beside the recipe's.
        redact_texts: leave users' texts out of the statement.
        now: the time that the statement bears.
        jobs: students trained side by side.
    """

    now: datetime
    gates: tuple[Gate, ...] = ()
    redact_texts: bool = False
    jobs: int = 1


def run_recipe(recipe: Recipe, run: Path, settings: RunSettings, *, progress: Progress) -> Statement:
    """Return the statement of a recipe, and leave it with all models in the run folder.

    Stages whose inputs did not change are skipped; one that was killed goes on where it stood.

    Args:
        recipe: what to do.
        run: the run folder; made if need be.
        settings: of this call.
        progress: told about every long step.
    """
    recipe = recipe.model_copy(update={"slices": tuple(map(loaded, recipe.slices))})
    splits = prepare(recipe)
    write_text(run / "recipe.yaml", yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True))
    note(run, "run", recipe=recipe.name, angelshare=__version__, jobs=settings.jobs)
    texts = gather(recipe, splits)  # before hours of training: a source may not be there
    teacher = make_teacher(recipe, splits, run, progress=progress)
    note(run, "teacher", fingerprint=teacher.card.fingerprint)
    transfer = make_transfer(recipe, texts, teacher, run, progress=progress)
    note(run, "transfer", n=len(transfer))
    members = make_members(recipe, splits, transfer, run, jobs=settings.jobs, progress=progress)
    note(run, "students", members=[f"{seat.role} {seat.member}" for seat, _ in members])
    scorers = [(Seat("teacher", "teacher"), teacher), *members]
    gates = (*(gate.gate() for gate in recipe.gates), *settings.gates)
    test, audit_settings = splits.role("test"), AuditSettings(in_slices=metrics_in_slices(gates))
    panels = observe_panels(scorers, test, recipe.audits, audit_settings, root=run / "observations", progress=progress)
    panels = {**panels, TEST: sliced(panels[TEST], recipe.slices, test)}
    apart = time_apart(recipe, splits, scorers, run)
    statement = build_statement(
        results=run_audits(recipe.audits, panels, audit_settings, apart=apart),
        models=entries(((seat, scorer.card) for seat, scorer in scorers), panels[TEST]),
        data=[*data_rows(splits, USED_ROLES), *transfer_rows(transfer)],
        gates=gates,
        margins=recipe.margins,
        recipe=recipe.model_dump(mode="json"),
        environment=environment(),
        created=settings.now,
        title=recipe.name,
        test_looks=count_look(run, test.sha256(), [scorer.card.fingerprint for _, scorer in scorers]),
        notes=(
            *splits.card.notes,
            *contamination(recipe, splits),
            *training_warnings(recipe, run),
            *panels[TEST].remarks,
        ),
        redact_texts=settings.redact_texts,
    )
    keep_predictions(panels[TEST], statement, run)
    publish(statement, run)
    note(run, "statement", verdict=statement.verdict)
    return statement


def prepare(recipe: Recipe) -> Splits:
    """Return the recipe's splits, with what leaks from train into evaluation dropped.

    Raises:
        InputError: if a slice cannot be cut, too: that shows before hours of training.
    """
    spec, keep = recipe.data, columns_of(recipe.slices)
    splits = load_splits(spec.source, task=spec.task, labels=spec.labels, columns=spec.columns, keep=keep)
    check_slices(map(loaded, recipe.slices), splits.role("test"))
    return remove_leaks(splits.with_roles(USED_ROLES))


def gather(recipe: Recipe, splits: Splits) -> TransferTexts:
    """Return the texts that the teacher will label, masked with its own mask token."""
    return gather_texts(recipe.transfer, splits, mask_token=mask_token(recipe.teacher.model) or "[MASK]")


def make_transfer(
    recipe: Recipe, texts: TransferTexts, teacher: Scorer, run: Path, *, progress: Progress
) -> TransferSet:
    """Return the transfer set with the teacher's logits; texts that it has seen before are not scored again."""
    transfer = label_texts(texts, teacher, recipe.transfer, store=run / "observations", progress=progress)
    write_text(run / "transfer" / "transfer.json", json.dumps(transfer.summary(), indent=1))
    return transfer


def make_members(
    recipe: Recipe, splits: Splits, transfer: TransferSet, run: Path, *, jobs: int, progress: Progress
) -> list[tuple[Seat, Scorer]]:
    """Return every student and baseline, trained."""
    maker = MemberMaker(recipe, splits, transfer, teacher=teacher_source(recipe, run), run=run, progress=progress)
    members = tuple(members_of(recipe))
    missing = [member for member in members if not maker.is_made(member)]
    side_by_side = [member for member in missing if not isinstance(member.entry, TransformerEntry)]
    train_members(maker, side_by_side, jobs=jobs, progress=progress)
    # layers of a teacher keep all processors busy by themselves
    train_members(maker, [m for m in missing if m not in side_by_side], jobs=1, progress=progress)
    return [(Seat(m.role, m.entry.name, m.seed), load_scorer(m.folder(run), name=m.name)) for m in members]


def time_apart(
    recipe: Recipe, splits: Splits, scorers: Sequence[tuple[Seat, Scorer]], run: Path
) -> tuple[AuditResult, ...]:
    """Return the speed of all models, if the recipe asks for it: when nothing else runs any more."""
    if "speed" not in recipe.audits:
        return ()
    sources = {Seat(m.role, m.entry.name, m.seed): str(m.folder(run)) for m in members_of(recipe)}
    sources[Seat("teacher", "teacher")] = teacher_source(recipe, run)
    live = [Live(seat, scorer, Loading(sources[seat], scorer.card.task)) for seat, scorer in scorers]
    return (audit_speed(live, splits.role("test"), recipe.speed, folder=run / "speed"),)


def teacher_source(recipe: Recipe, run: Path) -> str:
    """Return the folder or hub id of the teacher that answers the task."""
    return recipe.teacher.model if recipe.teacher.fine_tune is None else str(run / "teacher")


def contamination(recipe: Recipe, splits: Splits) -> Iterable[str]:
    """Yield what the teacher's pretraining has seen of this task, where that is known and the task is about pairs."""
    note = backbone_note(recipe.teacher.model)
    if note is not None and splits.role("test").batch.pairs is not None:
        yield f"Warning: {note}"


def training_warnings(recipe: Recipe, run: Path) -> Iterable[str]:
    """Yield what the trainings of this recipe warned about."""
    for folder in (run / "teacher", *(member.folder(run) for member in members_of(recipe))):
        file = folder / TRAINING_FILE
        if file.is_file():
            yield from (f"Warning: {sentence}" for sentence in json.loads(file.read_text("utf-8"))["warnings"])
