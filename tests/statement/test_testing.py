"""Tests of the helper for other people's tests."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from angelshare.core.errors import InputError, StatementError
from angelshare.statement.build import write_statement
from angelshare.statement.gates import Gate
from angelshare.testing import assert_no_loss

CI = Path(__file__).parents[2] / "docs" / "ci.md"


def blocks(language):
    """Return the document's examples in one language."""
    return re.findall(rf"```{language}\n(.*?)```", CI.read_text(encoding="utf-8"), flags=re.DOTALL)


def failure(*arguments, **options):
    """Return the message of a failed assertion."""
    with pytest.raises(AssertionError) as caught:
        assert_no_loss(*arguments, **options)
    return str(caught.value)


def test_a_statement_without_loss_passes_in_every_form(make_difference, make_statement, tmp_path):
    """Folder, file, content, object; by its own gates, by a rule with a bound and by one without."""
    statement = make_statement(make_difference(0.0, 0.001), gates=[Gate("accuracy", 0.01)])
    file = tmp_path / "statement.json"
    write_statement(statement, file)
    for form in (tmp_path, file, str(tmp_path), json.loads(file.read_text("utf-8")), statement):
        assert_no_loss(form)
        assert_no_loss(form, "accuracy >= -0.02")
        assert_no_loss(form, "accuracy")


def test_a_loss_is_said_with_its_numbers_and_what_to_do(make_difference, make_statement):
    """The message that the document shows."""
    rows = [make_difference(), make_difference(0.0, 0.001, metric="auc")]
    said = failure(make_statement(*rows), "accuracy", "auc")
    assert said == blocks("text")[0].rstrip()


def test_what_is_undecided_fails_unless_allowed(make_difference, make_statement):
    """With the number of items that would decide."""
    statement = make_statement(make_difference(-0.01), gates=[Gate("accuracy", 0.01)])
    said = failure(statement)
    assert "undecided: mlp loses at most 0.01 of accuracy" in said
    assert "about 7,849 items would decide at this margin if nothing is lost" in said
    assert "The data decide neither way. Measure more items or seeds, or pass allow_undecided=True." in said
    assert_no_loss(statement, allow_undecided=True)
    assert "lost: " in failure(make_statement(make_difference()), "accuracy", allow_undecided=True)


@pytest.mark.parametrize("rule", ["accuracy[slice=moon]", "accuracy[slice=moon] >= -0.5", "f1"])
def test_what_was_not_measured_fails_always(make_difference, make_statement, rule):
    """A misspelt slice must not pass."""
    said = failure(make_statement(make_difference(0.5)), rule, allow_undecided=True)
    assert "not measured: mlp loses at most" in said
    assert "Measure it, or correct the rule: no row of the statement has these names." in said


def test_rows_with_margins_of_their_own_keep_them(make_difference, make_statement):
    """The mlp may lose .2, the cnn the default."""
    rows = [make_difference(student=name) for name in ("mlp", "cnn")]
    statement = make_statement(*rows, gates=[Gate("accuracy", 0.2, student="mlp")], students=("mlp", "cnn"))
    said = failure(statement, "accuracy")
    assert said.startswith("1 of 2 rules on the statement 'toy' do not hold.")
    assert "lost: cnn loses at most 0.01 of accuracy" in said


def test_a_rule_without_a_bound_asks_for_every_student(make_difference, make_statement, make_gap):
    """Two margins, and a third student and a label that nobody measured, at the stricter of the two."""
    rows = [make_difference(0.0, 0.001, student=name) for name in ("mlp", "cnn")]
    gates, students = [Gate("accuracy", 0.02), Gate("accuracy", 0.2, student="mlp")], ("mlp", "cnn", "gru")
    statement = make_statement(*rows, gates=gates, students=students)
    said = failure(statement, "accuracy", allow_undecided=True)
    assert said.startswith("1 of 3 rules on the statement 'toy' do not hold.\n\n")
    assert "not measured: gru loses at most 0.02 of accuracy\n" in said
    assert_no_loss(statement, "accuracy[student=mlp]", "accuracy[student=cnn]")
    labelled = [make_difference(0.0, 0.001, metric="recall", output=label) for label in ("calm", "glad")]
    gates = [Gate("recall", 0.02), Gate("recall", 0.2, output="calm")]
    said = failure(make_statement(*labelled, gaps=[make_gap("anger")], gates=gates), "recall")
    assert said.startswith("1 of 3 rules on the statement 'toy' do not hold.\n\n")
    assert "not measured: mlp loses at most 0.02 of recall of anger\n" in said


def test_rows_with_and_without_a_label_keep_their_margins(make_difference, make_statement):
    """Even where the rule names the very row that has none."""
    rows = [make_difference(-0.05, metric="auc", output=label) for label in (None, "rude")]
    statement = make_statement(*rows, gates=[Gate("auc", 0.2), Gate("auc", 0.3, output="rude")])
    assert_no_loss(statement, "auc[student=mlp, data=toy]")


def test_a_label_that_could_not_be_measured_fails_with_the_reason(make_difference, make_statement, make_gap):
    """By a rule with a bound, by one without, and by the statement's own gates; another label passes."""
    row = make_difference(0.0, 0.001, metric="recall", output="calm")
    statement = make_statement(row, gaps=[make_gap("anger")], gates=[Gate("recall", 0.05)])
    for rules in ((), ("recall >= -0.05",), ("recall",)):
        assert failure(statement, *rules, allow_undecided=True) == (
            "1 of 2 rules on the statement 'toy' do not hold.\n\n"
            "not measured: mlp loses at most 0.05 of recall of anger\n"
            "  5 items of this class, at least 10 are needed\n"
            "  Give data on which it can be measured, or rules that name the labels which can."
        )
    assert_no_loss(statement, "recall[output=calm]")


def test_a_slice_against_the_rest_is_told_by_its_two_changes(make_difference, make_statement):
    """Its values are differences, not accuracies."""
    row = make_difference(slice="women", contrast="slice-rest")
    row = replace(row, left_value=-0.06, right_value=-0.01)
    said = failure(make_statement(row), "accuracy[slice=women, contrast=slice-rest]")
    assert "\n  change on the slice -0.06, on the others -0.01, on 1,000 items of toy\n" in said


def test_a_ratio_and_a_distance_are_told_as_such(make_difference, make_statement):
    """A logarithm, and the interval of the distance."""
    slow = make_difference(1.0, metric="latency_p50_ms", direction="lower", scale="log_ratio")
    assert "difference +1 (logarithm of the ratio), 95% interval" in failure(make_statement(slow), "latency_p50_ms")
    far = make_difference(0.5, metric="overconfidence", direction="target", target=0.0)
    far = type(far)(**{f: getattr(far, f) for f in far.__dataclass_fields__} | {"right_inference": far.inference})
    assert "distance from the target, 95% interval [" in failure(make_statement(far), "overconfidence")


def test_bad_arguments_are_no_failed_rules(make_difference, make_statement, tmp_path):
    """No gates and no rules, contradicting rules, another schema, no file."""
    statement = make_statement(make_difference(0.5))
    with pytest.raises(InputError, match=r"The statement 'toy' has no gates\. Give rules"):
        assert_no_loss(statement)
    with pytest.raises(InputError, match="contradict each other"):
        assert_no_loss(statement, "accuracy", "accuracy >= -0.02")
    with pytest.raises(InputError, match="Did you mean 'accuracy'"):
        assert_no_loss(statement, "acuracy")
    with pytest.raises(InputError, match="is not key=value"):
        assert_no_loss(statement, "accuracy[slice]")
    with pytest.raises(StatementError, match="The mapping has the schema 'loss-statement/9'"):
        assert_no_loss({"schema": "loss-statement/9"})
    with pytest.raises(StatementError, match="no statement at"):
        assert_no_loss(tmp_path)


def test_the_documents_example_runs_where_the_statement_lies(make_difference, make_statement, tmp_path, monkeypatch):
    """It passes on a good student and fails on a bad one."""
    monkeypatch.chdir(tmp_path)
    Path("runs/audit").mkdir(parents=True)
    names = {}
    exec(compile(blocks("python")[0], "ci.md", "exec"), names)
    for value, holds in ((0.0, True), (-0.5, False)):
        rows = [make_difference(value, 0.001), make_difference(0.0, 0.001, metric="auc", slice="women")]
        write_statement(make_statement(*rows), Path("runs/audit/statement.json"))
        if holds:
            names["test_the_student_lost_nothing"]()
        else:
            with pytest.raises(AssertionError, match="lost: mlp loses at most"):
                names["test_the_student_lost_nothing"]()


def test_the_documents_workflow_is_valid_yaml_with_pinned_actions_and_no_secret():
    """What people copy must at least be read."""
    (text,) = blocks("yaml")
    steps = yaml.safe_load(text)["jobs"]["audit"]["steps"]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    assert "secrets" not in text


def test_the_documents_shell_version_is_a_shell_script(tmp_path):
    """With a command that ends with each code."""
    (text,) = blocks("sh")
    for code, ending in ((0, 0), (4, 1), (5, 1), (3, 3)):
        fake = tmp_path / "angelshare"
        fake.write_text(f"#!/bin/sh\nexit {code}\n")
        fake.chmod(0o755)
        done = subprocess.run(
            ["sh", "-c", text], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False, capture_output=True
        )
        assert done.returncode == ending


def test_the_helper_loads_no_network_library():
    """It runs in a moment."""
    code = "import angelshare.testing, sys; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_names_forge_no_line_in_a_failure(make_difference, make_statement):
    """Students, slices and labels are called what users call them."""
    forged = "mlp\npreserved\x1b[2K"
    statement = make_statement(make_difference(student=forged), students=(forged,))
    said = failure(statement, "accuracy", f'auc[slice="{forged}"]')
    assert "\x1b" not in said
    assert sum(line.startswith("preserved") for line in said.splitlines()) == 0
    assert said.count("mlp⟨U+000A⟩preserved⟨U+001B⟩[2K") == 3


def test_what_was_not_sampled_is_said_instead_of_a_number_of_items(make_difference, make_statement):
    """More of the same items would not decide."""
    said = failure(make_statement(make_difference(0.0, 0.001, least_margin=0.037)), "accuracy >= -0.02")
    assert "\n  items of large weight that were not sampled could hide a loss of 0.037\n" in said
    assert "would decide at this margin" not in said
