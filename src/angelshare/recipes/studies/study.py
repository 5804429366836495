"""What a study consists of: a recipe for each arm, a suite of test sets, and the models that play the paper's parts."""

from collections.abc import Mapping
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from angelshare.core.factories import unknown_name
from angelshare.core.strict import Strict
from angelshare.data.suites.gathering import SuiteSpec, suites
from angelshare.recipes.entries import StudentEntry
from angelshare.recipes.schema import Recipe

TAKEN = ("observations", "predictions")
"""The folders beside those of the arms."""
P = TypeVar("P", bound=Strict)


def _known_suite(suite: str | SuiteSpec) -> str | SuiteSpec:
    """Refuse the name of an unknown suite."""
    if isinstance(suite, str) and suite not in suites():
        raise ValueError(unknown_name("suite", suite, suites()))
    return suite


def _free(name: str) -> str:
    """Refuse a name for an arm whose folder serves another purpose."""
    if name in TAKEN:
        raise ValueError(f"An arm has the name of another folder, {name}. Give it another.")
    return name


ArmName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$"), AfterValidator(_free)]


class Study(Strict, Generic[P]):
    """A study at one scale; a paper gives the model of its parts, `Study[Parts]`, and may check more in a subclass.

    Attributes:
        about: sentences on what is smaller than in the paper, and why.
        settings: name -> the paper's setting and ours, for the page.
        suite: the test sets: the name of a suite, or its contents. The test split of the data is its in-domain set.
        arms: recipes on the same data; all models are compared with the teacher of the first.
        parts: the models that play the paper's parts.
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
