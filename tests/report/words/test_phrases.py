"""The parts of a sentence, and every sentence that they can make."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.estimate import Interval, judge
from angelshare.report.words import phrases, sentences
from angelshare.statement.schema import DifferenceRow

RATIO = {"scale": "log_ratio", "n_seeds": 1, "n": 20, "margin": 0.05}


def ratio(make_difference: Callable[..., DifferenceRow], metric: str, delta: float, **more: object) -> DifferenceRow:
    """A row on a ratio scale with an interval of a tenth to either side."""
    row = make_difference(metric, 12.3, 38.1, 0.05, **(RATIO | more))
    ends = {"low": delta - 0.1, "high": delta + 0.1}
    spans = {name: getattr(row, name).model_copy(update=ends) for name in ("interval", "interval_family")}
    return row.model_copy(update={"delta": delta, **spans})


def test_a_ratio_is_told_as_a_factor(make_difference: Callable[..., DifferenceRow]):
    """exp(1.13) = 3.096: less latency is faster, more throughput too."""
    latency = ratio(make_difference, "latency_p50_ms", -1.13, direction="lower", verdict="gained")
    assert sentences.sentence(latency) == (
        "Median latency falls from 38.1 to 12.3 ms: 3.1× faster "
        "(simultaneous interval 2.8× to 3.4× faster; margin 1.05×; 20 rounds; this model)."
    )
    throughput = ratio(make_difference, "texts_per_second", 1.13, verdict="gained")
    assert phrases.change(throughput) == "3.1\N{MULTIPLICATION SIGN} faster"


def test_an_interval_across_one_names_both_ways(make_difference: Callable[..., DifferenceRow]):
    """exp(-0.08) to exp(0.12): from 1.08 times faster to 1.13 times slower."""
    row = ratio(make_difference, "latency_p50_ms", 0.02, direction="lower", verdict="undecided")
    assert (
        phrases.decisive(row).replace("\N{MULTIPLICATION SIGN}", "x")
        == "simultaneous interval 1.08x faster to 1.13x slower"
    )


def test_a_slower_student_fails_in_words(make_difference: Callable[..., DifferenceRow]):
    """A headline on a ratio scale."""
    row = ratio(make_difference, "latency_p50_ms", 0.34, direction="lower", verdict="lost", family="primary")
    assert sentences.claim(row).replace("\N{MULTIPLICATION SIGN}", "x") == (
        "mlp is 1.40x slower in median latency (95% interval 1.27x to 1.55x slower), more than the margin of 1.05x."
    )


@pytest.mark.parametrize(
    ("on_slice", "on_rest", "told"),
    [
        (-0.051, -0.033, "falls by 5.1 points on slice women and by 3.3 points on the other items: the slice loses 1.8 points more"),
        (-0.010, -0.033, "falls by 1.0 points on slice women and by 3.3 points on the other items: the slice loses 2.3 points less"),
        (-0.020, 0.010, "falls by 2.0 points on slice women and rises by 1.0 points on the other items: the slice does 3.0 points worse"),
        (0.030, 0.010, "rises by 3.0 points on slice women and by 1.0 points on the other items: the slice does 2.0 points better"),
        (-0.020, 0.0, "falls by 2.0 points on slice women and stays the same on the other items: the slice does 2.0 points worse"),
        (-0.020, -0.020, "falls by 2.0 points on slice women and by 2.0 points on the other items: the slice does as well as the others"),
    ],
)  # fmt: skip
def test_excess_loss_says_what_either_side_loses(
    make_difference: Callable[..., DifferenceRow], on_slice: float, on_rest: float, told: str
):
    """-5.1 - -3.3 = -1.8."""
    row = make_difference("accuracy", on_slice, on_rest, 0.003, contrast="slice-rest", slice="women", verdict="lost")
    assert sentences.sentence(row).startswith(f"Accuracy {told} (simultaneous interval ")


def test_excess_of_an_error_is_the_other_way_round(make_difference: Callable[..., DifferenceRow]):
    """More error on the slice is worse."""
    row = make_difference(
        "brier", 0.05, 0.02, 0.003, contrast="slice-rest", slice="s", direction="lower", verdict="lost"
    )
    assert "the slice loses 3.0 points more" in sentences.sentence(row)
    open_row = row.model_copy(update={"verdict": "undecided", "n_needed": 9_000})
    assert sentences.sentence(open_row) == (
        "Whether slice s does worse than the other items in Brier score: 1,821 items cannot decide at a margin of 1.0; "
        "about 9,000 would, if nothing is lost "
        "(+5.0 there, +2.0 elsewhere: +3.0 points, simultaneous interval +2.0 to +4.0; 5 seeds)."
    )


def test_a_clock_is_read_in_rounds_not_in_items(make_difference: Callable[..., DifferenceRow]):
    """In every sentence about latency or throughput; a ratio of perplexities is of items all the same."""
    for metric in ("latency_p50_ms", "latency_p99_ms", "texts_per_second"):
        row = ratio(make_difference, metric, 0.02, verdict="undecided", n_needed=131)
        told = sentences.sentence(row)
        assert ": 20 rounds cannot decide at a margin of 1.05\N{MULTIPLICATION SIGN}; about 140 would" in told
        assert "; 20 rounds; this model)" in told
        assert "item" not in told
        never = row.model_copy(update={"n_needed": None, "p_margin": 0.5})
        assert ", and no number of rounds would" in sentences.sentence(never)
        assert phrases.sampled(row.model_copy(update={"n": 1})) == "1 round"
    flat = row.interval.model_copy(update={"low": 0.1, "high": 0.1})
    assert phrases.no_verdict(row.model_copy(update={"interval_family": flat})) == (
        "no variance among the rounds, so no verdict"
    )
    assert phrases.sampled(ratio(make_difference, "perplexity", 0.02)) == "20 items"


def test_a_margin_of_zero_is_not_given_to_three_digits(make_difference: Callable[..., DifferenceRow]):
    """0, not 0.000; a factor stays one."""
    assert phrases.margin(make_difference("mse", 1.0, 1.1, 0.1, margin=0.0)) == "0"
    assert phrases.margin(ratio(make_difference, "texts_per_second", 0.1, margin=0.0)) == "1.00\N{MULTIPLICATION SIGN}"


def test_names_are_joined_as_in_a_sentence():
    """One, two, three."""
    assert [phrases.joined(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_a_target_is_told_by_the_distance_from_it(make_difference: Callable[..., DifferenceRow]):
    """|6.0 - 0| - |1.2 - 0| = 4.8."""
    row = make_difference("overconfidence", 0.06, 0.012, 0.006, direction="none", verdict="lost", target=0.0)
    row = row.model_copy(update={"direction": "target", "judged": row.interval, "judged_family": row.interval_family})
    assert sentences.sentence(row) == (
        "Overconfidence goes from 1.2 to 6.0, 4.8 points further from its ideal of 0 "
        "(simultaneous interval of the distance +2.9 to +6.7; margin 1.0; 5 seeds)."
    )
    nearer = row.model_copy(update={"left_value": -0.01, "right_value": 0.06})
    assert "goes from 6.0 to \u22121.0, 5.0 points nearer to its ideal of 0" in sentences.sentence(nearer)


def test_clusters_are_named_beside_items(make_difference: Callable[..., DifferenceRow]):
    """4,200 items in 300 clusters are not 4,200 items."""
    row = make_difference("accuracy", 0.80, 0.89, 0.006, n=4200, n_clusters=300)
    assert sentences.sentence(row).endswith("; margin 1.0; 4,200 items in 300 clusters; 5 seeds).")
    assert phrases.sampled(row.model_copy(update={"n": 1, "n_clusters": 1})) == "1 item in 1 cluster"


def test_items_needed_are_rounded_up_to_two_digits():
    """An estimate from an estimate; what decides must not be fewer."""
    assert [phrases.rounded_up(n) for n in (7, 99, 100, 101, 2474, 5140, 90_000)] == [
        7,
        99,
        100,
        110,
        2500,
        5200,
        90_000,
    ]


def test_a_new_release_is_held_against_the_old(make_difference: Callable[..., DifferenceRow]):
    """Left is new, right is old."""
    row = make_difference("accuracy", 0.812, 0.860, 0.004, contrast="new-old", n_seeds=1)
    assert sentences.sentence(row).startswith("Accuracy of the new mlp against the old falls from 86.0 to 81.2, ")


METRICS = {
    "accuracy": ("higher", "difference"), "f1": ("higher", "difference"), "mcc": ("higher", "difference"),
    "nll": ("lower", "difference"), "brier": ("lower", "difference"), "mse": ("lower", "difference"),
    "overconfidence": ("target", "difference"), "latency_p50_ms": ("lower", "log_ratio"),
    "texts_per_second": ("higher", "log_ratio"), "n_bytes": ("lower", "log_ratio"), "length": ("none", "difference"),
}  # fmt: skip
CONTRASTS = ("student-teacher", "student-baseline", "baseline-teacher", "teacher-teacher", "slice-rest", "new-old")
AWKWARD = re.compile(
    r"\s\s|\s[,.;:)]|\(\s|-\d|\+\u2212|\u2212\u2212|\bnan\b|\binf\b|\b1 (items|clusters|seeds)\b|\.\.|\bNone\b"
)


@st.composite
def differences(draw: st.DrawFn) -> dict[str, object]:
    """Whatever a row of differences may hold."""
    metric = draw(st.sampled_from(sorted(METRICS)))
    contrast = draw(st.sampled_from(CONTRASTS))
    share = (
        st.sampled_from([-0.4, -0.051, -0.0004, 0.0, 0.0002, 0.02, 0.3])
        if contrast == "slice-rest"
        else st.floats(0.001, 0.999)
    )
    return {
        "metric": metric,
        "contrast": contrast,
        "left": draw(share),
        "right": draw(share),
        "se": draw(st.sampled_from([0.0004, 0.004, 0.04])),
        "slice": draw(st.sampled_from([None, "women", "8 words or fewer"])) if contrast != "slice-rest" else "women",
        "output": draw(st.sampled_from([None, "toxic"])),
        "family": draw(st.sampled_from(["primary", "mlp/reviews/quality"])),
        "n_seeds": draw(st.sampled_from([1, 3, 5])),
        "n": draw(st.sampled_from([1, 40, 4200])),
        "n_clusters": draw(st.sampled_from([None, 1, 12])),
        "margin": draw(st.sampled_from([0.0, 0.01, 0.2])),
        "n_needed": draw(st.sampled_from([None, 1, 90_000])),
        "withheld": draw(st.sampled_from([(), ("lost", "gained"), ("preserved",)])),
        "remark": draw(st.sampled_from([None, "few clusters", "few seeds; few clusters"])),
    }


def as_row(make_difference: Callable[..., DifferenceRow], drawn: dict[str, object]) -> DifferenceRow:
    """Return a row that holds together: its verdict follows from its interval, its direction from its metric."""
    fields = dict(drawn)
    direction, scale = METRICS[str(fields["metric"])]
    metric, left, right, se = (fields.pop(name) for name in ("metric", "left", "right", "se"))
    row = make_difference(metric, left, right, se, direction="none", verdict=None, scale=scale, **fields)
    if direction == "target":
        row = row.model_copy(update={"target": 0.0, "judged": row.interval, "judged_family": row.interval_family})
    row = row.model_copy(update={"direction": direction})
    ends = row.interval if row.family == "primary" else row.interval_family
    sense = "lower" if direction == "target" else direction
    verdict = judge(Interval(ends.low, ends.high, 0.95, ""), row.margin, sense)
    return row.model_copy(update={"verdict": "undecided" if verdict in row.withheld else verdict})


@given(differences())
def test_every_sentence_is_one(make_difference: Callable[..., DifferenceRow], drawn: dict[str, object]):
    """One capital, one full stop, closed brackets, signs that are signs, singular and plural where they belong."""
    row = as_row(make_difference, drawn)
    for text in (sentences.sentence(row), sentences.claim(row)):
        assert not AWKWARD.search(text), text
        assert text.endswith((").", ".")), text
        assert text.count("(") == text.count(")"), text
        assert text.startswith("mlp") or text[0].isupper() or text[0].isdigit(), text
    assert sentences.claim(row).count("margin") <= 2


def test_items_that_nobody_could_find_are_not_counted(make_difference):
    """A million is still a number; two thousand million are none."""
    row = make_difference("accuracy", 0.87, 0.89, 0.006, n_needed=1_000_000, family="primary", margin=0.02)
    assert phrases.remedy(row) == "; about 1,000,000 would, if nothing is lost"
    more = row.model_copy(update={"n_needed": 2_400_000_000})
    assert phrases.remedy(more) == "; more than 1,000,000 would be needed, even if nothing is lost"
