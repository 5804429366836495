"""The first of four steps, open: all models and files of a comparison, before any of them is observed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from angelshare.core.alignment import Observed
from angelshare.core.errors import InputError
from angelshare.core.observations import Kind
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard, Scorer
from angelshare.core.task import Task
from angelshare.data.predictions.at_hand import AnswersAtHand
from angelshare.data.predictions.files import attach_truth, read_population
from angelshare.data.predictions.sources import Source
from angelshare.data.texts.textset import TextSet
from angelshare.recipes.observe.relabelled import relabelled
from angelshare.recipes.observe.seats import Opened, Seat, check_labels
from angelshare.recipes.observe.sides import Side, SideGroup, grouped, refuse_copies, seed_folders
from angelshare.recipes.observe.without_scores import files_of_kinds, models_of_kinds


@dataclass(frozen=True, slots=True)
class Reading:
    """How to load models and read files.

    Attributes:
        task, labels: as declared; by default those of the data or the models. They name a model's outputs.
        columns: our name -> that in files of predictions.
        positive, threshold, clip: for files of predictions, as in `read_predictions`.
        max_length, trust_remote_code, allow_pickle: for models, as in `load_scorer`.
    """

    task: Task | None = None
    labels: tuple[str, ...] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    positive: str | None = None
    threshold: float | None = None
    clip: bool = False
    max_length: int | None = None
    trust_remote_code: bool = False
    allow_pickle: bool = False


def open_sides(
    sides: Sequence[Side], reading: Reading, data: TextSet | None, kinds: Sequence[Kind] = ("scores",)
) -> tuple[Opened, ...]:
    """Return every member of a comparison, opened.

    Args:
        sides: a teacher, at least one student, baselines.
        reading: how to load models and read files.
        data: the labelled texts; None if files of predictions hold all that is needed.
        kinds: of the answers that audits need; without `scores` and `timing`, models need not be classifiers.

    Raises:
        InputError: if one cannot be opened, a model has no texts to read, or a population mixes files and models.
    """
    scored = needs_classes(kinds)
    return tuple(
        member
        for group in grouped(tuple(sides))
        for member in (_members(group, reading, data) if scored else _without_scores(group, reading, data, kinds))
    )


def needs_classes(kinds: Sequence[Kind]) -> bool:
    """Whether some of these answers are those of classifiers, and data must say what their classes are."""
    return bool({"scores", "timing"} & set(kinds))


def _members(group: SideGroup, reading: Reading, data: TextSet | None) -> Iterator[Opened]:
    """Yield the members of one population."""
    files: list[Source] = [side.answers or side.source for side in group.sides if side.is_file]
    if not files:
        yield from _models(group, reading, data)
    elif len(files) == len(group.sides):
        yield from _files(group, files, reading, data)
    else:
        raise InputError(
            f"The {group.role} {group.name} is given as predictions ({', '.join(map(str, files))}) and as models. Its "
            "seeds must be of one sort: give each its own name, NAME=PATH, to compare them."
        )


def _without_scores(
    group: SideGroup, reading: Reading, data: TextSet | None, kinds: Sequence[Kind]
) -> Iterator[Opened]:
    """Yield the members of one population, from which no audit needs scores."""
    in_memory = [side.source for side in group.sides if side.answers is not None]
    if in_memory:
        raise InputError(f"{in_memory[0]} is in memory, where only scores of classes are read, not {', '.join(kinds)}.")
    if all(side.is_file for side in group.sides):
        yield from files_of_kinds(group, kinds, reading.columns, data)
    elif data is None:
        raise _no_texts(group)
    else:
        yield from models_of_kinds(group, kinds, reading.max_length)


def _no_texts(group: SideGroup) -> InputError:
    """Return the error for a model without texts, or for what is called like one."""
    source = group.sides[0].source
    if Path(source).exists():
        return InputError(f"The {group.role} {source} is a model, and there are no texts for it to read. Give --data.")
    return InputError(
        f"The {group.role} {source} is neither a file nor a folder, and a model of the hub needs texts to read. Check "
        "the path, or give --data."
    )


def _models(group: SideGroup, reading: Reading, data: TextSet | None) -> Iterator[Opened]:
    """Yield the members of a population of models."""
    if data is None:
        raise _no_texts(group)
    from angelshare.models.checkpoint import load_scorer
    from angelshare.models.memory import Loading

    fingerprints: list[str] = []
    folders = seed_folders(group)
    for seed, source in folders:
        seat = Seat(group.role, group.name, seed)
        loading = Loading(
            source,
            data.task,
            max_length=reading.max_length,
            trust_remote_code=reading.trust_remote_code,
            allow_pickle=reading.allow_pickle,
        )
        scorer: Scorer = load_scorer(name=seat.member, **asdict(loading))
        scorer = scorer if reading.labels is None else relabelled(scorer, reading.labels)
        check_labels(seat.member, scorer.card.labels, data)
        fingerprints.append(scorer.card.fingerprint)
        refuse_copies(group, fingerprints, [folder for _, folder in folders])
        yield Opened(seat, scorer.card, source, scorer, loading)


def _files(group: SideGroup, files: Sequence[Source], reading: Reading, data: TextSet | None) -> Iterator[Opened]:
    """Yield the members of a population of files, with the truth of the data if there are any."""
    population = read_population(
        files,
        group.role,
        group.name,
        task=reading.task or (None if data is None else data.task),
        labels=reading.labels or (None if data is None else data.labels),
        columns=reading.columns,
        positive=reading.positive,
        threshold=reading.threshold,
        clip=reading.clip,
        ids=None if data is None else np.array(data.ids),
    )
    digest, kind = _origin(files, population)
    for given in population.members:
        observed = given if data is None else attach_truth(given, data)
        member = observed.member
        seat = Seat(group.role, group.name, member.seed)
        card = ModelCard(
            name=seat.member,
            task=member.task,
            labels=member.labels,
            fingerprint=member.fingerprint or f"{digest}#{member.seed}",
            parent_fingerprint=member.parent_fingerprint,
            precision="not stated",
            kind=kind,
        )
        held = replace(observed, member=replace(member, name=seat.member))
        yield Opened(seat, card, ", ".join(map(str, files)), held={"scores": held})


def _origin(files: Sequence[Source], population: Population[Observed[Predictions]]) -> tuple[str, str]:
    """Return what tells these answers from others, and what they are."""
    paths = [file for file in files if not isinstance(file, AnswersAtHand)]
    if len(paths) == len(files):
        return f"file:{_digest(Path(path).read_bytes() for path in paths)}", "file of predictions"
    answers = (
        (observed.items.ids.tolist(), observed.member.labels, observed.member.outputs)
        for observed in population.members
    )
    values = (np.ascontiguousarray(observed.member.values).tobytes() for observed in population.members)
    return f"answers:{_digest([*values, *(repr(said).encode() for said in answers)])}", "answers in memory"


def _digest(contents: Iterable[bytes]) -> str:
    """Return the sha256 of the sha256 of each."""
    return hashlib.sha256("".join(hashlib.sha256(each).hexdigest() for each in contents).encode()).hexdigest()
