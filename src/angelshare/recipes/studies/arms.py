"""The models of a study: each arm trained in a folder of its own, the models of all arms side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from angelshare.core.protocols import Progress
from angelshare.data.texts.textset import Splits
from angelshare.recipes.observe.seats import Opened, Seat
from angelshare.recipes.run import Trained, train
from angelshare.recipes.studies.evidence import baseline_of
from angelshare.recipes.studies.study import P, Study


def train_arms(study: Study[P], splits: Splits, out: Path, *, jobs: int, progress: Progress) -> Mapping[str, Trained]:
    """Return the models of every arm, trained; what is there already is only loaded."""
    return {arm: train(recipe, splits, out / arm, jobs=jobs, progress=progress) for arm, recipe in study.arms.items()}


def side_by_side(arms: Mapping[str, Trained], names: Mapping[str, str]) -> tuple[Opened, ...]:
    """Return the models of all arms: the first arm's as they are, teachers of further arms among the students.

    Args:
        arms: in the study's order.
        names: `ARM/MODEL` -> what it is called; else, `MODEL+ARM`.
    """
    first, *others = arms
    return (*arms[first].opened, *(model for arm in others for model in _renamed(arms[arm], arm, names)))


def called(seat: Seat) -> str:
    """Return what a population is called among all models, where baselines have the names of their students."""
    return baseline_of(seat.population) if seat.role == "baseline" else seat.population


def _renamed(trained: Trained, arm: str, names: Mapping[str, str]) -> Iterator[Opened]:
    """Yield the models of an arm that is not the first."""
    for model in trained.opened:
        seat = model.seat
        name = names.get(f"{arm}/{seat.population}", f"{seat.population}+{arm}")
        yield replace(model, seat=Seat("student" if seat.role == "teacher" else seat.role, name, seat.seed))
