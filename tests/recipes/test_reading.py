import pytest

from angelshare.core.errors import RecipeError
from angelshare.recipes.reading import builtin_names, parse_recipe, read_recipe

GOOD = """
version: 1
name: mine
data: {source: sst2}
teacher: {model: minilm}
students:
  - {name: mlp, kind: mlp}
"""


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, where="mine.yaml")
    return caught.value.problems


@pytest.mark.parametrize("name", builtin_names())
def test_every_built_in_recipe_reads(name):
    """What the package brings is right."""
    assert read_recipe(name).name == name


def test_defaults_make_a_short_recipe_whole():
    """Five keys are enough."""
    recipe = parse_recipe(GOOD, where="mine.yaml")
    assert recipe.seeds == (0,)
    assert recipe.audits == ("quality", "agreement")


def test_all_mistakes_are_told_at_once_each_with_its_place_and_the_nearest_name():
    """One run of the command shows everything that must be mended."""
    text = GOOD.replace("kind: mlp", "kind: mlp, vocabularry: 5000").replace("version: 1", "version: 2")
    text += "distil: {objective: {kind: soft_targets, temprature: 2}}\ngate: []\n"
    found = problems_of(text)
    assert "mine.yaml: students.0.vocabularry: unknown key. Did you mean 'vocabulary'?" in found
    assert "mine.yaml: distil.objective.temprature: unknown key. Did you mean 'temperature'?" in found
    assert "mine.yaml: gate: unknown key. Did you mean 'gates'?" in found
    assert any(problem.startswith("mine.yaml: version: ") for problem in found)
    assert len(found) == 4


def test_unknown_audits_and_metrics_are_named_with_the_nearest():
    """Names that other rooms know are checked before anything is trained."""
    found = problems_of(GOOD + "audits: [qualty]\ngates: [{metric: acuracy, margin: 0.01}]\n")
    assert any("Did you mean 'quality'?" in problem for problem in found)
    assert any("Did you mean 'accuracy'?" in problem for problem in found)


def test_a_missing_key_is_named():
    """So that it can be added."""
    assert problems_of("version: 1\nname: a\ndata: {source: sst2}\nstudents: [{name: m, kind: mlp}]\n") == (
        "mine.yaml: teacher: this key is needed.",
    )


def test_an_unknown_kind_of_student_lists_the_known_ones():
    """The user sees what there is."""
    (problem,) = problems_of(GOOD.replace("kind: mlp", "kind: mpl"))
    assert "students.0" in problem
    assert "'bilstm'" in problem


def test_a_key_given_twice_is_refused():
    """A plain YAML loader would keep the last and say nothing."""
    (problem,) = problems_of(GOOD + "name: other\n")
    assert "'name' is given twice" in problem


def test_students_of_one_name_are_refused():
    """They would overwrite each other."""
    (problem,) = problems_of(GOOD + "  - {name: mlp, kind: cnn}\n")
    assert "mlp appears more than once" in problem


@pytest.mark.parametrize(("text", "says"), [("- a\n", "list"), ("a: [\n", "not valid YAML"), ("", "NoneType")])
def test_what_is_no_mapping_is_no_recipe(text, says):
    """Whatever the file holds, the message says what was found."""
    (problem,) = problems_of(text)
    assert says in problem


def test_an_unknown_name_gets_the_nearest_built_in():
    """`angelshare run sst-2` should find its way."""
    with pytest.raises(RecipeError, match="Did you mean 'sst2'"):
        read_recipe("sst-2")


def test_a_missing_file_is_named():
    """A path is told from a name by its suffix or its folder."""
    with pytest.raises(RecipeError, match=r"There is no recipe at no/such\.yaml"):
        read_recipe("no/such.yaml")


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    """With the byte at which it breaks."""
    (tmp_path / "r.yaml").write_bytes(b"name: caf\xe9\n")
    with pytest.raises(RecipeError, match="not UTF-8"):
        read_recipe(str(tmp_path / "r.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        "? [a, b]\n: 1\n",
        "data: 2001-99-99\n",
        "a: !!int 'x'\n",
        "a: !!python/object/apply:os.system ['true']\n",
        "[" * 2000,
        "&a [*a]\n",
    ],
)
def test_hostile_yaml_is_refused_in_one_line(text):
    """No recursion, no code, no traceback."""
    (problem,) = problems_of(text)
    assert problem.startswith("mine.yaml")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("name: mine", "name: ../../x"), "name"),
        (("name: mine", "name: mine\nseeds: [true]"), "seeds.0"),
        (("name: mine", "name: mine\nseeds: [1, 1]"), "seeds"),
        (("kind: mlp}", "kind: cnn, ngrams: []}"), "students.0.ngrams"),
        (("name: mine", "name: mine\ndistil: {epochs: .inf}"), "distil.epochs"),
        (("name: mine", "name: mine\ngates: [{metric: accuracy, margin: .inf}]"), "gates.0.margin"),
        (("name: mine", "name: mine\ngates: [{metric: accuracy, margin: 1}]"), "gates.0"),
        (("name: mine", "name: mine\nmargins: {auc: 2}"), "margins"),
        (("name: mine", "name: mine\ndistil: {objective: {kind: hard_labels}}"), "distil.objective"),
    ],
)
def test_values_that_would_only_fail_hours_later_are_refused_when_read(change, place):
    """Each with its place."""
    (problem,) = problems_of(GOOD.replace(*change))
    assert problem.startswith(f"mine.yaml: {place}")
