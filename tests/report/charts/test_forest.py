"""Differences as lines of a table, and whom a loss hurts most."""

from collections.abc import Callable

from angelshare.report.charts.forest import difference_sections, difference_view, excess_sections
from angelshare.report.charts.marks import Axis, forest_axis
from angelshare.report.words.lookup import students
from angelshare.statement.schema import DifferenceRow, Statement

TIMES = "\N{MULTIPLICATION SIGN}"


def test_excess_losses_come_worst_first(rich_statement: Statement):
    """Women lose 4 points more than the others, and their row leads."""
    mlp, bilstm = excess_sections(rich_statement)
    assert (mlp.student, bilstm.student, mlp.metric, mlp.worse) == ("mlp", "bilstm", "accuracy", "below")
    first = mlp.lines[0]
    assert (first.subset, first.right, first.left, first.delta) == ("women", "\u22125.0", "\u22129.0", "\u22124.0")
    deltas = [line.order[0] for line in mlp.lines]
    assert deltas == sorted(deltas)


def test_without_slices_nobody_is_hurt_more(empty_statement: Statement):
    """There is nothing to say."""
    assert excess_sections(empty_statement) == ()


def test_of_an_error_the_slices_above_zero_do_worse(
    make_difference: Callable[..., DifferenceRow], rich_statement: Statement
):
    """The metric of the slices stands in where the main one has none; what does not fit is counted."""
    rows = tuple(
        make_difference("brier", 0.01 * k, 0.0, 0.01, contrast="slice-rest", slice=f"s{k}", direction="lower")
        for k in range(20)
    )
    audit = rich_statement.audits[0].model_copy(update={"differences": rows})
    (section,) = excess_sections(rich_statement.model_copy(update={"audits": (audit,)}))
    assert (section.worse, section.metric, section.n_more) == ("above", "Brier score", 4)
    assert section.lines[0].subset == "s19"


def test_a_slice_is_told_with_its_own_number_of_items(rich_statement: Statement):
    """Women are 900 of the items that the excess is known from; of clusters only one number is told."""
    lines = {line.subset: line.short for line in excess_sections(rich_statement)[0].lines}
    assert lines["women"] == ("900 of 900 items",)
    assert lines["men"] == ("780 items in 41 clusters",)


def test_what_is_lost_comes_in_headlines_labels_and_slices(
    make_difference: Callable[..., DifferenceRow], rich_statement: Statement
):
    """Gated rows first; a metric of one label only is a headline; other contrasts stay in one piece."""
    rows = [make_difference("recall", 0.8, 0.9, 0.3, output=label) for label in ("love", "anger")]
    rows += [make_difference("accuracy", 0.8, 0.9, 0.01, slice=s) for s in ("women", "men")]
    rows += [make_difference("auc", 0.8, 0.9, 0.01, output="toxic"), make_difference("accuracy", 0.8, 0.9, 0.01)]
    rows.append(make_difference("accuracy", 0.8, 0.9, 0.01, slice="poems", family="primary"))
    rows += [row.model_copy(update={"contrast": "student-baseline"}) for row in rows[:6]]
    audit = rich_statement.audits[0].model_copy(update={"differences": tuple(rows)})
    sections = difference_sections((audit,), ("mlp",))
    names = [[line.name + line.subset for group in section.groups for line in group.lines] for section in sections]
    assert names == [
        ["accuracypoems", "AUC of toxic", "accuracy"],
        ["recall of love", "recall of anger"],
        ["accuracywomen", "accuracymen"],
        ["AUC of toxic", "accuracy", "recall of love", "recall of anger", "accuracywomen", "accuracymen"],
    ]
    assert [section.is_main for section in sections] == [True, False, False, False]
    assert [section.contrast.rpartition(", ")[2] for section in sections[1:3]] == ["label by label", "slice by slice"]
    # wide intervals of labels stretch their own axis only
    assert sections[0].groups[0].axis.high < 0.2 < sections[1].groups[0].axis.high


def test_a_ratio_is_drawn_on_factors(make_difference: Callable[..., DifferenceRow]):
    """Round factors on the axis, and the word beneath the factor."""
    row = make_difference("latency_p50_ms", 2.0, 9.8, 0.03, scale="log_ratio", direction="lower", n_seeds=1)
    row = row.model_copy(
        update={
            name: row.interval.model_copy(update={"low": -1.7, "high": -1.5})
            for name in ("interval", "interval_family")
        }
    )
    row = row.model_copy(update={"delta": -1.6})
    axis = forest_axis([row])
    assert [tick.label for tick in axis.ticks] == [f"0.2{TIMES}", f"0.5{TIMES}", f"1{TIMES}"]
    view = difference_view(row, axis)
    # exp(1.6) = 4.95, exp(1.5) = 4.48, exp(1.7) = 5.47
    assert (view.delta, view.word, view.interval) == (f"5.0{TIMES}", "faster", f"4.5{TIMES} to 5.5{TIMES}")
    assert (view.right, view.left) == ("9.80", "2.00")
    assert view.mark.label.startswith(f"5.0{TIMES} faster, 95% interval 4.5{TIMES} to 5.5{TIMES} faster")


def test_short_and_long_ratio_axes_have_round_ticks(make_difference: Callable[..., DifferenceRow]):
    """Within a tenth of 1 in steps of 0.05; over four orders of magnitude in tens."""

    def labels(reach: float) -> list[str]:
        row = make_difference("latency_p50_ms", 2.0, 9.8, 0.03, scale="log_ratio", margin=0.0, delta=0.0)
        spans = {
            name: row.interval.model_copy(update={"low": -reach, "high": reach})
            for name in ("interval", "interval_family")
        }
        return [tick.label.removesuffix(TIMES) for tick in forest_axis([row.model_copy(update=spans)]).ticks]

    assert labels(0.1) == ["0.9", "0.95", "1", "1.05", "1.1"]
    assert labels(0.8) == ["0.5", "1", "1.5", "2"]
    assert labels(5.0) == ["0.01", "0.1", "1", "10", "100"]


def test_a_row_that_is_not_judged_shows_no_margin(make_difference: Callable[..., DifferenceRow]):
    """Nor a p-value at it; clusters and remarks are told."""
    row = make_difference("length", 19.2, 19.0, 0.4, direction="none", verdict=None, n_clusters=30, remark="few seeds")
    view = difference_view(row, Axis(-1, 1))
    assert view.evidence == ("1,821 items in 30 clusters", "5 seeds", "few seeds")
    assert view.short == ("1,821 items in 30 clusters", "few seeds")
    target = row.model_copy(update={"direction": "target", "metric": "overconfidence", "target": 0.5})
    assert difference_view(target, Axis(-1, 1)).name == "overconfidence (ideal 50; drawn: the distance from it)"


def test_differences_of_several_text_sets_stand_in_groups_of_their_own(suite_statement: Statement):
    """Each group names its set; contrasts of four models name their sides."""
    sections = difference_sections(suite_statement.audits, students(suite_statement))
    lost = next(section for section in sections if (section.student, section.kind) == ("mlp", "student-teacher"))
    assert {group.data for group in lost.groups} == {"reviews", "hatecheck", "identity_swaps"}
    interaction = next(section for section in sections if section.kind == "interaction")
    assert (interaction.left, interaction.right) == ("with mitigation", "without")
    assert interaction.groups[0].lines[0].right.startswith("\N{MINUS SIGN}")


def test_identities_have_sections_of_excess_losses_too(suite_statement: Statement):
    """The main metric first; those behind it are folded, and every one names its text set."""
    sections = [section for section in excess_sections(suite_statement) if section.student == "mlp"]
    assert [(section.metric, section.data, section.is_first) for section in sections] == [
        ("accuracy", "reviews", True),
        ("BPSN AUC", "reviews", False),
    ]
