"""Tests of resampled counts."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from angelshare.stats import resampling
from angelshare.stats.components import SIMPLE, Design, inference
from angelshare.stats.confusion import Decisions, accuracy_and_f1, f1, linear_counts, macro_f1, matthews, micro_f1
from angelshare.stats.floor import Floored, with_floor
from angelshare.stats.resampling import Percentiles, paired_counts, resampled

STATISTICS = {
    "f1": lambda: f1(1),
    "macro": macro_f1,
    "both": lambda: accuracy_and_f1(1),
    "matthews": matthews,
    "micro": micro_f1,
}
NAMES = pytest.mark.parametrize("name", STATISTICS)


@st.composite
def classified(draw, n_classes=3):
    """Return truth, two models' classes, and whole weights; every class is meant and said."""
    n = draw(st.integers(8, 40))
    labels = st.lists(st.integers(0, n_classes - 1), min_size=n, max_size=n)
    truth, left, right = (np.array(draw(labels)) for _ in range(3))
    truth[:3], left[:3], right[:3] = [0, 1, 2], [1, 2, 0], [2, 0, 1]
    return truth, left, right, np.array(draw(st.lists(st.integers(1, 4), min_size=n, max_size=n)), dtype=np.float64)


def decided(truth, *members, n_classes=3):
    """Return decisions."""
    return Decisions.of_classes(truth, np.array(members), n_classes)


def noisy(rng, n, share, n_members=1):
    """Return binary truth and members that are wrong on a share of the items."""
    truth = rng.integers(0, 2, size=n)
    return truth, np.where(rng.random((n_members, n)) < share, 1 - truth, truth)


def sklearn_macro(truth, said):
    """Return sklearn's macro F1."""
    return f1_score(truth, said, average="macro")


@NAMES
@settings(max_examples=6)
@given(items=classified(), seed=st.integers(0, 99))
def test_sides_exchange_exactly_and_the_order_says_nothing(name, items, seed):
    """delta(a, a) = 0; delta(b, a) has the mirrored interval, bit by bit; alone, in clusters, and with weights."""
    truth, left, right, weights = items
    order = np.random.default_rng(seed).permutation(len(truth))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resampling, "N_DRAWS", 500)
        for design in (SIMPLE, Design(np.arange(len(truth)) % 5), Design(weights=weights)):
            there, back, itself = (
                paired_counts(decided(truth, a), decided(truth, b), STATISTICS[name](), design)
                for a, b in ((left, right), (right, left), (left, left))
            )
            interval, mirrored = there.interval(), back.interval()
            assert (there.value, there.se) == (-back.value, back.se)
            assert (interval.low, interval.high) == (-mirrored.high, -mirrored.low)
            assert there.p_value(0.02) == pytest.approx(back.p_value(-0.02))
            assert (itself.value, itself.se, itself.p_value()) == (0, 0, 1)
            turned = paired_counts(
                decided(truth[order], left[order]),
                decided(truth[order], right[order]),
                STATISTICS[name](),
                design.take(order),
            )
            assert turned.interval().low == pytest.approx(interval.low, abs=1e-9)
            assert turned.interval().high == pytest.approx(interval.high, abs=1e-9)


def test_a_table_that_is_its_own_mirror_has_a_mirrored_interval():
    """Three items won and three lost alike: the draws count with their mirror images."""
    truth = np.arange(60) % 2
    left, right = truth.copy(), truth.copy()
    left[:3], right[4:7] = 1 - left[:3], 1 - right[4:7]
    left[3], right[3] = 1 - left[3], 1 - right[3]
    sides = decided(truth, left, n_classes=2), decided(truth, right, n_classes=2)
    draws = [resampled(*pair).percentiles(f1(1)) for pair in (sides, sides[::-1])]
    for percentiles in draws:
        assert percentiles.draws.tolist() == (-percentiles.draws[::-1]).tolist()
        assert len(percentiles.draws) == 20_000
    assert draws[0].draws.tolist() == draws[1].draws.tolist()


@pytest.mark.parametrize("clustered", [False, True])
def test_cells_resampled_are_items_resampled(clustered):
    """Mean, spread and percentiles of a brute-force bootstrap of items, or of whole clusters."""
    rng = np.random.default_rng(61)
    truth = rng.integers(0, 2, size=120)
    left, right = (np.where(rng.random(120) < share, 1 - truth, truth) for share in (0.25, 0.15))
    codes = np.arange(120) // 5 if clustered else np.arange(120)
    percentiles = resampled(
        decided(truth, left, n_classes=2), decided(truth, right, n_classes=2), Design(codes) if clustered else SIMPLE
    ).percentiles(f1(1))
    draws, of_unit = [], [np.flatnonzero(codes == unit) for unit in range(codes.max() + 1)]
    for _ in range(3000):
        items = np.concatenate([of_unit[unit] for unit in rng.integers(0, len(of_unit), size=len(of_unit))])
        hits, total = (
            [f(truth[items], side[items]) for side in (left, right)]
            for f in (lambda t, s: (t & s).sum(), lambda t, s: t.sum() + s.sum())
        )
        draws.append(2 * hits[0] / total[0] - 2 * hits[1] / total[1])
    assert len(percentiles.draws) == 10_000
    assert percentiles.draws.mean() == pytest.approx(np.mean(draws), abs=0.003)
    assert percentiles.draws.std() == pytest.approx(np.std(draws), rel=0.06)
    assert percentiles.interval().low == pytest.approx(np.quantile(draws, 0.025), abs=0.008)
    assert percentiles.interval().high == pytest.approx(np.quantile(draws, 0.975), abs=0.008)


def test_percentiles_worked_by_hand():
    """A hundred draws of 1 to 100: 5% cut off at either end, and 90% left between."""
    percentiles = Percentiles(np.arange(1.0, 101))
    interval = percentiles.interval(0.9)
    assert (interval.low, interval.high, interval.level, interval.method) == (6, 95, 0.9, "percentiles")
    assert (percentiles.interval().low, percentiles.interval().high) == (3, 98)
    assert (percentiles.interval(0.9999).low, percentiles.interval(0.9999).high) == (1, 100)
    assert [percentiles.p_value(null) for null in (6, 5.5, 95, 95.5, 50, 50.5)] == [0.12, 0.1, 0.12, 0.1, 1, 1]
    assert (percentiles.p_value(), percentiles.p_value(101.0)) == (0, 0)
    assert Percentiles(np.zeros(10)).p_value() == 1


@settings(max_examples=25)
@given(st.lists(st.integers(-20, 20), min_size=60, max_size=80), st.floats(0.5, 0.95))
def test_the_percentile_interval_and_p_invert_each_other(draws, level):
    """Within, p is larger than 1 - level; outside it is not."""
    percentiles = Percentiles(np.sort(np.array(draws, dtype=np.float64)))
    interval = percentiles.interval(level)
    assert percentiles.p_value(interval.low) > 1 - level - 1e-9
    assert percentiles.p_value(interval.high) > 1 - level - 1e-9
    assert percentiles.p_value(interval.low - 0.5) <= 1 - level + 1e-9
    assert percentiles.p_value(interval.high + 0.5) <= 1 - level + 1e-9


def test_one_pair_is_resampled_and_the_hull_holds_t_and_the_percentiles():
    """The interval is the hull of all; spread and degrees of freedom are those of the influence function."""
    rng = np.random.default_rng(62)
    truth, (left, right) = noisy(rng, 200, 0.2, 2)
    sides, rare = (decided(truth, left, n_classes=2), decided(truth, right, n_classes=2)), np.flatnonzero(truth == 1)
    difference = paired_counts(*sides, f1(1), rare=rare)
    floored = with_floor(linear_counts(*sides, f1(1), rare=rare), SIMPLE, method="influence function, t")
    draws, interval = resampled(*sides).percentiles(f1(1)), difference.interval(0.9)
    assert interval.low == min(draws.interval(0.9).low, floored.interval(0.9).low)
    assert interval.high == max(draws.interval(0.9).high, floored.interval(0.9).high)
    assert difference.p_value(0.05) == max(draws.p_value(0.05), floored.p_value(0.05), floored.t.p_value(0.05))
    assert interval.method == "cells resampled, never narrower than influence function, t, with unseen items"
    assert (difference.df, difference.se) == (len(rare) - 1, floored.se)
    assert floored.k == pytest.approx(len(rare))
    assert difference.value == pytest.approx(f1_score(truth, left) - f1_score(truth, right))
    clustered = paired_counts(*sides, f1(1), Design(np.arange(200) // 4))
    of_clusters = resampled(*sides, Design(np.arange(200) // 4)).percentiles(f1(1))
    assert clustered.regions[0].draws.tolist() == of_clusters.draws.tolist()
    at_hand = resampled(*sides[::-1])
    given_draws = paired_counts(*sides[::-1], f1(1), draws=lambda: at_hand).regions[0]
    assert given_draws.draws.tolist() == (-draws.draws[::-1]).tolist()
    without = paired_counts(*sides, f1(1), rare=rare, draws=lambda: None)
    assert (without.interval(0.9), without.p_value(0.05)) == (floored.interval(0.9), floored.p_value(0.05))
    assert clustered.interval().method == (
        "clusters resampled, never narrower than influence function, t, delete-one-cluster jackknife, with unseen items"
    )


def test_clusters_are_whole_whatever_their_codes_and_sizes():
    """Gaps between the codes are no clusters; one of a single item is one."""
    rng = np.random.default_rng(77)
    truth, (left, right) = noisy(rng, 60, 0.3, 2)
    codes = np.concatenate([np.arange(20), np.repeat(np.arange(20, 30), 4)])
    sides = decided(truth, left, n_classes=2), decided(truth, right, n_classes=2)
    dense, gaps = (resampled(*sides, Design(c)).percentiles(f1(1)).draws for c in (codes, codes * 3 + 2))
    assert dense.tolist() == gaps.tolist()
    # every draw is of 30 clusters; all of one item, those of items
    alone = resampled(*sides, Design(np.arange(60))).percentiles(f1(1)).draws
    plain = resampled(*sides).percentiles(f1(1)).draws
    assert np.quantile(alone, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(plain, [0.1, 0.5, 0.9]), abs=0.01)
    assert (resampled(*sides, Design(codes)).left.meant.sum(axis=1).min()) >= 30


def test_weights_enter_the_value_and_the_spread():
    """The weighted F1 of either side, and the jackknife over weighted items."""
    rng = np.random.default_rng(78)
    truth, (left, right) = noisy(rng, 120, 0.25, 2)
    design = Design(weights=rng.uniform(0.5, 3, size=120))
    sides = decided(truth, left, n_classes=2), decided(truth, right, n_classes=2)
    difference, linear = paired_counts(*sides, f1(1), design), linear_counts(*sides, f1(1), design)
    values = [f1_score(truth, side, sample_weight=design.weights) for side in (left, right)]
    assert difference.value == pytest.approx(values[0] - values[1])
    assert difference.se == inference(linear, design, method="t").se
    np.testing.assert_allclose(np.concatenate(linear.sides), values)


def test_several_members_weights_or_very_many_cells_are_left_to_t(monkeypatch):
    """No percentiles there."""
    rng = np.random.default_rng(63)
    truth, members = noisy(rng, 100, 0.2, 4)
    left, right = (decided(truth, member, n_classes=2) for member in members[:2])
    assert isinstance(paired_counts(left, right, f1(1), Design(weights=np.ones(100))), Floored)
    several = paired_counts(
        decided(truth, *members[:3], n_classes=2), decided(truth, members[3], n_classes=2), macro_f1()
    )
    assert isinstance(several, Floored)
    assert several.n_seeds == 3
    two = paired_counts(decided(truth, *members[:2], n_classes=2), decided(truth, members[3], n_classes=2), macro_f1())
    assert isinstance(two, Floored)
    by_seed = [sklearn_macro(truth, member) - sklearn_macro(truth, members[3]) for member in members[:3]]
    assert several.value == pytest.approx(np.mean(by_seed))
    assert several.seed_variance == pytest.approx(np.var(by_seed, ddof=1) / 3)
    # truth, left and right make 8 cells here, or 7
    n_cells = len(np.unique(np.stack([truth, *members[:2]]), axis=1).T)
    monkeypatch.setattr(resampling, "MOST_CELLS", n_cells)
    assert resampled(left, right) is not None
    monkeypatch.setattr(resampling, "MOST_CELLS", n_cells - 1)
    assert resampled(left, right) is None
    assert isinstance(paired_counts(left, right, f1(1)), Floored)


def test_chunks_of_draws_and_the_way_to_find_cells_change_nothing(monkeypatch):
    """Small chunks draw the same sequence; more than 62 bits a row are compared as rows."""
    rng = np.random.default_rng(71)
    truth, members = noisy(rng, 80, 0.3, 2)
    sides = [decided(truth, member, n_classes=2) for member in members]
    whole = resampled(*sides).percentiles(matthews()).draws
    monkeypatch.setattr(resampling, "CHUNK", 8 * 999)
    chunked = resampled(*sides).percentiles(matthews()).draws
    assert len(chunked) == 10_000
    np.testing.assert_allclose(chunked, whole)
    monkeypatch.setattr(resampling, "MOST_BITS", 5)
    np.testing.assert_array_equal(resampled(*sides).percentiles(matthews()).draws, chunked)


def test_the_settings_of_the_resampling():
    """10,000 draws, 2,000 cells at most, a fixed seed."""
    assert (resampling.N_DRAWS, resampling.MOST_CELLS, resampling.MOST_BITS) == (10_000, 2000, 62)


def test_many_labels_are_counted_without_overflow(monkeypatch):
    """40 classes are 120 bits a row."""
    monkeypatch.setattr(resampling, "N_DRAWS", 1000)
    rng = np.random.default_rng(66)
    truth, left, right = rng.integers(0, 40, size=(3, 200))
    sides = decided(truth, left, n_classes=40), decided(truth, right, n_classes=40)
    percentiles = resampled(*sides).percentiles(macro_f1())
    assert percentiles.draws.mean() == pytest.approx(linear_counts(*sides, macro_f1()).value, abs=0.02)
    assert linear_counts(*sides, macro_f1()).value == pytest.approx(
        f1_score(truth, left, average="macro") - f1_score(truth, right, average="macro")
    )


@pytest.mark.parametrize("name", ["f1", "matthews"])
def test_the_interval_covers(name, monkeypatch):
    """200 seeded draws of 200 items, wrong on 15% and 20%, with 1,000 resampled tables each."""
    rng, n_draws, covered = np.random.default_rng(69), 200, 0
    monkeypatch.setattr(resampling, "N_DRAWS", 1000)
    # F1 of label 1: precision and recall are both 1 - the share wrong; Matthews: 1 - 2 shares
    truth_delta = {"f1": 0.05, "matthews": 0.1}[name]
    for _ in range(n_draws):
        truth = rng.integers(0, 2, size=200)
        sides = [
            decided(truth, np.where(rng.random(200) < share, 1 - truth, truth), n_classes=2) for share in (0.15, 0.2)
        ]
        interval = paired_counts(*sides, STATISTICS[name]()).interval()
        covered += interval.low <= truth_delta <= interval.high
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)
