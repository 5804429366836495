"""Every key of a recipe: what it may be, its default and what it means, read off the models that parse recipes."""

import inspect
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from angelshare.audits.frame.installed import AUDITS, InstalledAudits
from angelshare.core.errors import InputError, LeftOut
from angelshare.core.strict import Strict
from angelshare.recipes.schema import Recipe

Schema = Mapping[str, Any]
"""A JSON schema, as pydantic writes it."""
AUDITS_KEY = "audits"

_SIMPLE = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}
_LONG = 1e10
_BOUNDS = {
    "minimum": "from {}",
    "exclusiveMinimum": "above {}",
    "maximum": "to {}",
    "exclusiveMaximum": "below {}",
}


@dataclass(frozen=True, slots=True)
class KeySection:
    """The keys below one key of a recipe.

    Attributes:
        place: that key, such as `transfer.sources`; "" for the recipe itself.
        kind: the one of several kinds that may stand there; None if there is only one.
        about: a description.
        rows: key, what it may be, default, meaning.
    """

    place: str
    kind: str | None
    about: str
    rows: tuple[tuple[str, str, str, str], ...]

    def markdown(self) -> Iterator[str]:
        """Yield the lines of the section."""
        title = f"`{self.place}`" if self.place else "The recipe"
        yield from (f"## {title}, `kind: {self.kind}`" if self.kind else f"## {title}", "", self.about, "")
        if self.rows:
            yield from ("| key | what it may be | default | what it means |", "|---|---|---|---|")
            yield from (f"| {' | '.join(row)} |" for row in self.rows)
            yield ""


def key_sections(audits: InstalledAudits = AUDITS) -> tuple[KeySection, ...]:
    """Return the sections of all keys, in the order of a recipe.

    Args:
        audits: those whose options are listed below `audits`.
    """
    return tuple(section for below in _sections(Recipe, "") for section in (below, *_options(below, audits)))


def known_places() -> tuple[str, ...]:
    """Return the keys that have keys below them."""
    return tuple(dict.fromkeys(section.place for section in key_sections() if section.place))


def meanings(model: type[Strict]) -> dict[str, str]:
    """Return the meanings of a model's keys, from the `Attributes` in its docstring and those of its bases."""
    written = {name: field.alias or name for name, field in model.model_fields.items()}
    names = "|".join(written)
    entry = re.compile(rf"(?:^|(?<=[.;]) |\n)\s*((?:{names})(?:,\s+(?:{names}))*): ")
    told: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        _, _, attributes = inspect.cleandoc(owner.__dict__.get("__doc__") or "").partition("Attributes:")
        _, *parts = entry.split(attributes)
        for keys, meaning in zip(parts[::2], parts[1::2], strict=True):
            told |= {written[key]: _sentence(meaning) for key in re.split(r",\s+", keys)}
    return told


def _sentence(meaning: str) -> str:
    """Return a meaning as one sentence on one line, with `null` for None as in YAML."""
    line = " ".join(meaning.split()).rstrip(".;").replace("None", "null")
    return f"{line[0].upper()}{line[1:]}." if line[0].isalpha() else f"{line}."


def _models() -> dict[str, type[Strict]]:
    """Return the models by name."""
    known, waiting = {}, [Strict]
    while waiting:
        model = waiting.pop()
        known[model.__name__] = model
        waiting += model.__subclasses__()
    return known


def _sections(model: type[Strict], place: str) -> Iterator[KeySection]:
    """Yield the section of a model, and those of all models inside it."""
    schema = model.model_json_schema()
    models, places = _models(), _places(model.__name__, schema, place)
    for name, at in places.items():
        yield _section(models[name], schema.get("$defs", {}).get(name, schema), at, places)


def _options(section: KeySection, audits: InstalledAudits) -> Iterator[KeySection]:
    """Yield, after the section on audits, the options of every audit that has any; of an unusable one a warning."""
    for name in audits.names() if section.place == AUDITS_KEY else ():
        try:
            first, *below = _sections(audits.get(name).Options, AUDITS_KEY)
        except InputError as error:
            warnings.warn(str(error), LeftOut, stacklevel=2)
            continue
        if first.rows:
            yield from (replace(first, kind=name), *below)


def _places(model: str, schema: Schema, place: str) -> dict[str, str]:
    """Return each model -> the first key that holds it, breadth first, beginning with the model itself."""
    places, waiting = {model: place}, [(f"{place}." if place else "", schema)]
    for path, content in waiting:
        for key, value in content.get("properties", {}).items():
            for name in re.findall(r"'\$ref': '#/\$defs/(\w+)'", str(value)):
                if name not in places:
                    places[name] = f"{path}{key}"
                    waiting.append((f"{path}{key}.", schema["$defs"][name]))
    return places


def _section(model: type[Strict], content: Schema, place: str, places: Mapping[str, str]) -> KeySection:
    """Return the section of one model."""
    about = " ".join(inspect.cleandoc(model.__doc__ or "").partition("Attributes:")[0].split())
    told, required = meanings(model), content.get("required", ())
    keys: Mapping[str, Schema] = {key: value for key, value in content["properties"].items() if key != "kind"}
    return KeySection(
        place,
        content["properties"].get("kind", {}).get("const"),
        about.replace("None", "null"),
        tuple(
            (f"`{key}`", _words(value, places), "required" if key in required else _default(value), told.get(key, ""))
            for key, value in keys.items()
        ),
    )


def _default(value: Schema) -> str:
    """Return a default as in YAML; "" if it consists of the defaults of keys below."""
    default = value.get("default")
    if isinstance(default, dict) or (isinstance(default, list) and any(isinstance(item, dict) for item in default)):
        return ""
    if isinstance(default, list):
        return f"`[{', '.join(map(str, default))}]`"
    if default is None:
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _plain(bound: float) -> str:
    """Return a bound as people write it: 0.5, 1,000,000, 1e+30."""
    return f"{bound:g}" if abs(bound) > _LONG else f"{bound:,}".removesuffix(".0")


def _words(value: Schema, places: Mapping[str, str]) -> str:
    """Return what a value may be, in words."""
    if "$ref" in value:
        return f"keys of `{places[value['$ref'].rpartition('/')[2]]}`"
    if "const" in value or "enum" in value:
        return ", ".join(f"`{choice}`" for choice in value.get("enum", [value.get("const")]))
    if choices := value.get("anyOf") or value.get("oneOf"):
        return " or ".join(dict.fromkeys(_words(choice, places) for choice in choices))
    if value.get("type") == "array":
        return f"list: {_words(value['items'], places)}"
    if value.get("type") == "object":
        return f"mapping: {_words(value['additionalProperties'], places)}"
    bounds = (words.format(_plain(value[key])) for key, words in _BOUNDS.items() if key in value)
    return " ".join([_SIMPLE[value["type"]], *bounds])
