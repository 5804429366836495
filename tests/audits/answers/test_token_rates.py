"""Tests of perplexity and bits per byte."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from angelshare.audits.answers.token_rates import BITS_PER_BYTE, PERPLEXITY, measure_rates, rate_estimates
from angelshare.core.items import Items
from angelshare.core.observations import Likelihoods
from angelshare.core.panel import Panel, Population

TOKENS = np.array([3, 1])
BYTES = np.array([10, 6])


def member(name, nats, tokens=TOKENS, n_bytes=BYTES):
    """Return one member."""
    return Likelihoods(name, np.asarray(nats, dtype=np.float64), np.asarray(tokens), np.asarray(n_bytes), seed=0)


def panel(teacher, *students, **known):
    """Return the panel of a teacher and the seeds of one student; `known` is of the items."""
    items = Items("texts", np.array([f"i{i:05}" for i in range(len(teacher))]), **known)
    return Panel(
        "books", items, Population("teacher", "teacher", (teacher,)), (Population("student", "student", students),)
    )


def rows(given):
    """Return the rows of a panel by metric, on all items."""
    return {row.metric: row for row in measure_rates(given).differences if row.slice is None}


def test_a_hand_worked_perplexity_and_bits_per_byte():
    """Rates are sums by sums, not means of the texts' own."""
    toy = rows(panel(member("teacher", [6, 2]), member("student", [9, 3])))
    # (6 + 2) nats in 3 + 1 tokens are 2 nats a token; 12 nats in 4 are 3
    perplexity = toy["perplexity"]
    assert (perplexity.left_value, perplexity.right_value) == pytest.approx((math.exp(3), math.exp(2)))
    assert perplexity.inference.value == pytest.approx(1.0)
    assert (perplexity.scale, perplexity.direction) == ("log_ratio", "lower")
    # 8 nats in 16 bytes are half a nat a byte, 0.5 / ln 2 bits
    in_bits = toy["bits_per_byte"]
    assert (in_bits.left_value, in_bits.right_value) == pytest.approx((0.75 / math.log(2), 0.5 / math.log(2)))
    assert in_bits.inference.value == pytest.approx(0.25 / math.log(2))


def drawn(rng, n, n_clusters=None):
    """Return nats of a teacher and a student, tokens, bytes and clusters of n texts."""
    tokens = rng.integers(1, 60, n)
    clusters = np.arange(n) if n_clusters is None else rng.integers(0, n_clusters, n)
    level = rng.gamma(30, 0.1, n) + rng.normal(0, 0.2, n)[clusters]
    gap = rng.normal(0.1, 0.3, n) / np.sqrt(tokens) + rng.normal(0.1, 0.1, n)[clusters]
    return tokens * level, tokens * np.maximum(level + gap, 0.01), tokens, tokens * 4 + rng.integers(0, 9, n), clusters


def jackknife(left, right, counts, units, weights):
    """Return the rate's difference and the standard error from leaving out one unit at a time."""

    def rate(mask):
        return ((left - right) * weights)[mask].sum() / (counts * weights)[mask].sum()

    names = np.unique(units)
    without = np.array([rate(units != name) for name in names])
    se = math.sqrt((1 - 1 / len(names)) * ((without - without.mean()) ** 2).sum())
    return rate(np.ones(len(left), dtype=bool)), se


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_standard_error_is_the_ratios_jackknife(clustered, weighted):
    """Leaving out one text, or one cluster, at a time; texts may have weights of their own."""
    rng = np.random.default_rng(1)
    teacher, student, tokens, n_bytes, clusters = drawn(rng, 80, 12 if clustered else None)
    weights = rng.gamma(4, 1, 80) if weighted else None
    known = {"clusters": clusters if clustered else None, "weights": weights}
    measured = rows(panel(member("t", teacher, tokens, n_bytes), member("s", student, tokens, n_bytes), **known))
    heavy = np.ones(80) if weights is None else weights
    for name, counts in (("perplexity", tokens), ("bits_per_byte", n_bytes * math.log(2))):
        value, se = jackknife(student, teacher, counts, clusters, heavy)
        assert measured[name].inference.value == pytest.approx(value)
        assert measured[name].inference.se == pytest.approx(se)
        assert measured[name].inference.n_clusters == (len(np.unique(clusters)) if clustered else None)


NATS = arrays(np.float64, 6, elements=st.floats(0.01, 50))
COUNTS = arrays(np.int64, 6, elements=st.integers(1, 40))


@given(NATS, NATS, COUNTS, COUNTS, st.permutations(range(6)))
def test_a_model_equals_itself_turned_round_the_sign_turns_and_order_does_not_matter(left, right, tokens, size, order):
    """Of both metrics, values and intervals."""
    assume(not np.allclose(left, right))
    t, s = member("t", right, tokens, size), member("s", left, tokens, size)
    there, back = rows(panel(t, s)), rows(panel(replace(s, name="t"), replace(t, name="s")))
    shuffled = rows(panel(t.take(np.array(order)), s.take(np.array(order))))
    same = rows(panel(t, replace(t, name="s")))
    for name, row in there.items():
        assert back[name].inference.value == pytest.approx(-row.inference.value, abs=1e-12)
        assert back[name].inference.se == pytest.approx(row.inference.se, abs=1e-12)
        assert shuffled[name].inference.value == pytest.approx(row.inference.value, abs=1e-12)
        assert shuffled[name].inference.interval().low == pytest.approx(row.inference.interval().low, rel=1e-6)
        assert (same[name].inference.value, same[name].inference.se, same[name].identical) == (0, 0, True)


def test_where_tokenizers_differ_only_bits_per_byte_are_compared():
    """And the perplexities of both are still told."""
    teacher, student = member("teacher", [6, 2]), member("student", [9, 3], tokens=[2, 1])
    given_panel = panel(teacher, student)
    findings = measure_rates(given_panel)
    assert [row.metric for row in findings.differences] == ["bits_per_byte"]
    assert [gap.metric for gap in findings.gaps] == ["perplexity"]
    assert any("the tokenizers differ" in remark for remark in findings.remarks)
    values = {(e.metric, e.student): e.value for e in rate_estimates(given_panel, 0.95)}
    assert values["perplexity", None] == pytest.approx(math.exp(2))
    assert values["perplexity", "student"] == pytest.approx(math.exp(4))


def test_seeds_of_different_tokenizers_have_no_perplexity_in_common():
    """Bits per byte of each are known, and so is their mean."""
    seeds = member("s/0", [9, 3]), replace(member("s/1", [9, 3], tokens=[2, 1]), seed=1)
    known = list(rate_estimates(panel(member("teacher", [6, 2]), *seeds), 0.95))
    assert [(e.metric, e.student) for e in known] == [
        ("perplexity", None), ("bits_per_byte", None), ("bits_per_byte", "student"),
    ]  # fmt: skip
    assert known[-1].value == pytest.approx(12 / 16 / math.log(2))


def test_texts_without_a_label_count_as_others_do():
    """A likelihood needs none, and a remark on items does not speak of labels."""
    members = member("teacher", [6, 2]), member("student", [9, 3])
    half = rows(panel(*members, truth=np.array([1, -1])))
    assert half["perplexity"].inference.value == rows(panel(*members))["perplexity"].inference.value
    known = {"truth": np.array([1, -1]), "slices": {"old": np.array([True, False])}}
    assert "Slice old is not measured: 1 items, at least 20 are needed." in measure_rates(panel(*members, **known)).said


def test_estimates_have_intervals_around_them():
    """Those of perplexities are of logarithms."""
    rng = np.random.default_rng(2)
    teacher, student, tokens, n_bytes, _ = drawn(rng, 60)
    measured = list(
        rate_estimates(panel(*(member(n, x, tokens, n_bytes) for n, x in (("t", teacher), ("s", student)))), 0.9)
    )
    assert [(e.metric, e.student) for e in measured] == [
        ("perplexity", None), ("bits_per_byte", None), ("perplexity", "student"), ("bits_per_byte", "student"),
    ]  # fmt: skip
    for estimate in measured:
        assert estimate.interval.low < estimate.value < estimate.interval.high
        assert (estimate.interval.level, estimate.n) == (0.9, 60)


def test_seeds_are_a_sample_too():
    """The geometric mean of three perplexities, and a recipe's inference."""
    students = [member(f"student/{seed}", [9 + seed, 3]) for seed in range(3)]
    row = rows(panel(member("teacher", [6, 2]), *(replace(s, seed=i) for i, s in enumerate(students))))["perplexity"]
    # 12, 13 and 14 nats in 4 tokens
    assert row.left_value == pytest.approx(math.exp(13 / 4))
    assert row.values_by_seed == pytest.approx((1.0, 1.25, 1.5))
    assert (row.kind, row.inference.n_seeds) == ("recipe", 3)


def test_slices_are_measured_by_the_same_rates_and_against_the_rest():
    """The sides of such a row are log ratios."""
    rng = np.random.default_rng(3)
    teacher, student, tokens, n_bytes, _ = drawn(rng, 80)
    old = np.arange(80) < 30
    given_panel = panel(
        member("t", teacher, tokens, n_bytes), member("s", student, tokens, n_bytes), slices={"old": old}
    )
    measured = {(row.metric, row.contrast): row for row in measure_rates(given_panel).differences if row.slice == "old"}
    here = measured["perplexity", "student-teacher"]
    assert here.left_value == pytest.approx(math.exp(student[old].sum() / tokens[old].sum()))
    apart = measured["perplexity", "slice-rest"]
    ratios = [((student - teacher)[mask].sum() / tokens[mask].sum()) for mask in (old, ~old)]
    assert (apart.left_value, apart.right_value) == pytest.approx(tuple(ratios))
    assert apart.inference.value == pytest.approx(ratios[0] - ratios[1])


def test_few_texts_never_show_that_likelihood_was_preserved():
    """It is unbounded: a text that was not sampled may be far less likely."""
    rng = np.random.default_rng(4)
    teacher, student, tokens, n_bytes, _ = drawn(rng, 200)
    for row in rows(panel(member("t", teacher, tokens, n_bytes), member("s", student, tokens, n_bytes))).values():
        assert row.withheld == ("preserved",)


@pytest.mark.parametrize(("n", "n_clusters", "n_seeds"), [(60, None, 1), (300, 15, 1), (60, None, 4)])
def test_intervals_cover_as_they_say(n, n_clusters, n_seeds):
    """Of 300 samples from a population with known rates: neither less than promised nor idly wide."""
    rng = np.random.default_rng(5)
    truth = _population(np.random.default_rng(6), n_clusters)
    covered = {"perplexity": 0, "bits_per_byte": 0}
    for _ in range(300):
        sample = _sampled(rng, truth, n, n_clusters)
        bias = rng.normal(0, 0.05, n_seeds) if n_seeds > 1 else np.zeros(1)
        students = [
            replace(
                member(
                    f"s/{k}", np.maximum(sample["student"] + b * sample["tokens"], 0), sample["tokens"], sample["bytes"]
                ),
                seed=k,
            )
            for k, b in enumerate(bias)
        ]
        teacher = member("t", sample["teacher"], sample["tokens"], sample["bytes"])
        clusters = None if n_clusters is None else sample["clusters"]
        for name, row in rows(panel(teacher, *students, clusters=clusters)).items():
            interval = row.inference.interval()
            covered[name] += interval.low <= truth[name] <= interval.high
    for name, count in covered.items():
        assert 0.91 <= count / 300 <= 0.99, name


def _population(rng, n_clusters):
    """Return a hundred thousand texts, and their rates; seeds add 0 nats a token on average."""
    n, n_groups = 100_000, 2_000 if n_clusters else 100_000
    tokens = 1 + rng.poisson(rng.gamma(1.5, 20, n))
    groups = np.sort(rng.integers(0, n_groups, n)) if n_clusters else np.arange(n)
    level = 3 + rng.normal(0, 0.4, n_groups)[groups]
    gap = rng.normal(0.15, 0.15, n_groups)[groups] + rng.normal(0, 1, n) / np.sqrt(tokens)
    teacher, student, size = tokens * level, tokens * (level + gap), tokens * 4 + 3
    rate = (student - teacher).sum()
    return {
        "teacher": teacher, "student": np.maximum(student, 0), "tokens": tokens, "bytes": size, "groups": groups,
        "perplexity": rate / tokens.sum(), "bits_per_byte": rate / size.sum() / math.log(2),
    }  # fmt: skip


def _sampled(rng, truth, n, n_clusters):
    """Return texts drawn one by one, or whole clusters of them."""
    if n_clusters is None:
        index, clusters = rng.integers(0, len(truth["tokens"]), n), None
    else:
        chosen = rng.choice(truth["groups"].max() + 1, n_clusters, replace=False)
        parts = [np.flatnonzero(truth["groups"] == group) for group in chosen]
        index, clusters = np.concatenate(parts), np.repeat(np.arange(n_clusters), [len(part) for part in parts])
    return {name: truth[name][index] for name in ("teacher", "student", "tokens", "bytes")} | {"clusters": clusters}


def test_intervals_cover_where_the_loss_grows_with_the_length():
    """Then few long texts make up the variance: t on the degrees of freedom of their lengths covers 89% of 300."""
    rng = np.random.default_rng(7)

    def drawn_lengths(n):
        tokens = np.maximum(1, np.exp(rng.normal(3, 1, n))).astype(np.int64)
        return tokens, 0.05 + 0.1 * rng.normal(size=n) + 0.1 * (np.log(tokens) - 3)

    tokens, loss = drawn_lengths(1_000_000)
    truth, covered, widths = (tokens * loss).sum() / tokens.sum(), 0, []
    for _ in range(300):
        tokens, loss = drawn_lengths(100)
        teacher, student = (member(n, tokens * (4 + lost), tokens, tokens * 4) for n, lost in (("t", 0), ("s", loss)))
        interval = rows(panel(teacher, student))["perplexity"].inference.interval()
        covered += interval.low <= truth <= interval.high
        widths.append(interval.high - interval.low)
    assert covered / 300 >= 0.92
    assert np.median(widths) < 0.15


def test_facts_state_margins_that_are_never_idle():
    """Both are judged, and lower is better."""
    assert {facts.direction for facts in (PERPLEXITY, BITS_PER_BYTE)} == {"lower"}
    assert pytest.approx(BITS_PER_BYTE.margin, abs=0.003) == math.log2(1 + PERPLEXITY.margin) / 4
