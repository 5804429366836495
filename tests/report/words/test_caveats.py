"""What a reader must know before believing a number."""

from collections.abc import Callable

import pytest

from angelshare.report.words.caveats import warnings
from angelshare.statement.schema import DifferenceRow, Statement


def test_collapsed_models_few_seeds_and_unmeasured_gates_are_warnings(statement: Statement):
    """Each is told once."""
    assert warnings(statement) == (
        "the content of reviews differs from the one that its card names.",
        "bilstm/4: collapsed: it does not beat the majority class",
        "Few seeds: the spread of minilm-3l over training runs was estimated from fewer than five.",
        "Not measured: the gate latency|p99 <b>: there is no such row; remarks on the page say what was left out.",
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"slice": "wimen"}, "no slice called 'wimen' was measured (the nearest name is 'women')."),
        ({"student": "xyz"}, "no student called 'xyz' was measured."),
        ({"data": "nowhere"}, "no data set called 'nowhere' was measured."),
        ({"output": "nobody"}, "no label called 'nobody' was measured."),
    ],
)
def test_a_name_in_a_gate_that_no_row_has_is_named(make_difference, statement: Statement, asked, said):
    """With the nearest: it may be mistyped."""
    audit = statement.audits[0].model_copy(
        update={"differences": (make_difference("auc", 0.0, 0.0, 0.1, slice="women"),)}
    )
    gate = statement.gates[0].model_copy(update={"state": "not_measured", "student": None, **asked})
    assert warnings(statement.model_copy(update={"audits": (audit,), "gates": (gate,)}))[-1].endswith(f": {said}")


def test_a_warning_is_told_once_wherever_it_stands(statement: Statement):
    """Two audits that say the same of clustered items; the other remarks stay where they are."""
    alarm = "Items come in 30 clusters."
    audits = tuple(a.model_copy(update={"warnings": (alarm,), "remarks": ("Fine.",)}) for a in statement.audits)
    texts = warnings(statement.model_copy(update={"audits": audits}))
    assert texts.count("Items come in 30 clusters.") == 1
    assert "Fine." not in texts


def test_a_baseline_that_collapsed_is_called_a_baseline(statement: Statement):
    """It bears its student's name, and each name stands once."""
    remark = "collapsed: accuracy 0.500 does not beat the majority class (0.500)"
    models = tuple(
        m.model_copy(update={"remark": remark if (m.name, m.seed) == ("mlp", 0) else None}) for m in statement.models
    )
    assert f"mlp/0, baseline mlp/0: {remark}" in warnings(statement.model_copy(update={"models": models}))


def test_where_the_teacher_has_nothing_there_is_nothing_to_lose(
    make_difference: Callable[..., DifferenceRow], statement: Statement
):
    """A teacher that never says yes has an F1 of 0, and every student "preserves" it; errors of 0 are no such thing."""
    metrics = ("micro_f1", "macro_f1", "recall", "f1", "exact_match")
    rows = [make_difference(metric, 0.0, 0.0, 0.001) for metric in metrics]
    rows += [make_difference("mse", 0.1, 0.0, 0.001, direction="lower"), make_difference("accuracy", 0.1, 0.2, 0.001)]
    rows += [make_difference("auc", 0.0, 0.0, 0.001, contrast="slice-rest", slice="women")]

    def told(n: int, *more: DifferenceRow) -> str:
        audit = statement.audits[0].model_copy(update={"differences": (*rows[:n], *more)})
        return warnings(statement.model_copy(update={"audits": (audit,)}))[-2]

    rest = ": there is nothing to lose, so verdicts on that say nothing of a student."
    assert told(2) == f"The teacher has 0 in micro F1 and macro F1{rest}"
    assert told(5, *rows[5:]) == f"The teacher has 0 in micro F1, macro F1, recall and 2 more{rest}"
