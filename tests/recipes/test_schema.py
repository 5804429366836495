"""The keys of a recipe."""

import pytest

from angelshare.audits.frame.installed import AUDITS
from angelshare.core.errors import RecipeError
from angelshare.recipes.reading import parse_recipe
from angelshare.recipes.schema import Recipe

RECIPE = """
version: 1
name: mine
data: {source: sst2}
teacher: {model: minilm}
students: [{kind: mlp, name: small}]
"""


def unbounded(schema, place):
    """Yield the places of numbers in a JSON schema that lack a lower or an upper bound."""
    if isinstance(schema, list):
        for part in schema:
            yield from unbounded(part, place)
    if not isinstance(schema, dict):
        return
    if schema.get("type") in {"integer", "number"} and "const" not in schema:
        ends = [{"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}]
        if not all(end & schema.keys() for end in ends):
            yield place
    for key, part in schema.items():
        yield from unbounded(part, f"{place}.{key}")


@pytest.mark.parametrize("model", [Recipe, *(AUDITS.get(name).Options for name in AUDITS.names())])
def test_every_number_has_bounds(model):
    """So that a slip of the pen is refused before anything is trained."""
    assert list(unbounded(model.model_json_schema(), model.__name__)) == []


@pytest.mark.parametrize(
    "line",
    [
        "distil: {objective: {kind: soft_targets, temperature: 1.0e+300}}",
        "distil: {objective: {kind: soft_targets, temperature: 1.0e-300}}",
        "distil: {epochs: 1.0e+30}",
        "distil: {batch_size: 1000000000000}",
        "transfer: {augment: [{copies: 1000000000}]}",
        "transfer: {seed: -1}",
        "audits: [{kind: speed, rounds: 1000000000}]",
        "audits: [{kind: speed, n_texts: 1000000000000}]",
        "audits: []",
        "margins: {accuracy: 1.0e+300}",
    ],
)
def test_what_nobody_wants_is_refused_before_anything_is_trained(line):
    """The temperature, the copies, the rounds: each is a number that a typing error makes endless."""
    key = line.partition(":")[0]
    with pytest.raises(RecipeError, match=f"mine.yaml: {key}"):
        parse_recipe(f"{RECIPE}{line}", where="mine.yaml")
    parse_recipe(RECIPE, where="mine.yaml")


def test_the_width_of_a_student_has_bounds():
    """A network of 1e12 units fits no machine."""
    with pytest.raises(RecipeError, match=r"hidden_width: .* \(given: 1000000000000\)"):
        parse_recipe(RECIPE.replace("name: small", "name: small, hidden_width: 1000000000000"), where="mine.yaml")


def test_a_number_of_many_digits_is_shortened():
    """Nobody reads a thousand of them."""
    with pytest.raises(RecipeError) as error:
        parse_recipe(f"{RECIPE}seeds: [{'7' * 1000}]", where="mine.yaml")
    assert len(str(error.value)) < 300
