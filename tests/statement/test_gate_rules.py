"""Tests of gates as text."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.statement.gate_rules import parse_gate, parse_margin, parse_rows
from angelshare.statement.gates import Gate

FORM = (
    'Write METRIC[key=value, ...] >= -0.01, such as "auc[slice=women] >= -0.01"; quote names with blanks, commas or '
    'brackets: slice="women, young".'
)


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("accuracy >= -0.01", Gate("accuracy", 0.01, "command line")),
        ("accuracy>=-.01", Gate("accuracy", 0.01, "command line")),
        (" accuracy >= 0 ", Gate("accuracy", 0.0, "command line")),
        ("accuracy >= -0.0", Gate("accuracy", 0.0, "command line")),
        ("mse <= 2.5", Gate("mse", 2.5, "command line")),
        ("latency_p50_ms <= 0.1", Gate("latency_p50_ms", 0.1, "command line")),
        ("overconfidence <= 0.02", Gate("overconfidence", 0.02, "command line")),
        ("auc[slice=women] >= -0.01", Gate("auc", 0.01, "command line", slice="women")),
        ("auc[] >= -0.01", Gate("auc", 0.01, "command line")),
        (
            "f1 [ output = anger , student=mlp,data=toy ] >= -1e-2",
            Gate("f1", 0.01, "command line", output="anger", student="mlp", data="toy"),
        ),
        (
            r'auc[slice="a, \"b\" [c] = \\ d", contrast=slice-rest] >= -0.01',
            Gate("auc", 0.01, "command line", slice=r'a, "b" [c] = \ d', contrast="slice-rest"),
        ),
        ("auc[slice=länge:kurz] >= -0.01", Gate("auc", 0.01, "command line", slice="länge:kurz")),
        ("auc[slice=identity=old] >= -0.01", Gate("auc", 0.01, "command line", slice="identity=old")),
    ],
)
def test_a_rule_is_read(text, gate):
    """Blanks do not matter outside of quotes."""
    assert parse_gate(text) == gate


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accuracy", f"'accuracy' is not a gate. {FORM}"),
        ("accuracy=0.01", "'accuracy=0.01': for accuracy higher is better, so a gate on it has >=, not =."),
        ("acuracy >= -0.01", "There is no metric with a margin called 'acuracy'. Did you mean 'accuracy'?"),
        (
            "accuracy <= 0.01",
            (
                "'accuracy <= 0.01': for accuracy higher is better, so a gate on it has >=, not <=. "
                "Write accuracy >= -0.01."
            ),
        ),
        (
            "mse[slice=long] >= -0.01",
            "for mse lower is better, so a gate on it has <=, not >=. Write mse[slice=long] <= 0.01.",
        ),
        (
            "overconfidence >= -0.01",
            (
                "for overconfidence the distance from the target is judged, and less is better, so a gate on it has <=, "
                "not >=. Write overconfidence <= 0.01."
            ),
        ),
        ("accuracy > -0.01", "has >=, not >. Write accuracy >= -0.01."),
        (
            "accuracy >= 0.01",
            (
                "'accuracy >= 0.01' demands a gain; a gate says how much worse is still acceptable. "
                "Write accuracy >= -0.01."
            ),
        ),
        ("mse <= -1", "demands a gain; a gate says how much worse is still acceptable. Write mse <= 1."),
        ("accuracy >= -1%", f"'-1%' is not a number. {FORM}"),
        ("accuracy >= nan", f"the margin cannot be nan. {FORM}"),
        ("mse <= inf", f"the margin cannot be inf. {FORM}"),
        ("accuracy >= -1", "less than 1, so it cannot be 1.0. Write 0.01 for one point."),
        ("accuracy[slice] >= -0.01", f"'slice' is not key=value. {FORM}"),
        ("accuracy[slice=a b] >= -0.01", f"'slice=a b' is not key=value. {FORM}"),
        ("accuracy[slice=] >= -0.01", f"'slice=' is not key=value. {FORM}"),
        ("accuracy[slice==women] >= -0.01", f"'slice==women' is not key=value. {FORM}"),
        ("accuracy[slice=women >= -0.01", f"'accuracy[slice=women >= -0.01' is not a gate. {FORM}"),
        (
            "accuracy[slce=women] >= -0.01",
            (
                "'accuracy[slce=women] >= -0.01': gates have no key 'slce'. Did you mean 'slice'? "
                "Known: slice, output, student, data, contrast."
            ),
        ),
        ("accuracy[slice=a, slice=b] >= -0.01", "gives slice twice. Write one gate for each."),
        (
            "accuracy[contrast=student-techer] >= 0",
            "There is no contrast for gates called 'student-techer'. Did you mean 'student-teacher'?",
        ),
        ("", f"'' is not a gate. {FORM}"),
    ],
)
def test_a_mistake_in_a_rule_is_named(text, said):
    """With what to write instead."""
    with pytest.raises(InputError, match=re.escape(said)):
        parse_gate(text)


def test_a_margin_with_more_than_a_metric_is_sent_to_gates():
    """--margin is the short form."""
    with pytest.raises(InputError, match=re.escape("Give it as --gate. ")):
        parse_margin("auc[slice=women]=0.01")


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text):
    """It is a gate, or a sentence."""
    with suppress(InputError):
        assert parse_gate(text).margin >= 0


@given(st.text(min_size=1, max_size=20))
def test_every_name_can_be_quoted(name):
    """Whatever stands in it."""
    quoted = name.replace("\\", r"\\").replace('"', r"\"")
    assert parse_gate(f'auc[slice="{quoted}"] >= -0.01').slice == name


def test_a_text_that_is_no_rule_is_told_what_to_write():
    """Whole sentences; the first = parts a margin."""
    with pytest.raises(InputError) as margin:
        parse_margin("accuracy=b=0.1")
    assert str(margin.value) == "The margin of accuracy is 'b=0.1', which is not a number. Write accuracy=0.01."
    for text in ("[", "auc >= -0.01"):
        with pytest.raises(InputError) as rows:
            parse_rows(text)
        assert str(rows.value) == f"{text!r} names no rows. Write METRIC[key=value, ...], such as auc[slice=women]."
    with pytest.raises(InputError, match=r"^'auc\[bad\]': 'bad' is not key=value\."):
        parse_rows("auc[bad]")


def test_names_stand_in_single_or_double_quotes():
    """A shell's line is in double quotes already; an apostrophe within a bare name is none."""
    assert parse_gate("accuracy[slice='group=women, young'] >= -0.1").slice == "group=women, young"
    both = parse_gate("""f1[slice="o'neill", output='say "no"'] >= -0.1""")
    assert (both.slice, both.output) == ("o'neill", 'say "no"')
    assert parse_gate("accuracy[slice=o'neill] >= -0.1").slice == "o'neill"
    assert parse_gate(r"accuracy[slice='it\'s'] >= -0.1").slice == "it's"
