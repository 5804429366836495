"""The sides of a comparison as the user gave them, their populations, and the seeds of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from angelshare.core.errors import InputError
from angelshare.core.task import ModelRole
from angelshare.data.predictions.at_hand import AnswersAtHand
from angelshare.data.predictions.harness_logs import filters_of
from angelshare.data.tables.file_kinds import SUFFIXES, file_kind

TEACHER = "teacher"
"""The name of all teachers, which no student may have."""


@dataclass(frozen=True, slots=True)
class Side:
    """A source that the user gave for one role.

    Attributes:
        role: in the comparison.
        name: of the population; sides of the same name are its seeds, and so are all students without a name.
        source: a model folder, a folder of seed-* folders, a hub id, a file of predictions or an evaluation log; for
            answers in memory, their name in messages.
        answers: in memory; None if they are to be read or observed.
    """

    role: ModelRole
    name: str | None
    source: str
    answers: AnswersAtHand | None = None

    def __post_init__(self) -> None:
        """Refuse a student that would pass for its teacher."""
        if self.role != "teacher" and self.name == TEACHER:
            raise InputError(
                f"The {self.role} {self.source!r} has the name of the teacher. Give it another: NAME=PATH."
            )

    @property
    def place(self) -> str:
        """Return the absolute path of the source, however it was given; a hub id stays, answers get a number."""
        if self.answers is not None:
            return f"memory: {id(self.answers)}"
        return str(Path(self.source).resolve()) if Path(self.source).exists() else self.source

    @property
    def is_file(self) -> bool:
        """Whether it is a file of predictions, has the name of one, or is answers in memory, which are read alike."""
        return self.answers is not None or Path(self.source).is_file() or Path(self.source).suffix.lower() in SUFFIXES


@dataclass(frozen=True, slots=True)
class SideGroup:
    """The sources of one population."""

    role: ModelRole
    name: str
    sides: tuple[Side, ...]


def parse_side(role: ModelRole, given: str) -> Side:
    """Return a side from `PATH` or `NAME=PATH`.

    Raises:
        InputError: if the name or the path is blank, or a student or baseline bears the teacher's name.
    """
    name, separator, source = given.partition("=")
    if not separator or Path(given).exists():
        name, source = "", given
    elif not name.strip():
        raise InputError(f"The {role} {given!r} has no name before the `=`. Write NAME=PATH, or the path alone.")
    if not source.strip():
        raise InputError(f"The {role} {given!r} names no file, folder or hub id. Write NAME=PATH, or the path alone.")
    return Side(role, name or None, source)


def grouped(sides: tuple[Side, ...]) -> list[SideGroup]:
    """Return one group per population.

    All teachers are one population. Students without a name are the seeds of one, which is named after its file or
    folder if there is a single one. A baseline without a name belongs to the only student.

    Raises:
        InputError: if there is no student, a source is given twice or is a folder of files, or it is not clear which
            student a baseline belongs to.
    """
    for side in sides:
        _refuse_folder_of_files(side)
        if sum((other.role, other.place) == (side.role, side.place) for other in sides) > 1:
            raise InputError(f"The {side.role} {side.source} is given more than once. Give each of its seeds once.")
    nameless = [side for side in sides if side.role == "student" and side.name is None]
    called = Path(nameless[0].source).stem if len(nameless) == 1 else "student"
    called = "student" if called == TEACHER else called
    names = {"teacher": TEACHER, "student": called}
    students = dict.fromkeys(side.name or called for side in sides if side.role == "student")
    if not students:
        raise InputError("There is no student to compare with the teacher. Give --student.")
    groups: dict[tuple[ModelRole, str], list[Side]] = {}
    for side in sides:
        if side.role == "baseline" and side.name is None and len(students) > 1:
            raise InputError(
                f"Which of the students {', '.join(students)} has the baseline {side.source}? "
                "Name it: --baseline STUDENT=PATH."
            )
        name = TEACHER if side.role == "teacher" else side.name or names.get(side.role, next(iter(students)))
        groups.setdefault((side.role, name), []).append(side)
    return [SideGroup(role, name, tuple(members)) for (role, name), members in groups.items()]


def _refuse_folder_of_files(side: Side) -> None:
    """Refuse a folder that holds files of predictions, or logs, instead of a model."""
    folder = Path(side.source)
    if side.is_file or not folder.is_dir() or (folder / "config.json").exists():
        return
    files = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if files and not any(folder.glob("seed-*")):
        raise InputError(
            f"The {side.role} {side.source} is a folder without a model. Name a file in it, such as {files[0]} "
            f"({len(files)} there)."
        )


def filter_warnings(sides: Sequence[Side], label: str) -> Iterator[str]:
    """Yield a warning if sample logs were judged by different filters, which may account for a difference.

    Args:
        sides: of the comparison, after reading: a log with several filters has been refused, unless one was chosen.
        label: what the column `label` is mapped to; METRIC@FILTER chooses one filter for all logs.
    """
    files = [side.source for side in sides if side.is_file and side.answers is None]
    logs = [source for source in files if file_kind(Path(source)) == "harness log"]
    filters = {} if "@" in label else {source: ", ".join(filters_of(Path(source))) for source in logs}
    if len(set(filters.values())) > 1:
        told = ", ".join(f"{filter_} in {Path(source).name}" for source, filter_ in filters.items())
        yield f"The logs judge answers by different filters, and part of a difference may be theirs: {told}."


def seed_folders(group: SideGroup) -> Sequence[tuple[int | None, str]]:
    """Return the seeds and folders of a population: the seed-* folders in its sources, or else the sources in order.

    Raises:
        InputError: if two sources have the same seed, or only some have seed-* folders.
    """
    by_seed: dict[int, str] = {}
    plain: list[str] = []
    for side in group.sides:
        folders = [f for f in Path(side.source).glob("seed-*") if f.name.removeprefix("seed-").isdecimal()]
        for folder in folders:
            seed = int(folder.name.removeprefix("seed-"))
            if seed in by_seed:
                raise InputError(
                    f"Both {by_seed[seed]} and {folder} are seed {seed} of {group.name}. "
                    "Name the populations: NAME=PATH."
                )
            by_seed[seed] = str(folder)
        if not folders:
            plain.append(side.source)
    if by_seed and plain:
        raise InputError(
            f"{plain[0]} has no seed-* folders, but {group.name}'s other sources do. Give each seed's folder."
        )
    if len(plain) == 1:
        return [(None, plain[0])]
    return sorted(by_seed.items()) or list(enumerate(plain))


def refuse_copies(group: SideGroup, fingerprints: Sequence[str], sources: Sequence[str]) -> None:
    """Refuse two equal models: a copy is no second seed, and would make the spread over seeds look small.

    Files of predictions are not checked here, since two seeds may decide alike; copies of scores are refused when
    members are aligned.

    Raises:
        InputError: with the names of both.
    """
    first: dict[str, str] = {}
    for fingerprint, source in zip(fingerprints, sources, strict=False):
        same = first.setdefault(fingerprint, source)
        if same != source:
            raise InputError(
                f"{same} and {source} hold the same {group.role} {group.name}. Give each of its seeds once."
            )
