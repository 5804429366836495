"""Tests of building, writing and reading a statement."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import jsonschema
import pytest
from scipy import stats

from angelshare import __version__
from angelshare.core.audit import AuditResult
from angelshare.core.errors import InputError, StatementError
from angelshare.core.estimate import Difference
from angelshare.statement.build import build_statement, json_schema, read_statement, regate, write_statement
from angelshare.statement.differences import Rules
from angelshare.statement.gates import Gate
from angelshare.statement.reading import unsealed
from angelshare.stats.hull import Hull
from angelshare.stats.inference import StudentT, no_difference
from angelshare.stats.power import detectable_difference, n_needed
from angelshare.stats.proportions import PairedProportions


def only_row(statement):
    """Return the one difference."""
    (row,) = statement.audits[0].differences
    return row


def test_a_primary_row_worked_by_hand(make_difference, make_statement):
    """Difference -.05, se .01, margin .01: p_margin is that of 4 standard errors; the family has one row."""
    row = only_row(make_statement(make_difference(-0.05, 0.01), gates=[Gate("accuracy", 0.01)]))
    assert (row.family, row.family_size, row.margin, row.margin_source) == ("primary", 1, 0.01, "recipe")
    assert (row.interval.low, row.interval.high) == (
        pytest.approx(-0.0695996, abs=1e-7),
        pytest.approx(-0.0304004, abs=1e-7),
    )
    assert row.interval_family.low == pytest.approx(row.interval.low)
    assert row.p_zero == pytest.approx(2 * stats.norm.sf(5))
    assert row.p_margin == pytest.approx(2 * stats.norm.sf(4))
    assert row.p_adjusted == row.p_margin
    assert row.verdict == "lost"
    assert row.mde == pytest.approx(0.0280158, abs=1e-6)
    assert row.n_needed == 7849  # 0.1 / (0.01 / 2.80158)^2


def test_exploratory_rows_are_judged_on_simultaneous_intervals(make_difference, make_statement):
    """Ten slices: each interval at 99.5%; what .95 would call lost is undecided."""
    rows = [make_difference(-0.035, 0.01, slice=f"s{i}") for i in range(10)]
    differences = make_statement(*rows).audits[0].differences
    assert {(row.family, row.family_size) for row in differences} == {("mlp/toy/quality", 10)}
    assert differences[0].interval_family.level == pytest.approx(0.995)
    assert differences[0].interval.high < -0.01 < differences[0].interval_family.high
    assert {row.verdict for row in differences} == {"undecided"}
    assert differences[0].p_adjusted == pytest.approx(10 * 2 * stats.norm.sf(3.5))
    assert differences[0].mde > detectable_difference(rows[0].inference, alpha=0.05)


def test_families_are_kept_apart(make_difference, make_statement):
    """By student; gated rows are primary, slices of the same metric are not."""
    rows = [
        make_difference(),
        make_difference(slice="long"),
        make_difference(student="cnn"),
        make_difference(metric="auc", student="cnn"),
        make_difference(contrast="student-baseline"),
    ]
    differences = make_statement(*rows, gates=[Gate("accuracy", 0.01)], students=("mlp", "cnn")).audits[0].differences
    assert [(row.family, row.family_size) for row in differences] == [
        ("primary", 2),
        ("mlp/toy/quality", 2),
        ("primary", 2),
        ("cnn/toy/quality", 1),
        ("mlp/toy/quality", 2),
    ]


def test_margins_come_from_gates_then_from_the_recipe_then_by_default(make_difference, make_statement):
    """And the statement says which."""
    rows = [make_difference(), make_difference(metric="auc"), make_difference(metric="exact_match")]
    statement = make_statement(
        *rows, gates=[Gate("accuracy", 0.02, "command line")], margins={"accuracy": 0.3, "auc": 0.04}
    )
    assert [(row.margin, row.margin_source) for row in statement.audits[0].differences] == [
        (0.02, "command line"),
        (0.04, "recipe"),
        (0.01, "default"),
    ]


def test_equal_scores_are_preserved_and_an_accidental_zero_width_is_undecided(make_difference, make_statement):
    """A zero-width interval gives a verdict only where both sides are the same."""
    more = {"left": ("s/0",), "right": ("t/0",), "left_value": 0.9, "right_value": 0.9, "values_by_seed": (0.0,)}
    same = Difference(
        "accuracy",
        "toy",
        "student-teacher",
        "mlp",
        inference=no_difference(10),
        kind="this_model",
        identical=True,
        **more,
    )
    row = only_row(make_statement(same, gates=[Gate("accuracy", 0.01)]))
    assert (row.verdict, row.remark, row.mde, row.p_zero) == ("preserved", "identical scores", 0, 1)
    accident = only_row(make_statement(make_difference(0.0, 0.0)))
    assert (accident.verdict, accident.mde, accident.n_needed) == ("undecided", None, None)
    assert accident.remark == "no variance among the items, so no verdict"


def test_tangos_inference_goes_through_as_it_is(make_difference, make_statement):
    """Score interval, McNemar p, items needed."""
    pair = PairedProportions(10, 30, 1000)
    made = make_difference()
    row = only_row(
        make_statement(
            Difference(
                **{f: getattr(made, f) for f in Difference.__dataclass_fields__ if f != "inference"}, inference=pair
            )
        )
    )
    assert (row.interval.low, row.interval.method) == (pair.interval().low, "Tango score")
    assert row.p_zero == pytest.approx(2 * stats.norm.sf(20 / math.sqrt(40)))
    assert row.n_needed == n_needed(pair, 0.01, alpha=0.05)


@pytest.mark.parametrize("value", [-0.05, 0.0, 0.05])
def test_rows_whose_verdicts_are_withheld_keep_their_numbers_and_get_none(make_difference, make_statement, value):
    """What would be lost, preserved or gained is undecided, and so is its gate."""
    free = only_row(make_statement(make_difference(value, 0.001), gates=[Gate("accuracy", 0.01)]))
    no = {"withheld": ("lost", "preserved", "gained"), "remarks": ("few clusters",)}
    statement = make_statement(make_difference(value, 0.001, **no), gates=[Gate("accuracy", 0.01)])
    row = only_row(statement)
    assert free.verdict in ("lost", "preserved", "gained")
    assert (row.verdict, row.remark) == ("undecided", "few clusters")
    assert (row.interval, row.p_zero, row.mde) == (free.interval, free.p_zero, free.mde)
    assert (statement.gates[0].state, statement.verdict) == ("undecided", "undecided")
    again = regate(statement, [Gate("accuracy", 0.02)])
    assert (only_row(again).verdict, again.gates[0].state) == ("undecided", "undecided")
    aimless = make_difference(value, metric="word_order", direction="none", **no)
    assert only_row(make_statement(aimless)).verdict is None


@pytest.mark.parametrize(("value", "capped"), [(0.05, "lost"), (0.0, "undecided"), (-0.05, "gained")])
def test_few_items_of_an_unbounded_error_can_be_lost_or_gained_but_not_preserved(
    make_difference, make_statement, value, capped
):
    """Also when the statement is read with another margin."""
    more = {"metric": "mse", "direction": "lower"}
    gates = [Gate("mse", 0.01)]
    free = only_row(make_statement(make_difference(value, 0.001, **more), gates=gates))
    few = {"withheld": ("preserved",), "remarks": ("few items for an unbounded error",)}
    statement = make_statement(make_difference(value, 0.001, **few, **more), gates=gates)
    row = only_row(statement)
    assert free.verdict == ("preserved" if capped == "undecided" else capped)
    assert (row.verdict, row.remark) == (capped, "few items for an unbounded error")
    assert row.interval == free.interval
    again = regate(statement, [Gate("mse", 0.02)])
    assert only_row(again).verdict == capped
    assert again.gates[0].state == ("held" if capped == "gained" else capped)


def test_an_auc_without_variance_has_a_floor_and_is_judged(make_difference, make_statement):
    """A student that ranks 2,000 of either class as its teacher does: +- .0019, so no remark on missing variance."""
    made = make_difference(0.0, metric="auc")
    inference = Hull(StudentT(0.0, 0.0, 1999, 4000), (PairedProportions(0, 0, 2000),), "t with a floor")
    row = only_row(make_statement(replace(made, inference=inference)))
    assert (row.verdict, row.remark, row.mde, row.n_needed) == ("preserved", None, None, None)


def test_few_seeds_are_marked(make_difference, make_statement):
    """Three of them."""
    made = make_difference()
    fields = {f: getattr(made, f) for f in Difference.__dataclass_fields__}
    fields |= {"kind": "recipe", "left": ("mlp/0", "mlp/1", "mlp/2")}
    assert only_row(make_statement(Difference(**fields))).remark == "few seeds"


def test_a_metric_without_margin_is_refused_unless_nobody_judges_it(make_difference, make_statement):
    """Not silently judged by some other rule."""
    with pytest.raises(InputError, match="no metric with a margin"):
        make_statement(make_difference(metric="sparkle"))
    assert only_row(make_statement(make_difference(metric="word_order", direction="none"))).verdict is None


def test_a_written_statement_reads_back_equal_and_meets_its_json_schema(
    make_difference, make_statement, texts_table, tmp_path
):
    """Odd texts and numbers that are not finite included."""
    statement = make_statement(make_difference(), gates=[Gate("accuracy", 0.01)], tables=[texts_table])
    write_statement(statement, tmp_path / "statement.json")
    content = json.loads((tmp_path / "statement.json").read_text(encoding="utf-8"))
    jsonschema.validate(content, json_schema())
    assert content["schema"] == "loss-statement/0"
    assert content["audits"][0]["tables"][0]["rows"][1] == ["lone \ud800 surrogate", None]
    assert [path.name for path in tmp_path.iterdir()] == ["statement.json"]
    for place in (tmp_path, tmp_path / "statement.json"):
        again = read_statement(place)
        assert again.gates == statement.gates
        assert again.audits[0].differences == statement.audits[0].differences


def test_redacted_texts_are_left_out_and_the_rest_stays(make_statement, texts_table):
    """The column remains, empty."""
    (table,) = make_statement(tables=[texts_table], redact_texts=True).audits[0].tables
    assert table.redacted
    assert table.rows == ((None, 0.5), (None, None))
    assert not make_statement(tables=[texts_table]).audits[0].tables[0].redacted


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[]", "schema None"),
        (b'{"schema": "loss-statement/9"}', "schema 'loss-statement/9'"),
        (b'{"schema": "loss-statement/0"}', "mistakes, the first at created"),
        (b'{"schema": "loss-statement/0", "x": NaN}', "NaN is not a JSON number"),
        (b"[" * 100_000, "nests deeper than 100 levels"),
        (b'{"recipe": ' + b"[" * 200 + b"]" * 200 + b"}", "nests deeper than 100 levels"),
    ],
)
def test_what_is_no_statement_is_refused(tmp_path, content, said):
    """With the file's name and what is wrong."""
    file = tmp_path / "statement.json"
    file.write_bytes(content)
    with pytest.raises(StatementError, match=said):
        read_statement(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("verdict", "preserved"), "first at verdict: .*it is preserved, the gates say lost"),
        (("verdict", None), "first at verdict: .*it is None, the gates say lost"),
        (("gates", 0, "state", "held"), "first at verdict: .*it is lost, the gates say preserved"),
        (("gates", 0, "margin", -0.01), r"first at gates\.0\.margin"),
        (("audits", 0, "differences", 0, "margin", -0.01), r"first at audits\.0\.differences\.0\.margin"),
        (("audits", 0, "differences", 0, "p_zero", 1.5), r"first at audits\.0\.differences\.0\.p_zero"),
        (("audits", 0, "differences", 0, "p_adjusted", -0.1), r"differences\.0\.p_adjusted"),
        (("audits", 0, "differences", 0, "n", -1), r"differences\.0\.n:"),
        (("audits", 0, "differences", 0, "interval", "low", 0.5), r"interval\.high: .*below its lower end 0\.5"),
        (("audits", 0, "differences", 0, "interval_family", "high", -0.5), r"interval_family\.high: "),
        (("audits", 0, "differences", 0, "se", 1e999), "Infinity is not a JSON number"),
        (
            ("audits", 0, "differences", 0, "delta", 0.02),
            r"json contradicts itself: the interval of accuracy \(mlp, student-teacher, toy\), -0\.0695996 to -0\.0304004,",
        ),
        (
            ("audits", 0, "differences", 0, "interval_family", "low", -0.04),
            ", -0.04 to -0.0304004, does not hold the difference -0.05. Make",
        ),
    ],
)
def test_a_statement_that_contradicts_itself_is_refused(make_difference, make_statement, tmp_path, change, said):
    """With the place: somebody edited it, or wrote it with another tool."""
    write_statement(make_statement(make_difference(), gates=[Gate("accuracy", 0.01)]), tmp_path / "statement.json")
    content = unsealed(json.loads((tmp_path / "statement.json").read_text(encoding="utf-8")), "it")
    *way, last, value = change
    part = content
    for step in way:
        part = part[step]
    part[last] = value
    (tmp_path / "statement.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(StatementError, match=said):
        read_statement(tmp_path)


@pytest.mark.parametrize(("before", "after"), [("0.05", "0.04"), ('"toy"', '"tay"'), ('"sha256": "', '"sha256": "0')])
def test_a_statement_that_was_changed_is_refused(make_difference, make_statement, tmp_path, before, after):
    """A digit of a number, a letter of a name, or the checksum itself; blanks between them mean nothing."""
    file = tmp_path / "statement.json"
    write_statement(make_statement(make_difference()), file)
    text = file.read_text("ascii")
    file.write_text(json.dumps(json.loads(text), indent=4), "ascii")
    assert read_statement(file).title == "toy"
    assert before in text
    file.write_text(text.replace(before, after, 1), "ascii")
    with pytest.raises(StatementError, match=r"statement\.json was changed or damaged after it was written\. Make the"):
        read_statement(file)


def test_a_number_too_large_for_a_double_is_refused(make_difference, make_statement, tmp_path):
    """JSON allows 1e999, Python reads it as infinity."""
    write_statement(make_statement(make_difference()), tmp_path / "statement.json")
    content = unsealed(json.loads((tmp_path / "statement.json").read_text(encoding="utf-8")), "it")
    text = json.dumps(content).replace('"se": 0.01', '"se": 1e999')
    (tmp_path / "statement.json").write_text(text, encoding="utf-8")
    with pytest.raises(StatementError, match=r"differences\.0\.se: "):
        read_statement(tmp_path)


def test_a_missing_statement_is_named(tmp_path):
    """A folder without one."""
    with pytest.raises(StatementError, match=r"no statement at .*statement\.json"):
        read_statement(tmp_path)


def test_a_number_that_is_not_finite_is_never_written(make_difference, make_statement, tmp_path):
    """And nothing half-written stays."""
    statement = make_statement(make_difference())
    row = only_row(statement).model_copy(update={"se": math.nan})
    audit = statement.audits[0].model_copy(update={"differences": (row,)})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_statement(statement.model_copy(update={"audits": (audit,)}), tmp_path / "statement.json")
    assert list(tmp_path.iterdir()) == []


def test_the_published_json_schema_is_the_one_of_the_code():
    """Tools read the file in the package: after a change of the schema write it again from `json_schema()`."""
    published = files("angelshare.statement").joinpath("loss-statement-0.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema()


def test_a_student_is_judged_against_its_baseline_at_margin_zero(make_difference):
    """Whether distillation helped at all is no question of what is acceptable."""
    row = make_difference(contrast="student-baseline")
    rules = Rules(margins={"accuracy": 0.05}, gates=(Gate("accuracy", 0.02),))
    assert rules.margin(row) == (0.0, "default")


def test_a_gate_serves_the_baseline_too_if_it_says_so(make_difference):
    """Its own contrast, and then its own margin."""
    row = make_difference(contrast="student-baseline")
    rules = Rules(margins={}, gates=(Gate("accuracy", 0.02, contrast="student-baseline"), Gate("accuracy", 0.03)))
    assert rules.margin(row) == (0.02, "recipe")
    assert rules.family(row, "quality") == "primary"


def test_a_target_row_worked_by_hand(make_difference, make_statement):
    """Teacher at 0 +- .02, student .05 above it: L = .05, over the rectangle of two 97.5% intervals."""
    # z(.9875) = 2.241403: teacher in +-.0224140, delta in .05 +- .0224140 = [.0275860, .0724140]
    # L = |t + d| - |t|: least at t = -.0224140, d = .0275860: .0051720 - .0224140 = -.0172421; greatest .0724140 (t >= 0)
    made = make_difference(
        0.05, 0.01, metric="overconfidence", direction="target", target=0.0,
        right_inference=StudentT(0.0, 0.01, math.inf, 1000),
    )  # fmt: skip
    row = only_row(make_statement(made, gates=[Gate("overconfidence", 0.1)]))
    assert (row.direction, row.target, row.delta) == ("target", 0.0, 0.05)
    assert row.judged.low == pytest.approx(-0.0172421, abs=1e-7)
    assert row.judged.high == pytest.approx(0.0724140, abs=1e-7)
    assert row.judged.method == "range over (t) x (t)"
    assert row.interval.low == pytest.approx(0.05 - 0.0195996, abs=1e-7)
    assert row.p_zero == pytest.approx(2 * stats.norm.sf(5))
    # p of L = .1: delta alone must reach .1, 5 standard errors away, at half the level: p = 2 * 2 * sf(5)
    assert row.p_margin == pytest.approx(4 * stats.norm.sf(5), abs=1e-11)
    assert (row.mde, row.n_needed, row.verdict) == (None, None, "preserved")
    assert only_row(make_statement(made, gates=[Gate("overconfidence", 0.05)])).verdict == "undecided"


@pytest.mark.parametrize(
    ("teacher", "value", "verdict"), [(0.2, -0.2, "gained"), (0.0, 0.2, "lost"), (0.1, -0.2, None)]
)
def test_a_target_row_is_judged_on_its_distance_and_not_on_its_difference(
    make_difference, make_statement, teacher, value, verdict
):
    """From .2 to 0 is a gain, from 0 to .2 a loss, and from .1 to -.1 neither."""
    right = StudentT(teacher, 0.01, math.inf, 1000)
    made = make_difference(
        value, 0.01, metric="overconfidence", direction="target", target=0.0, right_inference=right, slice="s"
    )
    statement = make_statement(made, make_difference())
    row = statement.audits[0].differences[0]
    assert row.verdict == (verdict or "undecided")
    assert row.judged_family.level == row.interval_family.level == pytest.approx(0.975)
    assert row.judged_family.low < row.judged.low < row.judged.high < row.judged_family.high
    again = regate(statement, [Gate("overconfidence", 0.05, slice="s")])
    assert again.gates[0].state == {"gained": "held", "lost": "lost", None: "undecided"}[verdict]


def test_a_distance_one_of_whose_parts_has_no_variance_gets_no_verdict(make_difference, make_statement):
    """Unless both sides gave the same scores: then nothing is lost."""
    more = {"metric": "overconfidence", "direction": "target", "target": 0.0}
    known, point = StudentT(0.0, 0.01, math.inf, 1000), StudentT(0.0, 0.0, math.inf, 1000)
    for made in (
        make_difference(0.5, 0.0, right_inference=known, **more),
        make_difference(0.5, 0.01, right_inference=point, **more),
    ):
        row = only_row(make_statement(made))
        assert (row.verdict, row.withheld) == ("undecided", ("lost", "preserved", "gained"))
    assert row.remark == "no variance in the right side's value, so no verdict"
    same = replace(make_difference(0.0, right_inference=known, **more), inference=no_difference(10), identical=True)
    row = only_row(make_statement(same))
    assert (row.verdict, row.judged.low, row.judged.high) == ("preserved", 0.0, 0.0)
    assert row.p_margin < 1e-11


def test_a_target_row_without_its_target_is_refused(make_difference, make_statement):
    """Nor can it be judged without the spread of the teacher's value."""
    with pytest.raises(InputError, match="overconfidence is judged against a target value, and its audit gives none"):
        make_statement(make_difference(metric="overconfidence", direction="target", target=0.0))


def test_a_ratio_keeps_its_scale(make_difference, make_statement):
    """A latency that falls by a factor of e is a gain of 1."""
    row = only_row(make_statement(make_difference(-1.0, metric="latency_p50_ms", direction="lower", scale="log_ratio")))
    assert (row.scale, row.margin, row.verdict) == ("log_ratio", 0.05, "gained")


def test_a_statement_keeps_what_it_is_told(make_statement):
    """Title, recipe, machine, looks at the test split, when, and the notes."""
    statement = make_statement()
    assert (statement.title, statement.recipe, statement.environment) == ("toy", {"name": "toy"}, {"cores": 2})
    assert (statement.test_looks, statement.created) == (1, "2026-01-02T00:00:00+00:00")
    assert (statement.notes, statement.angelshare) == (("A note.",), __version__)


def test_texts_stay_unless_they_are_to_be_left_out(texts_table):
    """And a statement has no notes unless some are given."""
    statement = build_statement(
        results=[AuditResult("quality", "Good?", tables=(texts_table,))],
        models=[],
        data=[],
        gates=[],
        margins={},
        recipe={},
        environment={},
        created=datetime(2026, 1, 2, tzinfo=UTC),
        title="toy",
        test_looks=1,
    )
    assert not statement.audits[0].tables[0].redacted
    assert statement.notes == ()
