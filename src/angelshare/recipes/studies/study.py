"""What a study consists of: a recipe for each arm, a suite of test sets, and who of the models plays which part."""

from collections.abc import Mapping
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from angelshare.core.factories import unknown_name
from angelshare.core.strict import Strict
from angelshare.data.suites.gathering import SuiteSpec, suites
from angelshare.recipes.schema import Recipe, StudentEntry

TAKEN = ("observations", "predictions")
"""Folders beside those of the arms."""
P = TypeVar("P", bound=Strict)


def _known_suite(suite: str | SuiteSpec) -> str | SuiteSpec:
    """Refuse the name of a suite that nobody knows."""
    if isinstance(suite, str) and suite not in suites():
        raise ValueError(unknown_name("suite", suite, suites()))
    return suite


def _free(name: str) -> str:
    """Refuse the name of an arm whose folder would be something else."""
    if name in TAKEN:
        raise ValueError(f"An arm is called {name}, as another folder is. Give it another name.")
    return name


ArmName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$"), AfterValidator(_free)]


class Study(Strict, Generic[P]):
    """A study at one scale; a paper names the model of its parts, `Study[Parts]`, and may check more in a subclass.

    Attributes:
        about: what was made smaller than in the paper, and why, as sentences.
        settings: what -> the paper's and ours, for the page.
        suite: of test sets: its name, or what it consists of. The test split of the arms' data is its in-domain set.
        arms: recipes on the same data; the teacher of the first is the one that all models are held against.
        parts: who plays which part in the paper.
    """

    version: Literal[1]
    about: tuple[str, ...] = ()
    settings: dict[str, tuple[str, str]] = Field(default_factory=dict)
    suite: Annotated[str | SuiteSpec, AfterValidator(_known_suite)]
    arms: Annotated[dict[ArmName, Recipe], Field(min_length=1)]
    parts: P

    @property
    def first(self) -> Recipe:
        """Return the recipe of the first arm."""
        return next(iter(self.arms.values()))

    def students(self, arm: str) -> Mapping[str, StudentEntry]:
        """Return the students of an arm by name."""
        return {student.name: student for student in self.arms[arm].students}

    @model_validator(mode="after")
    def _arms_share_their_texts(self) -> Self:
        """Refuse arms on other data than the first, and suites of an arm."""
        for name, recipe in self.arms.items():
            if recipe.data != self.first.data:
                raise ValueError(
                    f"The arm {name} has other data than the first: models are compared on the same texts."
                )
            if recipe.suites:
                raise ValueError(f"The arm {name} names a suite. A study has one for all arms: put it beside them.")
        return self
