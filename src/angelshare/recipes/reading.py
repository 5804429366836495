"""Recipes read from YAML; all mistakes are told at once."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from angelshare.audits.frame.installed import AUDITS
from angelshare.audits.frame.registry import audits_with
from angelshare.core.errors import RecipeError
from angelshare.core.factories import unknown_name
from angelshare.core.shown import shortened
from angelshare.recipes.schema import Recipe

BUILTIN = files("angelshare.recipes.builtin")
MOST_BYTES = 2**20
"""A recipe has a few kilobytes."""

M = TypeVar("M", bound=BaseModel)


def builtin_names() -> tuple[str, ...]:
    """Return the names of the recipes that come with the package."""
    return tuple(sorted(item.name.removesuffix(".yaml") for item in BUILTIN.iterdir() if item.name.endswith(".yaml")))


def read_recipe(name_or_path: str) -> Recipe:
    """Return a built-in recipe by name, or the recipe in a file.

    Raises:
        RecipeError: with every mistake, each with its place in the file and the nearest known name.
    """
    if name_or_path in builtin_names():
        return parse_recipe(BUILTIN.joinpath(f"{name_or_path}.yaml").read_text("utf-8"), where=name_or_path)
    path = Path(name_or_path)
    if not path.is_file():
        looks_like_path = path.suffix in (".yaml", ".yml") or len(path.parts) > 1
        if looks_like_path:
            raise RecipeError([f"There is no recipe at {path}. Give a file, or one of: {', '.join(builtin_names())}."])
        raise RecipeError([unknown_name("recipe", name_or_path, builtin_names())])
    if path.stat().st_size > MOST_BYTES:
        raise RecipeError([f"{path} has {path.stat().st_size:,} bytes, and no recipe has. Check the path."])
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError([f"{path} is not UTF-8: {error.reason} at byte {error.start}. Save it as UTF-8."]) from error
    return parse_recipe(text, where=str(path))


def parse_recipe(text: str, *, where: str) -> Recipe:
    """Return the recipe that a YAML text describes.

    Raises:
        RecipeError: with every mistake.
    """
    try:
        content = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506  (a SafeLoader that refuses repeated keys)
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        # PyYAML lets the errors of its constructors through: impossible dates, numbers without digits, lists as keys
        raise RecipeError([f"{where} is not valid YAML: {' '.join(str(error).split())[:500]}"]) from error
    if not isinstance(content, dict):
        raise RecipeError([f"{where} holds {type(content).__name__}; a recipe is a mapping of keys such as `data:`."])
    return checked(Recipe, content, where=where)


def checked(model: type[M], content: Mapping[str, Any], *, where: str) -> M:
    """Return the recipe, or the model that holds recipes, that a mapping describes.

    Raises:
        RecipeError: with every mistake.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        details = _distinct(error.errors())
        raise RecipeError([f"{where}: {_sentence(detail, model)}" for detail in details]) from error


class _UniqueKeys(yaml.SafeLoader):
    """A loader of YAML without code, which refuses repeated keys; plain loaders silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  (PyYAML's signature)
        """Return the mapping, unless a key is given twice."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                problem = f"the key {key!r} is given twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _distinct(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the mistakes, without those that merely follow from a mistake inside."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(place[: len(detail["loc"])] == detail["loc"] != place for place in places)
    ]


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    """Return a mistake as a sentence: its place, what is wrong, the value, and the remedy."""
    location, value = detail["loc"], detail["input"]
    place = ".".join(str(part) for part in _visible(location))
    if detail["type"] == "extra_forbidden":
        known = _keys_at(location[:-1], model)
        if model is Recipe and len(location) == 1 and (hint := _of_audits(str(location[0]))):
            return f"{place}: {hint}"
        near = get_close_matches(str(location[-1]), known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known here: {', '.join(sorted(known))}."
        return f"{place}: unknown key.{hint}"
    if detail["type"] == "missing":
        return f"{place}: this key is needed."
    message = detail["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(value, dict | list) else f" (given: {shortened(repr(value))})"
    return f"{place}: {message}{shown}" if place else f"{message}{shown}"


def _of_audits(key: str) -> str:
    """Return where the name of an audit, or an option of one, belongs in a recipe; "" for any other key."""
    if key in AUDITS.names():
        return f"an audit, whose options go with it: audits: [{{kind: {key}, ...}}]."
    holders = audits_with(key)
    if holders and not get_close_matches(key, Recipe.model_fields, n=1):
        return f"an option of an audit, and goes with it: audits: [{{kind: {holders[0]}, {key}: ...}}]."
    return ""


def _visible(location: tuple[int | str, ...]) -> list[int | str]:
    """Return the place as in the file, without the tags that pydantic adds for unions."""
    parts: list[int | str] = []
    is_tag = False
    for part in location:
        # a key may have the name of its tag, but no tag follows another
        is_tag = bool(parts) and part in _TAGS and not is_tag
        if not is_tag and not (isinstance(part, str) and "[" in part):
            parts.append(part)
    return parts


def _keys_at(location: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """Return the known keys at a place; a part of the place that is no key, such as an arm's name, is passed over."""
    models = [model]
    for part in location:
        tagged = [model for model in models if part in _kinds(model)]
        if tagged:
            models = tagged
        elif isinstance(part, str):
            fields = [model.model_fields[part].annotation for model in models if part in model.model_fields]
            models = [model for annotation in fields for model in _models_in(annotation)] or models
    return sorted({field.alias or name for model in models for name, field in model.model_fields.items()})


def _models_in(annotation: object) -> list[type[BaseModel]]:
    """Return the models that an annotation mentions."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _kinds(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the tags that tell this model from the others of a union."""
    field = model.model_fields.get("kind")
    return () if field is None else get_args(field.annotation)


def _all_models(model: type[BaseModel], seen: frozenset[type[BaseModel]] = frozenset()) -> frozenset[type[BaseModel]]:
    """Return a model and all models inside it."""
    if model in seen:
        return seen
    seen |= {model}
    for field in model.model_fields.values():
        for part in _models_in(field.annotation):
            seen = _all_models(part, seen)
    return seen


_TAGS = frozenset(kind for model in _all_models(Recipe) for kind in _kinds(model))
