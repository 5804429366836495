"""Tests of the speed audit, on timings worked by hand and on clocks that are noisy."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from angelshare.audits.answers.timing import TimingSettings
from angelshare.audits.frame.registry import run_audits
from angelshare.audits.speed import Speed, Timed, by_round, measure_speed
from angelshare.core.audit import AuditSettings
from angelshare.core.estimate import judge
from angelshare.core.items import Items
from angelshare.core.observations import Timing
from angelshare.core.panel import Panel, Population
from angelshare.core.protocols import ModelCard
from angelshare.core.requests import TEST, Observations

CARD = {"task": "binary", "labels": ("bad", "good")}


def timed(name, texts_per_second, latency_ms, *, role="student", card=None, memory=None, busy=1.0):
    """Return one model with these timings; `latency_ms` has one row per round."""
    card = card or ModelCard(f"{name}/0", **CARD, fingerprint=name, n_parameters=100, n_bytes=400)
    return Timed(role, name, card, clocked(latency_ms, texts_per_second, busy=busy, memory=memory))


def clocked(latency_ms, texts_per_second=(1.0,), *, busy=1.0, memory=None):
    """Return a timing over three texts."""
    latencies = np.array(latency_ms)
    return Timing("mlp/0", np.array(texts_per_second), latencies, np.full(len(latencies), busy), 3, memory)


def noisy(name, rng, *, role="student", factor=1.0, rounds=10, shared=0.0):
    """Return a model whose latencies are log-normal around `factor` ms and whose rounds differ; sometimes it stalls."""
    latency = factor * np.exp(shared + rng.normal(0, 0.2, (rounds, 100)) + rng.normal(0, 0.05, (rounds, 1)))
    latency[rng.random((rounds, 100)) < 0.02] *= 5
    return timed(name, 1000 / latency.mean(axis=1), latency, role=role)


def row(result, metric, student):
    """Return one difference."""
    (difference,) = [d for d in result.differences if (d.metric, d.student) == (metric, student)]
    return difference


TEACHER = timed("teacher", [100, 100, 100], [[8.0, 10, 30], [8, 10, 30], [8, 10, 30]], role="teacher", memory=900)
STUDENT = timed("mlp", [200, 400, 800], [[1.0, 5, 9], [4, 5, 6], [5, 5, 5]], memory=50)
MODELS = (TEACHER, STUDENT)


def test_a_difference_is_the_mean_log_ratio_of_the_rounds():
    """Texts per second: ratios 2, 4, 8, so logs 1, 2, 3 times log 2: mean 2 log 2, s = log 2, se = log 2 / sqrt 3."""
    difference = row(measure_speed([TEACHER, STUDENT], data="soups"), "texts_per_second", "mlp")
    assert difference.inference.value == pytest.approx(2 * math.log(2))
    assert difference.inference.se == pytest.approx(math.log(2) / math.sqrt(3))
    assert (difference.inference.df, difference.inference.n) == (2, 3)
    assert difference.inference.method == "t over rounds, of log ratios"
    assert (difference.contrast, difference.left, difference.right) == ("student-teacher", ("mlp/0",), ("teacher/0",))
    assert (difference.kind, difference.scale, difference.data, difference.identical) == (
        "this_model",
        "log_ratio",
        "soups",
        False,
    )


def test_a_latency_is_the_percentile_of_each_round():
    """The medians are 10 ms and 5 ms in every round; of 3, 1, 2 and 10 ms the median is 2.5."""
    difference = row(measure_speed([TEACHER, STUDENT], data="soups"), "latency_p50_ms", "mlp")
    assert (difference.left_value, difference.right_value) == (pytest.approx(5), pytest.approx(10))
    assert difference.inference.value == pytest.approx(-math.log(2))
    timing = clocked([[3.0, 1, 2, 10]])
    assert by_round(timing, "latency_p50_ms").tolist() == [2.5]


def test_the_99th_percentile_lies_between_its_neighbours():
    """Of 0, 1, ..., 100 ms it is 99; of 1, ..., 100 it is 1 + 0.99 x 99 = 99.01."""
    assert by_round(clocked(np.arange(101.0)[None]), "latency_p99_ms").tolist() == [99]
    percentiles = by_round(clocked(np.arange(1.0, 101)[None]), "latency_p99_ms")
    assert percentiles.tolist() == [pytest.approx(99.01)]


def test_latency_is_better_lower_and_throughput_higher():
    """A student that is twice as fast has gained both."""
    result = measure_speed([TEACHER, STUDENT], data="soups")
    assert {d.metric: d.direction for d in result.differences} == {
        "texts_per_second": "higher",
        "latency_p50_ms": "lower",
    }


def test_too_few_latencies_leave_the_99th_percentile_unmeasured():
    """And the result says so; at a hundred it is there."""
    result = measure_speed([TEACHER, STUDENT], data="soups")
    assert result.remarks == (
        "The 99th percentile of latency is not measured: 3 latencies in a round are too few, at least 100 are needed.",
    )
    assert not any("p99" in row.metric for row in (*result.differences, *result.estimates))
    rng = np.random.default_rng(0)
    enough = measure_speed([noisy("teacher", rng, role="teacher"), noisy("mlp", rng)], data="soups")
    assert row(enough, "latency_p99_ms", "mlp").direction == "lower"
    assert enough.remarks == ()
    assert sum(e.metric == "latency_p99_ms" for e in enough.estimates) == 2


def test_one_model_with_too_few_latencies_is_enough_to_drop_the_99th_percentile():
    """The two would not be compared alike."""
    rng = np.random.default_rng(0)
    few = noisy("mlp", rng)
    few = timed("mlp", few.timing.texts_per_second, few.timing.latency_ms[:, :99])
    result = measure_speed([noisy("teacher", rng, role="teacher"), few], data="soups")
    assert "99 latencies in a round" in result.remarks[0]


def test_a_machine_that_others_used_is_a_warning():
    """The mean share is what counts: (1 + 0.61) / 2 = 80.5% is still undisturbed, (1 + 0.5) / 2 = 75% is not."""
    models = [TEACHER, timed("mlp", [1, 2, 3], [[1.0, 2]] * 3, busy=0.5)]
    (warning,) = measure_speed(models, data="soups").warnings
    assert warning == (
        "Others were at work while speed was measured: this process had a processor for 75% of the time. That slows "
        "slow models more than quick ones. Measure again on an idle machine, into another folder."
    )
    models = [TEACHER, timed("mlp", [1, 2, 3], [[1.0, 2]] * 3, busy=0.61)]
    assert measure_speed(models, data="soups").warnings == ()


def test_every_model_has_its_sizes_and_its_speed():
    """The teacher's are nobody's student's; figures without a clock have no interval."""
    result = measure_speed([TEACHER, STUDENT], data="soups")
    by_model = {(e.models, e.student, e.metric): e for e in result.estimates}
    teacher, student = (("teacher/0",), None), (("mlp/0",), "mlp")
    assert [by_model[(*teacher, m)].value for m in ("n_parameters", "n_bytes", "peak_memory_bytes")] == [100, 400, 900]
    assert by_model[(*student, "peak_memory_bytes")].value == 50
    assert by_model[(*student, "n_parameters")].interval is None
    assert by_model[(*student, "n_parameters")].data is None


def test_a_speed_is_the_geometric_mean_over_rounds_with_its_interval():
    """200, 400, 800 texts a second: 400; the logs' s is log 2, so the interval is 400 x 2^(+-4.303 / sqrt 3)."""
    result = measure_speed([TEACHER, STUDENT], data="soups", level=0.95)
    (speed,) = [e for e in result.estimates if (e.student, e.metric) == ("mlp", "texts_per_second")]
    half = stats.t.ppf(0.975, 2) / math.sqrt(3)
    assert speed.value == pytest.approx(400)
    assert (speed.interval.low, speed.interval.high) == (pytest.approx(400 / 2**half), pytest.approx(400 * 2**half))
    assert speed.se == pytest.approx(400 * math.log(2) / math.sqrt(3))
    assert (speed.n, speed.data, speed.interval.method) == (3, "soups", "t over rounds, of logs")


def test_sizes_that_a_model_does_not_tell_are_named():
    """Nothing is silently zero."""
    silent = timed("mlp", [1, 2, 3], [[1.0, 2]] * 3, card=ModelCard("mlp/0", **CARD, fingerprint="m"))
    result = measure_speed([TEACHER, silent], data="soups", remarks=("On 1 thread.",))
    assert result.remarks[:3] == (
        "On 1 thread.",
        "The parameters of mlp/0 are not known: the model does not tell them.",
        "The bytes of mlp/0 are not known: the model does not tell them.",
    )
    assert {e.metric for e in result.estimates if e.student == "mlp"} == {"texts_per_second", "latency_p50_ms"}


def test_a_reference_is_compared_as_a_baseline():
    """It never has to hold a gate that is meant for students."""
    reference = timed("tfidf", [1, 2, 3], [[1.0, 2]] * 3, role="baseline")
    result = measure_speed([TEACHER, STUDENT, reference], data="soups")
    assert {(d.student, d.contrast) for d in result.differences} == {
        ("mlp", "student-teacher"),
        ("tfidf", "baseline-teacher"),
    }


def test_two_copies_of_one_model_are_seldom_called_faster_or_slower():
    """Of 2,000 rows at 95%, 100 are expected beside 0; three standard errors above are 129. Stalls and drift included."""
    rng = np.random.default_rng(1)
    calls, rows = 0, 0
    for _ in range(667):
        drift = np.cumsum(rng.normal(0, 0.1, (10, 1)), axis=0)  # of the machine: it falls on both
        copies = [noisy("t", rng, role="teacher", shared=drift), noisy("s", rng, shared=drift)]
        for difference in measure_speed(copies, data="soups").differences:
            verdict = judge(difference.inference.interval(0.95), 0.0, difference.direction)
            calls += verdict in ("lost", "gained")
            rows += 1
    assert rows == 2001
    assert calls <= 129


def test_a_tenth_is_found_in_ten_rounds():
    """What the copies cannot hide, a real difference must show."""
    rng = np.random.default_rng(2)
    result = measure_speed([noisy("t", rng, role="teacher"), noisy("s", rng, factor=0.8)], data="soups")
    difference = row(result, "latency_p50_ms", "s")
    assert judge(difference.inference.interval(0.95), 0.0, difference.direction) == "gained"


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_a_slower_clock_changes_no_ratio_and_swapped_sides_change_its_sign(seed, unit):
    """The ratio of two durations has no unit."""
    rng = np.random.default_rng(seed)
    left, right = (rng.lognormal(size=(4, 7)) for _ in range(2))

    def ratio(student, teacher):
        models = [timed("t", [1.0] * 4, teacher, role="teacher"), timed("s", [1.0] * 4, student)]
        return row(measure_speed(models, data="soups"), "latency_p50_ms", "s").inference

    assert ratio(left, right).value == pytest.approx(ratio(unit * left, unit * right).value, abs=1e-9)
    assert ratio(left, right).value == pytest.approx(-ratio(right, left).value, abs=1e-9)
    assert ratio(left, left).value == 0


def test_the_test_split_is_asked_for_with_the_options():
    """They say how to time; no model is asked for anything else."""
    test = Items("soups", np.array(["a", "b"]))
    options = TimingSettings(rounds=4)
    (asked,) = Speed(options).requests(test)
    assert (asked.name, asked.kind, asked.items, asked.settings) == (TEST, "timing", test, options)


def test_timings_are_a_panel_with_the_models_cards():
    """What the clock said is observed as anything else; what was remarked on while timing is said first."""
    populations = [
        Population(model.role, model.population, (replace(model.timing, name=model.card.name),)) for model in MODELS
    ]
    items = Items("timed texts", np.array(["0", "1", "2"]))
    panel = Panel("soups", items, populations[0], tuple(populations[1:]), remarks=("On 1 thread.",))
    cards = {(model.role, model.card.name): model.card for model in MODELS}
    result = Speed().measure(Observations({(TEST, "timing"): panel}, cards=cards), AuditSettings())
    assert result == measure_speed(MODELS, data="soups", remarks=("On 1 thread.",))
    assert result.remarks[0] == "On 1 thread."


def test_what_was_not_timed_has_no_speed():
    """The audit is not applicable, for the reason that was given."""
    missing = {(TEST, "timing"): "Files hold no live models."}
    (alone,) = run_audits([Speed()], Observations({}, missing), AuditSettings())
    assert (alone.name, alone.not_applicable) == ("speed", "Files hold no live models.")
