"""Tests of comparing two releases, from two files of predictions each."""

import json
import shutil
from datetime import UTC, datetime
from importlib.resources import files
from typing import get_args

import jsonschema
import numpy as np
import pandas as pd
import pytest

from angelshare.audits.frame.registry import Choice, choices
from angelshare.audits.quality import Quality
from angelshare.core.audit import AuditResult, Gap
from angelshare.core.errors import InputError, StatementError
from angelshare.core.estimate import ContrastName
from angelshare.core.protocols import Silent
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.compare import CompareRequest, _between, compare_releases
from angelshare.recipes.conclude.kept import FOLDER, INDEX, kept_observations, kept_panel
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import parse_side
from angelshare.report import render_comparison_html, render_comparison_markdown
from angelshare.statement.build import read_statement, write_statement
from angelshare.statement.comparison import Comparison, comparison_json_schema, write_comparison
from angelshare.statement.gates import Gate
from angelshare.statement.judging import exit_code

NOW = datetime(2026, 1, 2, tzinfo=UTC)
N = 400


def table(n_wrong, *, n=N, start=0):
    """Return a binary model that is wrong on the first `n_wrong` of every hundred items from `start`."""
    truth = np.arange(n) % 2
    wrong = (np.arange(n) - start) % 100 < n_wrong
    margin = np.where(wrong, -1.0, 1.0) * (2 * truth - 1) * (1 + np.arange(n) / n)
    return pd.DataFrame(
        {
            "id": [f"i{i}" for i in range(n)],
            "logit:fine": -margin / 2,
            "logit:rude": margin / 2,
            "truth": np.where(truth == 1, "rude", "fine"),
            "slice:late": (np.arange(n) >= n // 2).astype(int),
            "text": [f"remark number {i}" for i in range(n)],
        }
    )


def release(folder, *seeds, teacher=None, name="clf", gates=(), others=(), **more):
    """Audit a student, given as the tables of its seeds, against a teacher that is wrong twice in a hundred.

    `others` are further students, as names and tables.
    """
    folder.mkdir()
    (table(2) if teacher is None else teacher).to_json(folder / "teacher.jsonl", orient="records", lines=True)
    sides = [parse_side("teacher", str(folder / "teacher.jsonl"))]
    for seed, content in enumerate(seeds):
        content.to_json(folder / f"s{seed}.jsonl", orient="records", lines=True)
        sides.append(parse_side("student", f"{name}={folder / f's{seed}.jsonl'}"))
    for other, content in others:
        content.to_json(folder / f"{other}.jsonl", orient="records", lines=True)
        sides.append(parse_side("student", f"{other}={folder / f'{other}.jsonl'}"))
    settings = {"audits": choices("quality", "agreement"), "reading": Reading(task="binary"), **more}
    request = AuditRequest(sides=tuple(sides), out=folder, now=NOW, gates=gates, **settings)
    audit_models(request, progress=Silent())
    return folder


def compare(old, new, *gates, out=None):
    """Compare two folders."""
    return compare_releases(CompareRequest(old, new, NOW, out=out, gates=gates))


def change(comparison, metric="accuracy", contrast="new-old", subset=None):
    """Return one change with its interval."""
    rows = [row for audit in comparison.audits for row in audit.differences]
    return next(r for r in rows if (r.metric, r.contrast, r.slice) == (metric, contrast, subset))


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Three releases: wrong in 10 of 100, in 30 of 100, and the first again."""
    root = tmp_path_factory.mktemp("releases")
    return {
        "good": release(root / "good", table(10), gates=(Gate("accuracy", 0.1),)),
        "bad": release(root / "bad", table(30), gates=(Gate("accuracy", 0.2),)),
    }


def test_the_same_release_twice_has_not_changed(releases):
    """Nothing did, and the gate on the change holds although its interval has no width."""
    comparison = compare(releases["good"], releases["good"], Gate("accuracy", 0.01))
    assert comparison.identical
    assert (comparison.verdict, exit_code(comparison)) == ("preserved", 0)
    assert change(comparison).remark == "identical scores"
    assert {row.change for row in (*comparison.rows, *comparison.models, *comparison.data)} == {"same"}


def test_a_release_that_lost_is_found_item_by_item(releases):
    """From 360 right to 280 of 400: -20 points, and 80 discordant items, all one way."""
    comparison = compare(releases["good"], releases["bad"], Gate("accuracy", 0.05))
    row = change(comparison)
    assert (row.right_value, row.left_value, row.delta) == (0.9, 0.7, pytest.approx(-0.2))
    assert (row.left, row.right) == (("clf/0 (new)",), ("clf/0 (old)",))
    assert (row.family, row.margin, row.margin_source, row.verdict) == ("primary", 0.05, "recipe", "lost")
    assert [(g.contrast, g.student, g.state, g.rule) for g in comparison.gates] == [
        ("new-old", "clf", "lost", "clf loses at most 0.05 of accuracy against the last release")
    ]
    assert (comparison.items, comparison.verdict, exit_code(comparison)) == (None, "lost", 4)
    flips = {e.metric: e.value for audit in comparison.audits for e in audit.estimates if e.slice is None}
    assert flips["negative_flips"] == 0.2
    assert flips["positive_flips"] == 0
    back = change(compare(releases["bad"], releases["good"]))
    assert (back.delta, back.interval.low, back.interval.high) == (
        -row.delta,
        pytest.approx(-row.interval.high),
        pytest.approx(-row.interval.low),
    )


def test_without_gates_margins_are_those_of_the_new_statement(releases):
    """It was given .2 for accuracy; nothing fails."""
    comparison = compare(releases["good"], releases["bad"])
    assert (change(comparison).margin, comparison.gates, exit_code(comparison)) == (0.2, (), 0)
    assert change(comparison, "auc").margin_source == "default"


def test_each_student_and_slice_keeps_its_margin_and_its_source(tmp_path):
    """A strict one for one student does not rule the others; what NEW's command line gave is told as such."""
    gates = (
        Gate("accuracy", 0.3),
        Gate("accuracy", 0.05, "command line", student="big"),
        Gate("accuracy", 0.4, slice="late", student="clf"),
    )
    old = release(tmp_path / "old", table(10), others=[("big", table(5))])
    new = release(tmp_path / "new", table(20), others=[("big", table(15))], gates=gates)
    rows = [row for audit in compare(old, new).audits for row in audit.differences if row.metric == "accuracy"]
    assert {(r.student, r.slice, r.contrast): (r.margin, r.margin_source, r.family == "primary") for r in rows} == {
        ("clf", None, "new-old"): (0.3, "recipe", False),
        ("clf", "late", "new-old"): (0.4, "recipe", False),
        ("clf", "late", "slice-rest"): (0.3, "recipe", False),
        ("big", None, "new-old"): (0.05, "command line", False),
        ("big", "late", "new-old"): (0.05, "command line", False),
        ("big", "late", "slice-rest"): (0.05, "command line", False),
    }
    gated = compare(old, new, Gate("accuracy", 0.2, student="clf"))
    rows = [row for audit in gated.audits for row in audit.differences if row.metric == "accuracy" and not row.slice]
    assert [(row.student, row.margin) for row in rows] == [("clf", 0.2), ("big", 0.05)]


def test_what_could_not_be_measured_between_releases_is_not_held():
    """Gaps are about the change, as the rows are; those of baselines and of two teachers mean nothing here."""
    gaps = [Gap("recall", "toy", "clf", contrast, None, "anger", "why") for contrast in get_args(ContrastName)]
    between = _between(AuditResult("quality", "Is it good?", gaps=tuple(gaps)), Quality())
    assert [gap.contrast for gap in between.gaps] == ["new-old", "slice-rest"]


def test_verdicts_and_gates_of_the_two_statements_are_matched(releases):
    """At another margin, which is said."""
    comparison = compare(releases["good"], releases["bad"])
    row = next(r for r in comparison.rows if (r.metric, r.slice, r.contrast) == ("accuracy", None, "student-teacher"))
    assert (row.old.margin, row.new.margin, row.margin_changed) == (0.1, 0.2, True)
    assert (row.old.verdict, row.new.verdict, row.change) == ("undecided", "lost", "worse")
    assert comparison.rows[0].change == "worse"
    (gate,) = comparison.gate_changes
    assert (gate.old, gate.new, gate.change, gate.old_margin, gate.new_margin) == (
        "undecided", "lost", "worse", 0.1, 0.2
    )  # fmt: skip
    models = {(m.role, m.name): m.change for m in comparison.models}
    assert models == {("teacher", "teacher"): "same", ("student", "clf"): "changed"}
    assert [data.change for data in comparison.data] == ["same"]


def test_a_slice_can_be_gated_between_releases(releases):
    """And a slice that there is not is not measured."""
    gates = (Gate("accuracy", 0.05, slice="late"), Gate("auc", 0.05, slice="moon"))
    comparison = compare(releases["good"], releases["bad"], *gates)
    assert [(gate.slice, gate.state) for gate in comparison.gates] == [("late", "lost"), ("moon", "not_measured")]
    with pytest.raises(InputError, match=r"Give gates on baselines to `check`\."):
        compare(releases["good"], releases["bad"], Gate("accuracy", 0.1, contrast="student-baseline"))


def test_identities_are_those_of_the_new_statement(tmp_path):
    """Measured between the releases under whatever names it gave, wildcards among them; other slices are none."""
    named = {"slice:group [a*]": np.arange(N) % 4 < 2, "slice:group b": np.arange(N) % 3 == 0}
    tables = [table(n_wrong).assign(**{name: mask.astype(int) for name, mask in named.items()}) for n_wrong in (10, 30)]
    settings = {"audits": (Choice("identity_auc", {"identities": ("group*",)}),)}
    old, new = (release(tmp_path / name, each, **settings) for name, each in zip(("old", "new"), tables, strict=True))
    rows = [row for audit in compare(old, new).audits for row in audit.differences]
    assert {row.slice for row in rows} == {"group [a*]", "group b", None}
    assert {row.contrast for row in rows} == {"new-old", "slice-rest"}
    lost = change(compare(old, new), "bpsn_auc", subset="group b")
    assert lost.delta < -0.1


def test_seeds_pair_with_the_same_seeds(tmp_path):
    """The change of each seed is its own."""
    old = release(tmp_path / "old", table(10), table(12, start=50))
    new = release(tmp_path / "new", table(20), table(13, start=50))
    row = change(compare(old, new))
    assert (row.inference, row.left, row.right) == (
        "recipe", ("clf/0 (new)", "clf/1 (new)"), ("clf/0 (old)", "clf/1 (old)")
    )  # fmt: skip
    assert row.values_by_seed == (pytest.approx(-0.1), pytest.approx(-0.01))


def test_the_only_old_model_is_held_against_every_new_seed(releases, tmp_path):
    """A second seed that lost everything is not left out: 90 right of 100 before, 90 and 10 now."""
    new = release(tmp_path / "new", table(10), table(90))
    comparison = compare(releases["good"], new, Gate("accuracy", 0.05))
    row = change(comparison)
    assert (row.left, row.right) == (("clf/0 (new)", "clf/1 (new)"), ("clf/0 (old)",))
    assert row.values_by_seed == (0, pytest.approx(-0.8))
    assert exit_code(comparison) == 5


@pytest.mark.parametrize("n_new", [1, 3])
def test_a_seed_without_a_counterpart_leaves_a_gate_not_measured(tmp_path, n_new):
    """It may be the one that lost; the student whose seeds are the same is measured all the same."""
    seeds = [table(10), table(12, start=50), table(11, start=20)]
    old = release(tmp_path / "old", *seeds[:2], others=[("big", table(5))])
    new = release(tmp_path / "new", *seeds[:n_new], others=[("big", table(5))])
    comparison = compare(old, new, Gate("accuracy", 0.05))
    assert {(gate.student, gate.state) for gate in comparison.gates} == {("clf", "not_measured"), ("big", "held")}
    (warning,) = comparison.warnings
    assert warning == (
        f"The change of clf is not measured: its seeds are 0, 1 in the old release and "
        f"{', '.join(map(str, range(n_new)))} in the new one, and one that is left out could hide a loss. "
        "Audit the same seeds in both."
    )


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ({}, {"weight": np.where(np.arange(N) < 30, 0.001, 1)}, "the weights of 30 of 400 differ"),
        ({"cluster": np.arange(N) // 8}, {}, "the clusters of 400 of 400 differ"),
        (
            {"cluster": np.arange(N) // 8},
            {"cluster": np.where(np.arange(N) < 4, 49, np.arange(N) // 8)},
            "the clusters of 16 of 400 differ",  # the 8 that were together, and the 8 that four of them joined
        ),
    ],
)
def test_whoever_redraws_weights_or_clusters_measures_other_items(tmp_path, before, after, why):
    """The loss on items that now weigh nothing would not be seen; no gate holds."""
    old = release(tmp_path / "old", table(10), teacher=table(2).assign(**before))
    new = release(tmp_path / "new", table(10), teacher=table(2).assign(**after))
    comparison = compare(old, new, Gate("accuracy", 0.5))
    assert comparison.items == f"The changes have no intervals: not the same items, {why}."
    assert [gate.state for gate in comparison.gates] == ["not_measured"]


def test_the_same_weights_and_clusters_under_other_names_are_the_same_items(tmp_path):
    """Weights of 1 are none, and clusters are a partition."""
    old = release(tmp_path / "old", table(10), teacher=table(2).assign(weight=1.0, cluster=np.arange(N) // 8))
    new = release(tmp_path / "new", table(10), teacher=table(2).assign(cluster=[f"c{60 - i // 8}" for i in range(N)]))
    assert compare(old, new).items is None


def test_a_slice_that_was_cut_differently_is_not_compared(releases, tmp_path):
    """A gate on it is not measured; a slice of the new release alone is."""
    moved = {"slice:late": (np.arange(N) < N // 4).astype(int), "slice:odd": np.arange(N) % 2}
    new = release(tmp_path / "new", table(10).assign(**moved), teacher=table(2).assign(**moved))
    gates = (Gate("accuracy", 0.5, slice="late"), Gate("accuracy", 0.5, slice="odd"))
    comparison = compare(releases["good"], new, *gates)
    assert {(gate.slice, gate.state) for gate in comparison.gates} == {("late", "not_measured"), ("odd", "held")}
    (warning,) = comparison.warnings
    assert warning == (
        "The slice late is not the same in both releases: 300 of 400 items are in it in one release only. "
        "No change is measured on it."
    )


@pytest.mark.parametrize(
    ("teacher", "student", "why"),
    [
        (
            table(2, n=300),
            table(10, n=300),
            "not the same items, 400 in the old release and 300 in the new one, 300 shared",
        ),
        (
            table(2).assign(text=[f"note {i}" for i in range(N)]),
            table(10),
            "not the same items, the texts of 400 of 400 differ",
        ),
        (
            table(98).assign(truth=table(2).truth[::-1].to_numpy()),
            None,
            "not the same items, the labels of 400 of 400 differ",
        ),
    ],
)
def test_other_items_give_changes_without_intervals(releases, tmp_path, teacher, student, why):
    """Said plainly, and a gate is then not measured."""
    student = teacher if student is None else student.assign(text=teacher.text)
    new = release(tmp_path / "new", student.assign(**{"logit:rude": student["logit:rude"] * 1.5}), teacher=teacher)
    comparison = compare(releases["good"], new, Gate("accuracy", 0.5))
    assert comparison.items == f"The changes have no intervals: {why}."
    assert comparison.audits == ()
    assert [gate.state for gate in comparison.gates] == ["not_measured"]
    assert exit_code(comparison) == 5
    if "labels" in why or "300" in why:
        assert comparison.warnings[0].startswith("predictions (given) does not hold the same items in both releases")


def test_without_predictions_there_are_changes_without_intervals(releases, tmp_path):
    """A statement alone, and a folder whose predictions are another's."""
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(releases["good"] / "statement.json", alone)
    assert "alone/predictions holds no predictions." in compare(releases["good"], alone).items
    swapped = tmp_path / "swapped"
    shutil.copytree(releases["good"], swapped)
    shutil.copy(releases["bad"] / "statement.json", swapped)
    assert "swapped/predictions are not those of its statement." in compare(swapped, releases["bad"]).items


def test_predictions_of_other_data_than_the_statements_are_left_out(releases, tmp_path):
    """A process that ended between the two files: the same models, on data that changed."""
    mixed = tmp_path / "mixed"
    shutil.copytree(releases["good"], mixed)
    statement = read_statement(mixed)
    before = tuple(row.model_copy(update={"sha256": "0" * 64}) for row in statement.data)
    write_statement(statement.model_copy(update={"data": before}), mixed / "statement.json")
    comparison = compare(mixed, releases["bad"], Gate("accuracy", 0.05))
    assert comparison.items == (
        f"The changes have no intervals: the predictions in {mixed / FOLDER} come from other data than its statement."
    )
    assert exit_code(comparison) == 5
    kept = json.loads((mixed / FOLDER / INDEX).read_text("utf-8"))
    assert kept["sha256"] == [row.sha256 for row in statement.data]


def test_predictions_of_the_same_models_in_other_seats_are_left_out(tmp_path):
    """Two students that changed their names would each be held against the other."""
    first = release(tmp_path / "first", table(5), name="a", others=[("b", table(9))])
    second = release(tmp_path / "second", table(9), name="a", others=[("b", table(5))])
    shutil.rmtree(second / FOLDER)
    shutil.copytree(first / FOLDER, second / FOLDER)
    statement = read_statement(second)
    assert "are not those of its statement" in kept_panel(second, statement).why
    with pytest.raises(InputError, match=r"predictions are not those of its statement\. Make the statement again"):
        kept_observations(second, statement)


def test_a_student_that_is_gone_is_not_measured_and_a_new_one_is_not_gated(releases, tmp_path):
    """A misspelt name must not pass."""
    other = release(tmp_path / "other", table(10), name="other")
    comparison = compare(releases["good"], other, Gate("accuracy", 0.5))
    assert [(gate.student, gate.state) for gate in comparison.gates] == [("clf", "not_measured")]
    assert comparison.items == ("The changes have no intervals: no student is in both releases with the same seeds.")
    assert {(m.name, m.change) for m in comparison.models if m.role == "student"} == {("other", "new"), ("clf", "gone")}
    assert {row.change for row in comparison.rows} == {"new", "gone"}


def test_kept_predictions_are_read_back_as_they_were(releases, tmp_path):
    """Values, truth, slices, clusters and weights; texts are not kept."""
    content = table(10).assign(cluster=np.arange(N) // 8, weight=1 + np.arange(N) % 3)
    folder = release(
        tmp_path / "kept", content, table(12, start=30), teacher=table(2).assign(cluster=np.arange(N) // 8)
    )
    panel = kept_panel(folder, read_statement(folder)).panel
    order = np.argsort(content.id.to_numpy().astype(str))
    student = panel.students[0].members[0]
    assert panel.items.ids.tolist() == content.id.to_numpy()[order].tolist()
    assert student.values[:, 1] == pytest.approx(content["logit:rude"].to_numpy()[order])
    assert panel.items.slices["late"].tolist() == (content["slice:late"].to_numpy()[order] == 1).tolist()
    assert len(np.unique(panel.items.clusters)) == 50
    # as parts of the heaviest
    assert panel.items.weights.tolist() == (content.weight / content.weight.max()).to_numpy()[order].tolist()
    assert [member.seed for member in panel.students[0].members] == [0, 1]
    assert not any(b"remark number" in file.read_bytes() for file in (folder / FOLDER).iterdir())


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"sets": [{"data": "d", "members": [{"file": "../x.parquet", "role": "student", "name": "a", "seed": 0}]}]}',
    ],
)
def test_a_list_that_was_changed_is_refused(releases, tmp_path, content):
    """No file outside of the folder is ever read."""
    folder = tmp_path / "changed"
    shutil.copytree(releases["good"], folder)
    (folder / FOLDER / INDEX).write_text(content)
    with pytest.raises(InputError, match="no longer lists what was kept"):
        compare(folder, releases["good"])


def test_a_statement_of_another_schema_is_refused(releases, tmp_path):
    """Nothing is compared."""
    (tmp_path / "statement.json").write_text('{"schema": "loss-statement/9"}')
    with pytest.raises(StatementError, match="'loss-statement/9'"):
        compare(releases["good"], tmp_path)


def test_a_comparison_is_written_in_three_forms(releases, tmp_path):
    """JSON that meets its schema, a page, a comment."""
    comparison = compare(releases["good"], releases["bad"], Gate("accuracy", 0.05), out=tmp_path / "out")
    content = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    jsonschema.validate(content, comparison_json_schema())
    assert Comparison.model_validate(content) == comparison
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "comparison.html",
        "comparison.json",
        "comparison.md",
    ]
    page = (tmp_path / "out" / "comparison.html").read_text("utf-8")
    comment = (tmp_path / "out" / "comparison.md").read_text("utf-8")
    for told in ("clf loses at most 0.05 of accuracy against the last release", "What changed on the same items"):
        assert told in page
        assert told in comment


@pytest.mark.parametrize("name", ["comparison.json", "comparison.html", "comparison.md"])
def test_pages_of_others_are_not_replaced(releases, tmp_path, name):
    """Our own are."""
    old, new = releases["good"], releases["bad"]
    (tmp_path / name).write_text('{"schema": 1}')
    with pytest.raises(InputError, match=rf"did not make there \({name}\) and would lose it"):
        compare(old, new, out=tmp_path)
    assert (tmp_path / name).read_text() == '{"schema": 1}'
    compare(old, new, out=tmp_path / "new")
    compare(old, new, out=tmp_path / "new")


def test_what_users_wrote_is_data_in_page_and_comment(releases):
    """Names with markup in them."""
    comparison = compare(releases["good"], releases["bad"])
    title = "<b>@all</b> [x](y) \u202e"
    hostile = comparison.model_copy(
        update={
            "new": comparison.new.model_copy(update={"title": title}),
            "models": tuple(model.model_copy(update={"name": "<i>|m"}) for model in comparison.models),
        }
    )
    page, comment = render_comparison_html(hostile), render_comparison_markdown(hostile)
    assert "<b>@all" not in page
    assert "<i>|m" not in page
    assert "\u202e" not in page
    assert "\u202e" not in comment
    assert "&lt;i&gt;\\|m" in comment
    assert "@all" not in comment


def test_the_published_json_schema_is_the_one_of_the_code():
    """Tools read the file in the package: after a change of the schema write it again."""
    published = files("angelshare.statement").joinpath("loss-comparison-0.json").read_text(encoding="utf-8")
    assert json.loads(published) == comparison_json_schema()


def test_a_number_that_is_not_finite_is_never_written(releases, tmp_path):
    """And nothing half-written stays."""
    comparison = compare(releases["good"], releases["bad"])
    audits = tuple(
        audit.model_copy(
            update={"differences": tuple(row.model_copy(update={"se": float("nan")}) for row in audit.differences)}
        )
        for audit in comparison.audits
    )
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_comparison(comparison.model_copy(update={"audits": audits}), tmp_path / "comparison.json")
    assert list(tmp_path.iterdir()) == []
