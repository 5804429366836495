"""The base of all parts of a recipe."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a recipe: unknown keys are mistakes, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
