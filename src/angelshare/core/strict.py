"""The base of all parts of a recipe, and what is wrong with one, in sentences."""

from pydantic import BaseModel, ConfigDict, ValidationError

from angelshare.core.factories import nearest


class Strict(BaseModel):
    """A part of a recipe: unknown keys are mistakes, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


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
            said.append(f"{name}: {problem['msg']}.")
    return said
