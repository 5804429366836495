"""The models of a run, each trained once: the teacher, and every student and baseline with every seed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from angelshare.core.atomic import write_text
from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress, Scorer, Silent
from angelshare.core.task import ModelRole
from angelshare.data.texts.textset import Splits
from angelshare.distillation.classification import distil_from, fine_tune, train_baseline
from angelshare.distillation.training import threads
from angelshare.models.checkpoint import backbone_fingerprint, load_backbone, load_model, load_scorer, save_model
from angelshare.models.students import build_student
from angelshare.models.tfidf import fit_tfidf
from angelshare.models.vocabulary import WordTokenizer, build_word_tokenizer
from angelshare.recipes.entries import NeuralEntry, PretrainedEntry, StudentEntry, TfidfEntry, TransformerEntry
from angelshare.recipes.folder.stages import is_current, staged
from angelshare.recipes.schema import Recipe
from angelshare.recipes.train.transfers import Plan, StudentTexts, plan_of, targets_sha256, teacher_train

TRAINING_FILE = "training.json"

_NOT_THE_MODEL = {"seeds", "baseline", "transfer", "mitigation"}
"""Keys of a student that do not affect its weights, or are covered by the checksums of its texts."""

TRAINING_VERSION = 2
"""Raised whenever training gives other weights from the same settings, so that old models are made again."""


@dataclass(frozen=True, slots=True)
class Member:
    """One model to train."""

    role: ModelRole
    entry: StudentEntry
    seed: int

    def folder(self, run: Path) -> Path:
        """Return its folder."""
        return run / f"{self.role}s" / self.entry.name / f"seed-{self.seed}"

    @property
    def name(self) -> str:
        """Return its name."""
        return f"{self.entry.name}/{self.seed}"


def needs_teacher(entry: NeuralEntry) -> bool:
    """Whether a student starts from layers, tokenizer or embeddings of its teacher."""
    if isinstance(entry, PretrainedEntry):
        return False
    return isinstance(entry, TransformerEntry) or entry.needs_teacher


def members_of(recipe: Recipe) -> Iterator[Member]:
    """Yield every student and its baseline, seed by seed; TF-IDF counts as a baseline."""
    for entry in recipe.students:
        if isinstance(entry, TfidfEntry):
            yield Member("baseline", entry, 0)
            continue
        for seed in entry.seeds or recipe.seeds:
            yield Member("student", entry, seed)
            if entry.baseline:
                yield Member("baseline", entry, seed)


def make_teacher(recipe: Recipe, splits: Splits, run: Path, *, progress: Progress) -> Scorer:
    """Return the teacher, fine-tuned on human labels unless the recipe says that it already fits the task."""
    spec, settings = recipe.teacher, recipe.teacher.fine_tune
    if settings is None:
        return load_scorer(spec.model, name="teacher", task=splits.role("train").task)
    train, validation = teacher_train(recipe, splits), splits.role("validation")

    def build(result: Path, work: Path) -> None:
        model, tokenizer = load_backbone(spec.model, labels=train.labels, task=train.task, seed=settings.seed)
        report = fine_tune(model, tokenizer, train, validation, settings, work=work, progress=progress)
        save_model(
            model,
            tokenizer,
            result,
            task=train.task,
            labels=train.labels,
            kind="transformer",
            max_length=settings.max_length,
            seed=settings.seed,
        )
        write_text(result / TRAINING_FILE, json.dumps(asdict(report), indent=1))

    inputs = {
        "version": TRAINING_VERSION,
        "task": [train.task, *train.labels],
        "teacher": spec.model_dump(mode="json"),
        "backbone": backbone_fingerprint(spec.model),
        "train": targets_sha256(train),
        "validation": validation.sha256(),
    }
    staged(run / "teacher", inputs, build)
    return load_scorer(run / "teacher", name="teacher")


class MemberMaker:
    """Trains the members of a recipe, and makes what several of them share, such as a vocabulary, only once."""

    def __init__(
        self,
        recipe: Recipe,
        splits: Splits,
        texts: Mapping[Plan, StudentTexts],
        *,
        teacher: str,
        run: Path,
        progress: Progress,
    ) -> None:
        """Keep what all members need.

        Args:
            recipe: with the settings.
            splits: train and validation.
            texts: those that the students of each plan learn from.
            teacher: folder or hub id, for students that start from its weights.
            run: the run folder.
            progress: informed of training steps.
        """
        self._recipe, self._splits, self._texts = recipe, splits, texts
        self._teacher, self._run, self._progress = teacher, run, progress
        self._tokenizers: dict[str, WordTokenizer] = {}
        self._checksums = {
            "train": splits.role("train").sha256(),
            "validation": splits.role("validation").sha256(),
        }

    def for_workers(self, members: Iterable[Member]) -> "MemberMaker":
        """Return a copy without progress, which already holds the vocabularies of these members."""
        for member in members:
            if not isinstance(member.entry, TfidfEntry):
                self._tokenizer(member.entry)
        twin = copy(self)
        twin._progress = Silent()  # noqa: SLF001  (its own class)
        return twin

    def is_made(self, member: Member) -> bool:
        """Whether the member exists, made from exactly these inputs."""
        return is_current(member.folder(self._run), self._inputs(member))

    def make(self, member: Member) -> bool:
        """Train a member unless it exists; return whether anything was trained."""
        entry, folder, inputs = member.entry, member.folder(self._run), self._inputs(member)
        if isinstance(entry, TfidfEntry):
            return staged(folder, inputs, lambda result, _: self._fit_tfidf(member, entry, result))
        return staged(folder, inputs, lambda result, work: self._train(member, entry, result, work))

    def _inputs(self, member: Member) -> dict[str, Any]:
        """Return all that determines a member's weights."""
        entry = member.entry
        train = self._splits.role("train")
        inputs = {
            "version": TRAINING_VERSION,
            "task": [train.task, *train.labels],
            "member": [member.role, member.name],
            "student": entry.model_dump(mode="json", exclude=_NOT_THE_MODEL),
            "train": self._checksums["train"],
        }
        if isinstance(entry, TfidfEntry):
            return inputs
        if isinstance(entry, PretrainedEntry):
            inputs["backbone"] = backbone_fingerprint(entry.model)
        distil = entry.distil.onto(self._recipe.distil).model_dump(mode="json")
        return {**inputs, **self._checksums, **self._student_texts(entry).checksums, "distil": distil}

    def _student_texts(self, entry: NeuralEntry) -> StudentTexts:
        """Return the texts that a student learns from."""
        return self._texts[plan_of(self._recipe, entry)]

    def _fit_tfidf(self, member: Member, entry: TfidfEntry, result: Path) -> None:
        """Fit the reference on the human labels."""
        train = self._splits.role("train")
        if train.truth is None:
            raise InputError(
                f"{train.name} has no human labels, and {member.name} learns from nothing else. Leave it out."
            )
        scorer = fit_tfidf(train.batch, train.truth, entry, train.labels, train.task, name=member.name)
        scorer.save(result)

    def _train(self, member: Member, entry: NeuralEntry, result: Path, work: Path) -> None:
        """Train a student or its baseline from the same initial weights, and save it.

        Networks over words always train on one thread, so that their numbers do not depend on the number of jobs.
        """
        with threads(None if isinstance(entry, TransformerEntry | PretrainedEntry) else 1):
            self._train_on(member, entry, result, work)

    def _train_on(self, member: Member, entry: NeuralEntry, result: Path, work: Path) -> None:
        """Train on the threads that are set."""
        texts, validation = self._student_texts(entry), self._splits.role("validation")
        train, transfer = texts.train, texts.transfer
        settings = entry.distil.onto(self._recipe.distil)
        model, tokenizer = build_student(
            entry,
            labels=train.labels,
            task=train.task,
            seed=member.seed,
            tokenizer=self._tokenizer(entry),
            teacher=load_model(self._teacher) if needs_teacher(entry) else None,
        )
        if member.role == "student":
            report = distil_from(
                model,
                tokenizer,
                transfer,
                validation,
                settings,
                seed=member.seed,
                work=work,
                progress=self._progress,
                max_length=entry.max_length,
                name=f"{member.role} {member.name}",
            )
        else:
            report = train_baseline(
                model,
                tokenizer,
                train,
                validation,
                settings,
                n_transfer=len(transfer),
                seed=member.seed,
                work=work,
                progress=self._progress,
                max_length=entry.max_length,
                name=f"{member.role} {member.name}",
            )
        save_model(
            model,
            tokenizer,
            result,
            task=train.task,
            labels=train.labels,
            kind=entry.kind,
            max_length=entry.max_length,
            seed=member.seed,
            parent_fingerprint=transfer.teacher_fingerprint if member.role == "student" else None,
        )
        write_text(result / TRAINING_FILE, json.dumps(asdict(report), indent=1))

    def _tokenizer(self, entry: NeuralEntry) -> WordTokenizer | None:
        """Return the word tokenizer of an entry, built from training and transfer texts; None for the teacher's."""
        if isinstance(entry, TransformerEntry | PretrainedEntry) or entry.tokenizer == "teacher":
            return None
        if entry.name not in self._tokenizers:
            given = self._student_texts(entry)
            batches = (given.train.batch, given.transfer.batch)
            texts = chain.from_iterable((*batch.texts, *(batch.pairs or ())) for batch in batches)
            self._tokenizers[entry.name] = build_word_tokenizer(texts, entry.vocabulary, max_length=entry.max_length)
        return self._tokenizers[entry.name]
