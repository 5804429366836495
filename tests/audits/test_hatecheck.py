"""Functional suites: accuracy by function, target and label, the mean over functions, and in how many the student loses."""

from dataclasses import replace

import numpy as np
import pytest

from angelshare.audits.answers.quality_metrics import correct
from angelshare.audits.hatecheck import HateCheck
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations
from angelshare.data.predictions.files import read_predictions, write_predictions
from angelshare.recipes.observe.seats import Seat, assemble

LABELS = ("fine", "rude")


def named(values):
    """Return a column of texts."""
    return np.array(values, dtype=object)


@pytest.fixture
def random_suite(suite):
    """Build a panel of 6 functions with 5 templates of 6 cases each; the student loses `gap` in the first function."""

    def build(seed=0, gap=0.0, n_templates=5, n_functions=6, size=6):
        rng = np.random.default_rng(seed)
        functions = np.repeat([f"F{i}" for i in range(n_functions)], n_templates * size)
        templates = np.repeat(np.arange(n_functions * n_templates), size)
        teacher = rng.random(len(functions)) < 0.85
        student = teacher & ~((functions == "F0") & (rng.random(len(functions)) < gap))
        student ^= rng.random(len(functions)) < 0.04
        truth = np.repeat(np.arange(n_functions) % 2, n_templates * size)
        return suite({"teacher": teacher, "student": student}, functions, templates, truth=truth)

    return build


def measured(make_panel, members, **settings):
    """Return what the audit finds of a teacher and students."""
    panel = make_panel(members[:1], members[1:])
    return HateCheck().measure(Observations({(TEST, "scores"): panel}), AuditSettings(**settings))


def row(result, metric, where=None, output=None):
    """Return the student's row against its teacher."""
    (difference,) = [
        d for d in result.differences
        if (d.metric, d.slice, d.output, d.contrast) == (metric, where, output, "student-teacher")
    ]  # fmt: skip
    return difference


def test_every_function_counts_alike_in_the_mean_over_functions(suite, make_panel):
    """Functions of 40 and 20 cases: the student has 30/40 and 20/20, the teacher 40/40 and 10/20.

    Macro of the student (0.75 + 1) / 2 = 0.875, of the teacher (1 + 0.5) / 2 = 0.75, difference +0.125; over cases it
    is 50/60 - 50/60 = 0.
    """
    functions = ["A"] * 40 + ["B"] * 20
    templates = np.arange(60) // 4
    student = [1] * 30 + [0] * 10 + [1] * 20
    teacher = [1] * 40 + [1, 0] * 10
    result = measured(make_panel, suite({"teacher": teacher, "student": student}, functions, templates))
    macro = row(result, "macro_accuracy")
    assert (macro.left_value, macro.right_value) == pytest.approx((0.875, 0.75))
    assert row(result, "case_accuracy").inference.value == pytest.approx(0.0)
    assert row(result, "case_accuracy", "functionality=A").left_value == pytest.approx(0.75)


def test_a_function_of_one_template_stays_in_the_mean_and_is_told(suite, make_panel):
    """It has no interval of its own, the reason is given, and its value counts a third."""
    functions = ["A"] * 40 + ["B"] * 40 + ["C"] * 30
    templates = [*(np.arange(80) // 4), *([99] * 30)]
    student = [1] * 80 + [0] * 30
    result = measured(make_panel, suite({"teacher": [1] * 110, "student": student}, functions, templates))
    assert row(result, "macro_accuracy").inference.value == pytest.approx(-1 / 3)
    assert row(result, "macro_accuracy").inference.se > 0
    assert any("1 of 3 functionalities have a single template (C)" in remark for remark in result.remarks)
    (gap,) = [g for g in result.gaps if g.slice == "functionality=C" and g.contrast == "student-teacher"]
    assert "one cluster" in gap.why
    (table,) = result.tables
    assert {line[1]: line[table.columns.index("low")] is None for line in table.rows} == {
        "A": False, "B": False, "C": True
    }  # fmt: skip


def test_a_lost_function_is_found_among_the_others(random_suite, make_panel):
    """Nine in ten cases of one function are lost: its rows say so, and the counts name one function lower."""
    result = measured(make_panel, random_suite(gap=0.9, n_templates=12))
    assert row(result, "case_accuracy", "functionality=F0").inference.interval(0.95).high < -0.5
    excess = [d for d in result.differences if (d.slice, d.contrast) == ("functionality=F0", "slice-rest")]
    assert excess[0].inference.interval(0.95).high < -0.4
    assert row(result, "macro_recall", output="fine").inference.value < -0.2
    assert abs(row(result, "macro_recall", output="rude").inference.value) < 0.1
    counts = {e.metric: e for e in result.estimates}
    assert sum(counts[f"n_functionalities_{sign}"].value for sign in ("lower", "equal", "higher")) == 6
    assert counts["n_functionalities_lower"].interval.low >= 1


def test_labels_and_targets_are_slices_by_their_names(suite, make_panel):
    """Every second case is rude; targets that are blank are in none."""
    truth = np.tile([0, 1], 60)
    target = named(["cooks"] * 40 + ["smiths"] * 40 + [""] * 40)
    members = suite(
        {"teacher": np.ones(120), "student": np.tile([1, 0, 1, 1], 30)}, ["A", "A", "B", "B"] * 30,
        np.arange(120) // 4, truth=truth, columns={"target": target},
    )  # fmt: skip
    result = measured(make_panel, members)
    assert row(result, "case_accuracy", "rude").left_value == pytest.approx(0.5)
    assert row(result, "case_accuracy", "fine").left_value == pytest.approx(1.0)
    slices = {d.slice for d in result.differences if d.slice}
    assert slices == {"functionality=A", "functionality=B", "target=cooks", "target=smiths", "fine", "rude"}


def test_a_suite_without_templates_counts_cases_and_warns(suite, make_panel):
    """Cases are independent then, which a reader must know."""
    members = suite({"teacher": np.ones(80), "student": np.tile([1, 1, 1, 0], 20)}, np.repeat(["A", "B"], 40), None)
    result = measured(make_panel, members)
    assert any(warning.startswith("The suite names no templates") for warning in result.warnings)
    macro = row(result, "macro_accuracy")
    # the variance of a share of 40 is .25 * .75 / 39 in each of two functions, over 4
    assert macro.inference.se**2 == pytest.approx(2 * 0.25 * 0.75 / 39 / 4, rel=0.05)


def test_items_outside_the_suite_are_left_out_with_their_number(suite, make_panel):
    """Without a functionality, or without a label, an item is no case."""
    functions = ["A"] * 40 + ["B"] * 40 + [""] * 7
    truth = np.r_[np.ones(85, dtype=int), -1, -1]
    members = suite({"teacher": np.ones(87), "student": np.ones(87)}, functions, None, truth=truth)
    result = measured(make_panel, members)
    assert any("7 items without a functionality or a human label are left out; 80" in r for r in result.remarks)


def test_a_functionality_whose_cases_weigh_nothing_is_in_no_table_and_no_count(suite, make_panel):
    """It has no accuracy; the other two have."""
    functions, weights = ["A"] * 40 + ["B"] * 40 + ["C"] * 40, np.repeat([1.0, 0.0, 2.0], 40)
    members = suite({"teacher": np.ones(120), "student": np.tile([1, 0], 60)}, functions, None, weights=weights)
    result = measured(make_panel, members)
    (table,) = result.tables
    assert [cells[1] for cells in table.rows] == ["A", "C"]
    assert {estimate.metric: estimate.value for estimate in result.estimates} == {
        "n_functionalities_lower": 2.0, "n_functionalities_equal": 0.0, "n_functionalities_higher": 0.0
    }  # fmt: skip


def test_what_is_no_suite_says_what_to_give(suite, make_panel, make_member):
    """No column, no label, no decisions: each in a sentence with the remedy."""
    plain = [make_member(name, np.linspace(-1, 1, 40), truth=np.tile([0, 1], 20)) for name in ("teacher", "student")]
    assert "--data-columns functionality=NAME" in measured(make_panel, plain).not_applicable
    columns = {"functionality": named(["A"] * 40)}
    bare = [replace(observed, items=replace(observed.items, truth=None, columns=columns)) for observed in plain]
    assert "None of the 40 items" in measured(make_panel, bare).not_applicable
    ranks = [
        make_member(name, np.linspace(0, 1, 40), truth=np.tile([0, 1], 20), outputs="score", columns=columns)
        for name in ("teacher", "student")
    ]
    assert "Give --threshold" in measured(make_panel, ranks).not_applicable
    decisive = replace(plain[0], items=replace(plain[0].items, columns=columns))
    assert "student give no more" in measured(make_panel, [decisive, ranks[1]]).not_applicable


def test_a_student_that_only_ranks_has_gaps_beside_one_that_decides(random_suite, make_panel, make_member, altered):
    """What one of them can say is said."""
    teacher, student = random_suite()
    ranking = altered(student, name="ranks", outputs="score", values=student.member.values[:, 1:])
    result = measured(make_panel, [teacher, student, ranking])
    assert {d.student for d in result.differences} == {"student"}
    assert {g.student for g in result.gaps} == {"ranks"}
    assert {line[0] for line in result.tables[0].rows} == {"student"}


def test_slices_of_the_mean_over_functions_are_measured_where_a_gate_asks(random_suite, make_panel):
    """Then with the excess over the others, whose functions count alike, too."""
    teacher, student = random_suite(gap=0.5)
    columns = {**teacher.items.columns, "target": named(np.where(np.arange(len(teacher)) % 3 == 0, "cooks", "smiths"))}
    members = [replace(observed, items=replace(observed.items, columns=columns)) for observed in (teacher, student)]
    result = measured(make_panel, members, in_slices=frozenset({"macro_accuracy"}))
    here = row(result, "macro_accuracy", "target=cooks")
    cooks = columns["target"] == "cooks"
    gains = (correct(student.member, student.items) - correct(teacher.member, teacher.items))[cooks]
    by_hand = np.mean([gains[columns["functionality"][cooks] == f"F{i}"].mean() for i in range(6)])
    assert here.inference.value == pytest.approx(by_hand)
    (excess,) = [
        d for d in result.differences
        if (d.metric, d.slice, d.contrast) == ("macro_accuracy", "target=cooks", "slice-rest")
    ]  # fmt: skip
    rest = row(result, "macro_accuracy", "target=smiths").inference.value
    assert excess.inference.value == pytest.approx(by_hand - rest)


def test_files_of_predictions_are_enough(random_suite, tmp_path):
    """Columns, templates, truth and decisions come out of Parquet as they went in."""
    panels = []
    teacher, student = random_suite(gap=0.4)
    for where in ("memory", "files"):
        seated = []
        for role, member in (("teacher", teacher), ("student", student)):
            if where == "files":
                write_predictions(member.items, member.member, tmp_path / f"{role}.parquet")
            read = member if where == "memory" else read_predictions(tmp_path / f"{role}.parquet", name=member.name)
            seated.append((Seat(role, read.name), read))
        panels.append(assemble(seated, data="toy"))
    results = [HateCheck().measure(Observations({(TEST, "scores"): panel}), AuditSettings()) for panel in panels]
    from_models, from_files = (
        [(d.metric, d.slice, d.contrast, d.inference.interval()) for d in r.differences] for r in results
    )
    assert from_models == from_files
    assert len(from_models) > 10
