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
    """Return the models of every arm, trained or, where they exist, loaded."""
    return {arm: train(recipe, splits, out / arm, jobs=jobs, progress=progress) for arm, recipe in study.arms.items()}


def side_by_side(arms: Mapping[str, Trained], names: Mapping[str, str]) -> tuple[Opened, ...]:
    """Return the models of all arms: those of the first as they are, teachers of other arms as students.

    Args:
        arms: in the study's order.
        names: `ARM/MODEL` -> name among all models; by default, `MODEL+ARM`.
    """
    first, *others = arms
    return (*arms[first].opened, *(model for arm in others for model in _renamed(arms[arm], arm, names)))


def called(seat: Seat) -> str:
    """Return the name of a population among all models, where baselines are named after their students."""
    return baseline_of(seat.population) if seat.role == "baseline" else seat.population


def _renamed(trained: Trained, arm: str, names: Mapping[str, str]) -> Iterator[Opened]:
    """Yield the models of an arm other than the first, under their names among all."""
    for model in trained.opened:
        seat = model.seat
        name = names.get(f"{arm}/{seat.population}", f"{seat.population}+{arm}")
        yield replace(model, seat=Seat("student" if seat.role == "teacher" else seat.role, name, seat.seed))
