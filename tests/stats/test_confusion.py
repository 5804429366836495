"""Tests of F1 and Matthews' correlation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

from angelshare.stats import confusion
from angelshare.stats.components import SIMPLE, Design, inference, item_spread
from angelshare.stats.confusion import (
    Counts,
    CountStatistic,
    Decisions,
    accuracy_and_f1,
    f1,
    linear_counts,
    macro_f1,
    matthews,
    micro_f1,
)

STATISTICS = {
    "f1": lambda: f1(1),
    "macro": macro_f1,
    "both": lambda: accuracy_and_f1(1),
    "matthews": matthews,
    "micro": micro_f1,
}
NAMES = pytest.mark.parametrize("name", STATISTICS)


def sklearns(name, truth, said, weights=None):
    """Return sklearn's value of three classes."""
    of_one = f1_score(truth == 1, said == 1, sample_weight=weights, zero_division=0)
    return {
        "f1": lambda: of_one,
        "macro": lambda: f1_score(truth, said, average="macro", sample_weight=weights, zero_division=0),
        "both": lambda: (of_one + accuracy_score(truth, said, sample_weight=weights)) / 2,
        "matthews": lambda: matthews_corrcoef(truth, said, sample_weight=weights),
        "micro": lambda: f1_score(truth, said, average="micro", sample_weight=weights),
    }[name]()


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


def counts(decisions, weights=None):
    """Return the counts of the only member."""
    return decisions.counts(weights)[0]


def test_f1_and_its_gradient_worked_by_hand():
    """Hits 2, 1, 0; meant 4, 1, 0; said 2, 2, 0 of labels 0, 1, 2."""
    counted = Counts(np.array([2, 1, 0]), np.array([4, 1, 0]), np.array([2, 2, 0]))
    # 4 / 6, 2 / 3, and none; the mean of the two that occur; together 2 * 3 / (5 + 4)
    assert [f1(label).value(counted) for label in range(3)] == [pytest.approx(2 / 3), pytest.approx(2 / 3), 0]
    assert macro_f1().value(counted) == pytest.approx(2 / 3)
    assert micro_f1().value(counted) == pytest.approx(6 / 9)
    # d (2 h / t): 2 / t by hits, -2 h / t^2 by meant and said
    of_label = f1(0).gradient(counted)
    assert of_label.hits == pytest.approx([2 / 6, 0, 0])
    assert of_label.meant == pytest.approx([-4 / 36, 0, 0])
    assert of_label.said == pytest.approx([-4 / 36, 0, 0])
    of_all = macro_f1().gradient(counted)
    assert of_all.hits == pytest.approx([1 / 6, 1 / 3, 0])
    assert of_all.meant == pytest.approx([-2 / 36, -2 / 18, 0])
    together = micro_f1().gradient(counted)
    assert together.hits == pytest.approx([2 / 9] * 3)
    assert together.said == pytest.approx([-6 / 81] * 3)
    assert f1(2).gradient(counted).hits.tolist() == [0, 0, 0]
    none = Counts(np.zeros(2), np.zeros(2), np.zeros(2))
    assert (macro_f1().value(none), micro_f1().value(none)) == (0, 0)
    assert macro_f1().gradient(none).said.tolist() == [0, 0]


def test_matthews_worked_by_hand():
    """Six hits of 1, three of 0, one miss and two false alarms: (18 - 2) / sqrt(7 * 8 * 4 * 5) = .478091."""
    counted = Counts(np.array([3, 6]), np.array([5, 7]), np.array([4, 8]))
    assert matthews().value(counted) == pytest.approx(16 / math.sqrt(1120))
    assert accuracy_and_f1(1).value(counted) == pytest.approx((9 / 12 + 12 / 15) / 2)
    gradient = accuracy_and_f1(1).gradient(counted)
    assert gradient.hits == pytest.approx([1 / 2, (1 + 2 / 15) / 2])
    assert gradient.meant == pytest.approx([0, -12 / 225 / 2])
    assert gradient.said == pytest.approx([0, -12 / 225 / 2])
    constant = Counts(np.array([5.0, 0]), np.array([5.0, 7]), np.array([12.0, 0]))
    assert matthews().value(constant) == 0
    assert matthews().value(Counts(np.zeros(2), np.array([5.0, 7]), np.array([0.0, 0]))) == 0
    still = matthews().gradient(Counts(np.array([0.5, 0]), np.array([0.5, 0.5]), np.array([1.0, 0])))
    assert (still.hits.tolist(), still.meant.tolist(), still.said.tolist()) == ([0, 0], [0, 0], [0, 0])


@NAMES
@settings(max_examples=10)
@given(items=classified())
def test_values_are_sklearns_with_weights_and_without(name, items):
    """Three classes; counts of any scale; weights as often as the item is repeated."""
    truth, left, _, weights = items
    decisions = decided(truth, left)
    plain, weighted = (STATISTICS[name]().value(counts(decisions, w)) for w in (None, weights))
    assert plain == pytest.approx(sklearns(name, truth, left), abs=1e-12)
    assert weighted == pytest.approx(sklearns(name, truth, left, weights), abs=1e-12)
    times = weights.astype(int)
    assert weighted == pytest.approx(sklearns(name, np.repeat(truth, times), np.repeat(left, times)), abs=1e-12)
    raw = counts(decisions)
    scaled = Counts(raw.hits * len(truth), raw.meant * len(truth), raw.said * len(truth))
    assert STATISTICS[name]().value(scaled) == pytest.approx(plain, abs=1e-12)
    assert counts(decisions, np.full(len(truth), 0.3)).hits == pytest.approx(raw.hits)


@NAMES
@settings(max_examples=10)
@given(items=classified())
def test_the_influence_is_the_derivative_by_the_weight_of_an_item(name, items):
    """A central difference, up to a constant."""
    truth, left, right, weights = items
    weights, step = weights / weights.sum(), 1e-6
    sides = decided(truth, left), decided(truth, right)
    components = linear_counts(*sides, STATISTICS[name](), Design(weights=weights)).parts[0].values
    expected = np.empty(len(truth))
    for item in range(len(truth)):
        ends = []
        for e in (step, -step):
            moved = (1 - e) * weights
            moved[item] += e
            values = [STATISTICS[name]().value(counts(side, moved)) for side in sides]
            ends.append(values[0] - values[1])
        expected[item] = (ends[0] - ends[1]) / (2 * step)
    np.testing.assert_allclose(components - weights @ components, expected - weights @ expected, atol=2e-5)


@given(st.integers(2, 300), st.integers(0, 999))
@settings(max_examples=40)
def test_a_constant_model_has_no_correlation_with_any_weights(n, seed):
    """What rounding leaves of its variance is no variance: the value is 0, and so is every influence."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, size=n)
    decisions = decided(truth, np.ones(n, dtype=int))
    for weights in (None, rng.uniform(0.1, 3, size=n)):
        counted = counts(decisions, weights)
        assert matthews().value(counted) == 0
        assert not any(part.any() for part in (matthews().gradient(counted).hits, matthews().gradient(counted).said))
        # one item of ten million on the other side is a spread
    almost = Counts(np.array([5e6 - 1, 1]), np.array([5e6, 5e6]), np.array([1e7 - 2, 2]))
    assert matthews().value(almost) == 0
    better = Counts(np.array([5e6, 2.0]), np.array([5e6, 5e6]), np.array([1e7 - 2, 2]))
    assert matthews().value(better) == pytest.approx(math.sqrt(2e-7), rel=1e-6)


@NAMES
def test_many_tables_are_counted_at_once(name):
    """Values of an array of tables are those of every table."""
    rng = np.random.default_rng(75)
    meant, said = rng.integers(2, 9, size=(2, 4, 5, 3))
    said[..., 0] += meant.sum(axis=-1) - said.sum(axis=-1) + 20
    meant[..., 0] += 20
    hits = np.minimum(meant, said) - 1
    together = STATISTICS[name]().value(Counts(hits, meant, said))
    assert together.shape == (4, 5)
    for where in np.ndindex(4, 5):
        assert together[where] == pytest.approx(
            STATISTICS[name]().value(Counts(hits[where], meant[where], said[where]))
        )


def noisy(rng, n, share, n_members=1):
    """Return binary truth and members that are wrong on a share of the items."""
    truth = rng.integers(0, 2, size=n)
    return truth, np.where(rng.random((n_members, n)) < share, 1 - truth, truth)


def sklearn_macro(truth, said):
    """Return sklearn's macro F1."""
    return f1_score(truth, said, average="macro")


def test_multi_label_decisions_count_every_label():
    """Two labels an item, F1 together and apart; sklearn's on the indicator matrices."""
    rng = np.random.default_rng(65)
    meant, said = rng.integers(0, 2, size=(50, 4)), rng.integers(0, 2, size=(1, 50, 4))
    counted = counts(Decisions(meant, said))
    assert micro_f1().value(counted) == pytest.approx(f1_score(meant, said[0], average="micro"))
    assert macro_f1().value(counted) == pytest.approx(f1_score(meant, said[0], average="macro"))
    assert f1(2).value(counted) == pytest.approx(f1_score(meant[:, 2], said[0][:, 2]))


def test_members_pair_row_by_row_or_with_one():
    """Values by seed are differences of pairs; the influence is the mean over members."""
    rng = np.random.default_rng(67)
    truth, members = noisy(rng, 90, 0.25, 6)
    left, right = decided(truth, *members[:3], n_classes=2), decided(truth, *members[3:], n_classes=2)
    linear = linear_counts(left, right, matthews(), rare=np.arange(7))
    mcc = [matthews_corrcoef(truth, member) for member in members]
    np.testing.assert_allclose(linear.by_seed, np.subtract(mcc[:3], mcc[3:]))
    pairs = [
        linear_counts(decided(truth, a, n_classes=2), decided(truth, b, n_classes=2), matthews()).parts[0].values
        for a, b in zip(members[:3], members[3:], strict=True)
    ]
    np.testing.assert_allclose(linear.parts[0].values, np.mean(pairs, axis=0))
    assert (linear.n, linear.parts[0].items.tolist(), linear.rare.tolist()) == (90, list(range(90)), list(range(7)))
    np.testing.assert_allclose(np.concatenate(linear.sides), mcc)


def test_any_function_of_counts_has_an_interval():
    """Recall of label 1, as a statistic of one's own: the paired t test on the positives."""

    def value(counted):
        return counted.hits[..., 1] / counted.meant[..., 1]

    def gradient(counted):
        share = counted.meant[1]
        zero = np.zeros(2)
        by_meant = np.array([0, -counted.hits[1] / share**2])
        return confusion.Gradient(np.array([0, 1 / share]), by_meant, zero)

    rng = np.random.default_rng(68)
    truth, members = noisy(rng, 400, 0.2, 2)
    sides = [decided(truth, member, n_classes=2) for member in members]
    linear = linear_counts(*sides, CountStatistic(value, gradient, lambda counted: float(counted.meant[1])))
    hits = [(member == 1)[truth == 1].astype(float) for member in members]
    assert linear.value == pytest.approx(hits[0].mean() - hits[1].mean())
    n = (truth == 1).sum()
    assert item_spread(linear, SIMPLE).variance == pytest.approx(np.var(hits[0] - hits[1]) / n, rel=0.01)
    assert linear.unseen == pytest.approx(n)


def test_what_a_statistic_of_counts_is_worth_in_items():
    """Shares meant .5, .4, .1 of 100: F1 its label, macro 2 * 3 * .1, micro the largest, Matthews' 1 - .25 - .16 - .01."""
    truth = np.repeat([0, 1, 2], [50, 40, 10])
    sides = decided(truth, truth, n_classes=3), decided(truth, truth, n_classes=3)
    cases = {f1(2): 10, macro_f1(): 60, micro_f1(): 50, matthews(): 58, accuracy_and_f1(1): 40}
    for statistic, items in cases.items():
        assert linear_counts(*sides, statistic).unseen == pytest.approx(items)
    # a label that nobody means counts among the three where somebody says it, and has no items of its own
    said = np.where(np.arange(60) == 0, 2, truth[:60])
    some = decided(truth[:60], said, n_classes=3), decided(truth[:60], said, n_classes=3)
    assert linear_counts(*some, macro_f1()).unseen == pytest.approx(2 * 3 * 10)


@pytest.mark.parametrize("name", ["macro", "matthews"])
def test_the_jackknife_of_clusters_is_near_the_brute_force_one(name):
    """150 clusters of 1 to 6: leaving each out for real gives the variance within 5%."""
    rng = np.random.default_rng(70)
    codes = np.repeat(np.arange(150), rng.integers(1, 7, size=150))
    truth = rng.integers(0, 3, size=len(codes))
    left, right = (np.where(rng.random(len(codes)) < 0.3, rng.integers(0, 3, size=len(codes)), truth) for _ in range(2))

    def value(kept):
        here, there = (STATISTICS[name]().value(counts(decided(truth[kept], side[kept]))) for side in (left, right))
        return float(here - there)

    left_out = np.array([value(codes != unit) for unit in range(150)])
    expected = 149 / 150 * ((left_out - left_out.mean()) ** 2).sum()
    linear = linear_counts(decided(truth, left), decided(truth, right), STATISTICS[name]())
    difference = inference(linear, Design(codes), method="t")
    assert difference.se**2 == pytest.approx(expected, rel=0.05)
    assert difference.value == pytest.approx(value(codes >= 0))


def test_labels_that_nobody_means_or_says_are_worth_nothing():
    """Shares meant .75 and .25 of three labels: 2 * 2 * .25; said only, one label of no items: twice all of them."""
    worth = macro_f1().worth
    assert worth(Counts(np.zeros(3), np.array([0.75, 0.25, 0]), np.array([0.5, 0.5, 0]))) == 1.0
    assert worth(Counts(np.zeros(3), np.array([0.75, 0.25, 0]), np.array([0.5, 0.25, 0.25]))) == 1.5
    assert worth(Counts(np.zeros(3), np.zeros(3), np.array([0.5, 0, 0]))) == 2.0


def test_a_variance_within_rounding_is_none_at_any_scale():
    """One item of ten trillion: 2e13 of 1e26, less than 1e-12 of it; of one trillion it is 2e-12, and counts."""
    for n, seen in ((1e13, False), (1e12, True)):
        correlation = matthews().value(Counts(np.array([n / 2, 1.0]), np.array([n / 2, n / 2]), np.array([n - 1, 1.0])))
        assert bool(correlation > 0) is seen


def test_what_a_statistic_is_worth_is_the_same_from_either_side():
    """A label that nobody means and one side says counts among three on that side, among two on the other."""
    truth = np.repeat([0, 1], [60, 20])
    plain, odd = decided(truth, truth, n_classes=3), decided(truth, np.where(np.arange(80) == 0, 2, truth), n_classes=3)
    there, back = linear_counts(plain, odd, macro_f1()), linear_counts(odd, plain, macro_f1())
    # of two labels 2 * 2 * 20 items, of three 2 * 3 * 20
    assert (there.unseen, back.unseen) == (pytest.approx(80), pytest.approx(80))
