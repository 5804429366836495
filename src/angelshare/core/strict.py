"""The base of all parts of a recipe, and what is wrong with one, in sentences."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from angelshare.core.factories import nearest


class Strict(BaseModel):
    """A part of a recipe: unknown keys are mistakes, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _listed(given: object) -> object:
    """Return a single name as a tuple of one."""
    return (given,) if isinstance(given, str) else given


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names without repetitions."""
    return tuple(dict.fromkeys(names))


Seed = Annotated[int, Field(ge=0, lt=2**32)]
"""Every number of a recipe has bounds, far beyond what is of use: nothing is trained for a slip of the pen."""
NumberOfTexts = Annotated[int, Field(ge=1, le=1_000_000_000)]
Width = Annotated[int, Field(ge=1, le=65_536)]
MaxLength = Annotated[int, Field(ge=2, le=1_000_000)]
Factor = Annotated[float, Field(gt=0, le=1e6)]
Edge = Annotated[float, Field(ge=-1e30, le=1e30)]

Names = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_listed), AfterValidator(_each_once)]
"""An option of several names, each of which counts once; a single one needs no list."""
_SAID = {
    "path_type": "{!r} is not a path.",
    "tuple_type": "{!r} is not a list.",
    "string_type": "{!r} is not text.",
    "int_parsing": "{!r} is not a whole number.",
    "float_parsing": "{!r} is not a number.",
    "too_short": "Give at least one.",
}
"""What is wrong, where pydantic would speak of Python."""


def mistakes(error: ValidationError, options: type[BaseModel]) -> list[str]:
    """Return what is wrong with options, a sentence for each; of one that there is not, the nearest name."""
    said = []
    for problem in error.errors():
        name = ".".join(map(str, problem["loc"]))
        if problem["type"] == "extra_forbidden":
            known = tuple(options.model_fields)
            there = f"it has {', '.join(known)}" if known else "it has none"
            said.append(f"there is no option {name!r}; {there}.{nearest(name, known)}")
        else:
            plain = _SAID.get(problem["type"])
            said.append(f"{name}: {plain.format(problem['input']) if plain else problem['msg'] + '.'}")
    return said
