import pytest
import yaml

from angelshare.audits.frame.registry import Choice, choices
from angelshare.core.errors import RecipeError
from angelshare.recipes.reading import builtin_names, parse_recipe, read_recipe
from angelshare.statement.gates import Gate

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
    assert recipe.choices == choices("quality", "agreement", "calibration", "examples")


def test_an_audit_is_a_name_or_has_options_of_its_own():
    """Both are read, and written into the run folder as they were given."""
    text = GOOD + "audits: [quality, {kind: speed, n_texts: 200}, {kind: identity_auc, identities: [group *]}]\n"
    recipe = parse_recipe(text, where="mine.yaml")
    identities = Choice("identity_auc", {"identities": ["group *"]})
    assert recipe.choices == (Choice("quality"), Choice("speed", {"n_texts": 200}), identities)
    _, speed, identity_auc = (choice.load() for choice in recipe.choices)
    assert (speed.options.n_texts, speed.options.rounds) == (200, 10)
    assert identity_auc.options.identities == ("group *",)
    written = recipe.model_dump(mode="json")
    assert written["audits"] == [
        "quality",
        {"kind": "speed", "n_texts": 200},
        {"kind": "identity_auc", "identities": ["group *"]},
    ]
    assert parse_recipe(yaml.safe_dump(written), where="recipe.yaml") == recipe


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "audits: [{kind: speed, n_text: 5}]",
            (
                "audits.0: The audit speed: there is no option 'n_text'; it has n_texts, latencies, rounds, seed. "
                "Did you mean 'n_texts'?"
            ),
        ),
        ("audits: [{kind: speed, rounds: 2}]", "The audit speed: rounds: Input should be greater than or equal to 3."),
        ("audits: [{n_texts: 5}]", "audits.0.kind: this key is needed."),
        (
            "audits: [quality, quality]",
            "audits: The audit quality is chosen more than once. Choose it once, with all of its options.",
        ),
        ("speed: {n_texts: 5}", "speed: an audit, whose options go with it: audits: [{kind: speed, ...}]."),
        (
            "identities: [group *]",
            "identities: an option of an audit, and goes with it: audits: [{kind: identity_auc, identities: ...}].",
        ),
        (
            "n_examples: 5",
            "n_examples: an option of an audit, and goes with it: audits: [{kind: agreement, n_examples: ...}].",
        ),
    ],
)
def test_a_misplaced_or_misspelt_option_of_an_audit_is_told_where_it_goes(line, said):
    """With the nearest name, where one is near."""
    (problem,) = problems_of(GOOD + line + "\n")
    assert problem.removeprefix("mine.yaml: ").endswith(said)


def test_all_mistakes_are_told_at_once_each_with_its_place_and_the_nearest_name():
    """One run of the command shows everything that must be mended."""
    text = GOOD.replace("kind: mlp", "kind: mlp, vocabularry: 5000").replace("version: 1", "version: 2")
    text += "distil: {objective: {kind: soft_targets, temprature: 2}}\ngate: []\n"
    problems = problems_of(text)
    assert "mine.yaml: students.0.vocabularry: unknown key. Did you mean 'vocabulary'?" in problems
    assert "mine.yaml: distil.objective.temprature: unknown key. Did you mean 'temperature'?" in problems
    assert "mine.yaml: gate: unknown key. Did you mean 'gates'?" in problems
    assert any(problem.startswith("mine.yaml: version: ") for problem in problems)
    assert len(problems) == 4


def test_unknown_audits_and_metrics_are_named_with_the_nearest():
    """Names that other rooms know are checked before anything is trained."""
    problems = problems_of(GOOD + "audits: [qualty]\ngates: [{metric: acuracy, margin: 0.01}]\n")
    assert any("Did you mean 'quality'?" in problem for problem in problems)
    assert any("Did you mean 'accuracy'?" in problem for problem in problems)


def test_all_mistakes_in_slices_are_told_at_once():
    """Each with its place; the keys of one kind are unknown to another."""
    text = (
        GOOD
        + """
slices:
  - {kind: column, colum: source}
  - {kind: words, name: women}
  - {kind: length, edges: [16, 8]}
  - {kind: cross, of: [women]}
  - {kind: word, name: men}
"""
    )
    problems = problems_of(text)
    assert "mine.yaml: slices.0.colum: unknown key. Did you mean 'column'?" in problems
    assert "mine.yaml: slices.0.column: this key is needed." in problems
    assert "mine.yaml: slices.1: Give either words or a file with one word on a line." in problems
    assert "mine.yaml: slices.2.edges: The edges must rise, but ['16', '8'] do not." in problems
    assert any(problem.startswith("mine.yaml: slices.3.of: Tuple should have at least 2 items") for problem in problems)
    assert any(problem.startswith("mine.yaml: slices.4: ") and "'column'" in problem for problem in problems)
    assert len(problems) == 6


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


def test_a_student_called_teacher_is_refused():
    """It would pass for the teacher in every sentence."""
    (problem,) = problems_of(GOOD.replace("name: mlp", "name: teacher"))
    assert "A student has the name of the teacher. Give it another." in problem


def test_mitigation_for_a_teacher_that_is_not_trained_is_refused():
    """It would do nothing, and nobody would be told; with students it has somebody to learn it."""
    ready = GOOD.replace("model: minilm", "model: minilm, fine_tune: null")
    (problem,) = problems_of(ready + "mitigation: {sentences_per_identity: 3, in: [teacher]}\n")
    assert "mitigation is for the teacher alone, which is not trained" in problem
    both = parse_recipe(ready + "mitigation: {sentences_per_identity: 3}\n", where="mine.yaml")
    assert both.mitigation.trains == ("teacher", "students")


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


def test_gates_are_read_in_one_line_or_by_key():
    """Both forms say the same."""
    text = GOOD + "gates:\n  - accuracy >= -0.02\n  - 'auc[slice=\"a, b\"] >= -0.01'\n  - {metric: mse, margin: 3}\n"
    text += "  - {metric: auc, slice: women, student: mlp, contrast: slice-rest, margin: 0.01}\n"
    assert [spec.gate() for spec in parse_recipe(text, where="mine.yaml").gates] == [
        Gate("accuracy", 0.02),
        Gate("auc", 0.01, slice="a, b"),
        Gate("mse", 3),
        Gate("auc", 0.01, slice="women", student="mlp", contrast="slice-rest"),
    ]


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        ("[accuracy <= 0.02]", "gates.0: 'accuracy <= 0.02': for accuracy higher is better"),
        ("[{metric: accuracy, margin: 0.02, slce: x}]", "gates.0.slce: unknown key. Did you mean 'slice'?"),
        ("[{metric: accuracy, margin: -0.02}]", "gates.0.margin: Input should be greater than or equal to 0"),
        ("[{metric: accuracy, margin: 1}]", "gates.0: The margin of accuracy says how much worse"),
        ("[{metric: auc, margin: 0.1, contrast: slice-rest}]", "gates.0: A gate on auc with contrast=slice-rest"),
        ("['accuracy[student=mpl] >= 0']", "There is no student called 'mpl'. Did you mean 'mlp'?"),
        ("['accuracy >= 0', {metric: accuracy, margin: 0.1}]", "Two gates of the recipe contradict each other"),
    ],
)
def test_mistakes_in_gates_are_told_before_anything_is_trained(gates, said):
    """With their place."""
    (problem,) = problems_of(GOOD + f"gates: {gates}\n")
    assert said in problem


def test_a_gate_given_twice_is_one():
    """It contradicts nothing."""
    assert parse_recipe(GOOD + "gates: [auc >= -0.1, auc >= -0.1]\n", where="mine.yaml").gates
