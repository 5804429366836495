"""Tests of identity AUCs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from MLstatkit import Delong_test
from sklearn.metrics import roc_auc_score

from angelshare.stats.auc import linear_auc
from angelshare.stats.components import SIMPLE, Design, item_spread
from angelshare.stats.floor import with_floor
from angelshare.stats.identity import ORDERINGS, Classes, Identity, RankedMember, power_gradient, power_mean

AUCS = ("subgroup_auc", "bpsn_auc", "bnsp_auc")


def cells(ordering, mask, positive):
    """Return the masks of both cells that are compared."""
    return [(mask == inside) & (positive == label) for inside, label in (ordering.above, ordering.below)]


def pair_matrix(scores, above, below):
    """Return 1, 1/2 or 0 for every pair of an item above and one below."""
    ahead = scores[above][:, None] - scores[below][None, :]
    return (ahead > 0) + 0.5 * (ahead == 0)


def measured(mask, positive, *sides, weights=None):
    """Return the identity and its ranked members."""
    classes = Classes.from_labels(positive, Design(weights=weights))
    return Identity.from_mask(mask, classes), [RankedMember.from_scores(scores, classes) for scores in sides]


@st.composite
def marked_items(draw):
    """Return two models' scores with ties, labels and a mask, some items in every cell."""
    n = draw(st.integers(16, 50))
    scores = [np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)), dtype=np.float64) for _ in "ab"]
    positive, mask = (np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n))) for _ in "ab")
    positive[:16], mask[:16] = np.arange(16) < 8, np.arange(16) % 2 == 0
    return scores, positive, mask


def test_a_small_set_worked_by_hand():
    """The first four are the identity; positives .9 .8 .3 there and .6 outside, negatives .2 and .4 .1 .6.

    Subgroup: 3 of 3 pairs. BPSN: .6 over .2. BNSP: .9 and .8 over three each, .3 over .1 alone, 7 of 9. AEG+: .9 and .8
    of three over .6, 2/3 - 1/2. AEG-: .2 over .1 of three, 1/3 - 1/2.
    """
    positive = np.array([1, 1, 1, 0, 0, 0, 1, 0], dtype=bool)
    scores = np.array([0.9, 0.8, 0.3, 0.2, 0.4, 0.1, 0.6, 0.6])
    identity, (member,) = measured(np.arange(8) < 4, positive, scores)
    values = [identity.value(ordering, member) for ordering in ORDERINGS.values()]
    assert values == pytest.approx([1, 1, 7 / 9, 1 / 6, -1 / 6], abs=1e-15)
    assert [identity.count(cell) for cell in ((True, True), (True, False), (False, True), (False, False))] == [
        3,
        1,
        1,
        3,
    ]


@given(marked_items(), st.sampled_from(list(ORDERINGS)))
@settings(max_examples=30)
def test_values_are_those_of_all_pairs_and_of_sklearn(items, metric):
    """Brute-force Mann-Whitney, ties one half; sklearn's AUC of the two cells."""
    (scores, _), positive, mask = items
    ordering = ORDERINGS[metric]
    above, below = cells(ordering, mask, positive)
    identity, (member,) = measured(mask, positive, scores)
    value = identity.value(ordering, member)
    assert value == pytest.approx(pair_matrix(scores, above, below).mean() - ordering.chance, abs=1e-12)
    kept = above | below
    assert value == pytest.approx(roc_auc_score(above[kept], scores[kept]) - ordering.chance, abs=1e-12)


@given(marked_items(), st.sampled_from(list(ORDERINGS)))
@settings(max_examples=30)
def test_contributions_are_delongs_on_the_items_of_the_two_cells(items, metric):
    """A quadratic reference: row and column means of the pair matrices of both models; its variance to 1e-10."""
    (left, right), positive, mask = items
    ordering = ORDERINGS[metric]
    above, below = cells(ordering, mask, positive)
    identity, members = measured(mask, positive, left, right)
    linear = identity.linear(ordering, members[:1], members[1:])
    pairs = pair_matrix(left, above, below) - pair_matrix(right, above, below)
    assert [part.items.tolist() for part in linear.parts] == [np.flatnonzero(side).tolist() for side in (above, below)]
    np.testing.assert_allclose(linear.parts[0].values, pairs.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(linear.parts[1].values, pairs.mean(axis=0), atol=1e-12)
    variance = sum(np.var(pairs.mean(axis=1 - axis), ddof=1) / pairs.shape[axis] for axis in (0, 1))
    assert item_spread(linear, SIMPLE).variance == pytest.approx(variance, abs=1e-10)
    assert linear.value == pytest.approx(pairs.mean(), abs=1e-12)


@pytest.mark.parametrize("metric", AUCS)
def test_a_published_paired_delong_agrees(metric):
    """MLstatkit on the items of the two cells: the same z to 1e-10."""
    rng = np.random.default_rng(4)
    positive, mask = rng.random(400) < 0.4, rng.random(400) < 0.3
    left, right = (positive + rng.normal(size=400) for _ in "ab")
    identity, members = measured(mask, positive, left, right)
    above, below = cells(ORDERINGS[metric], mask, positive)
    kept = above | below
    z, _ = Delong_test(above[kept].astype(int), left[kept], right[kept], return_ci=False, return_auc=False)
    spread = item_spread(identity.linear(ORDERINGS[metric], members[:1], members[1:]), SIMPLE)
    delta = np.subtract(*(roc_auc_score(above[kept], side[kept]) for side in (left, right)))
    assert abs(delta) / np.sqrt(spread.variance) == pytest.approx(abs(z), rel=1e-10)


@pytest.mark.parametrize("n", [900, 60_000])
def test_tables_serve_few_items_and_many(n):
    """Counts that fit two bytes and such that do not; the same as an AUC made from the items alone."""
    rng = np.random.default_rng(n)
    positive, mask = rng.random(n) < 0.4, rng.random(n) < 0.8
    left, right = (positive + rng.normal(size=n) for _ in "ab")
    identity, members = measured(mask, positive, left, right)
    for ordering in (ORDERINGS[name] for name in AUCS):
        above, below = cells(ordering, mask, positive)
        kept = np.flatnonzero(above | below)
        alone = linear_auc(left[None, kept], right[None, kept], above[kept]).at(kept, n)
        linear = identity.linear(ordering, members[:1], members[1:])
        assert linear.value == pytest.approx(alone.value, abs=1e-13)
        for part, expected in zip(linear.parts, alone.parts, strict=True):
            np.testing.assert_array_equal(part.items, expected.items)
            np.testing.assert_allclose(part.values, expected.values, atol=1e-13)


@given(marked_items(), st.sampled_from(AUCS), st.integers(0, 99))
@settings(max_examples=30)
def test_weights_are_repeated_items_in_value(items, metric, seed):
    """As sklearn has it with weights; weighted contributions are those of an AUC made from the items alone."""
    (left, right), positive, mask = items
    weights = np.random.default_rng(seed).integers(1, 5, size=len(mask)).astype(float)
    above, below = cells(ORDERINGS[metric], mask, positive)
    kept = np.flatnonzero(above | below)
    identity, members = measured(mask, positive, left, right, weights=weights)
    expected = roc_auc_score(above[kept], left[kept], sample_weight=weights[kept])
    assert identity.value(ORDERINGS[metric], members[0]) == pytest.approx(expected, abs=1e-12)
    linear = identity.linear(ORDERINGS[metric], members[:1], members[1:])
    alone = linear_auc(left[None, kept], right[None, kept], above[kept], Design(weights=weights[kept]))
    for part, of_alone in zip(linear.parts, alone.parts, strict=True):
        np.testing.assert_allclose(part.values, of_alone.values, atol=1e-12)


@given(marked_items(), st.sampled_from(list(ORDERINGS)))
@settings(max_examples=30)
def test_a_model_against_itself_loses_nothing_and_sides_exchange(items, metric):
    """delta(a, a) = 0 without spread; delta(a, b) = -delta(b, a)."""
    (left, right), positive, mask = items
    identity, (a, b) = measured(mask, positive, left, right)
    itself, there, back = (identity.linear(ORDERINGS[metric], [x], [y]) for x, y in ((a, a), (a, b), (b, a)))
    assert (itself.value, item_spread(itself, SIMPLE).variance) == (0, 0)
    assert there.value == pytest.approx(-back.value, abs=1e-15)
    assert with_floor(there, SIMPLE, method="x").se == pytest.approx(with_floor(back, SIMPLE, method="x").se)


def test_members_pair_in_order_and_factors_scale_what_they_contribute():
    """Three on the left, one on the right: values by seed, and the mean of their contributions, each by its factor."""
    rng = np.random.default_rng(8)
    positive, mask = np.arange(90) % 3 == 0, np.arange(90) % 2 == 0
    identity, members = measured(mask, positive, *(positive + rng.normal(size=90) for _ in range(4)))
    left, right, ordering = members[:3], members[3:], ORDERINGS["bpsn_auc"]
    linear = identity.linear(ordering, left, right)
    values = [identity.value(ordering, member) for member in members]
    np.testing.assert_allclose(linear.by_seed, np.array(values[:3]) - values[3])
    single = [identity.linear(ordering, [member], right) for member in left]
    for i, part in enumerate(linear.parts):
        np.testing.assert_allclose(
            part.values, np.mean([by_member.parts[i].values for by_member in single], axis=0), atol=1e-15
        )
    by_hand = identity.linear(ordering, left[:1], right, by=(np.zeros(1), -np.ones(1)))
    scaled = identity.linear(ordering, left[:1], right, by=(np.array([3.0]), np.array([2.0])))
    np.testing.assert_allclose(scaled.by_seed, single[0].by_seed)
    for part, plain, alone in zip(scaled.parts, single[0].parts, by_hand.parts, strict=True):
        difference = part.values - (3 * plain.values + alone.values)
        np.testing.assert_allclose(difference, difference[0], atol=1e-14)


def test_tied_everywhere_is_a_half_without_spread():
    """One score for all: every AUC is 1/2, every gap 0."""
    positive, mask = np.arange(60) % 3 == 0, np.arange(60) % 2 == 0
    identity, (member,) = measured(mask, positive, np.zeros(60))
    assert [identity.value(ordering, member) for ordering in ORDERINGS.values()] == [0.5, 0.5, 0.5, 0, 0]


def test_an_empty_cell_is_refused():
    """No negative in the identity: no BPSN AUC, but a BNSP AUC; weights of 0 are no items."""
    positive = np.array([True, True, False, False])
    identity, (member,) = measured(positive.copy(), positive, np.arange(4.0))
    with pytest.raises(ValueError, match="0 and 0 items have no order"):
        identity.value(ORDERINGS["bpsn_auc"], member)
    assert identity.value(ORDERINGS["bnsp_auc"], member) == 0
    weightless, (member,) = measured(positive.copy(), positive, np.arange(4.0), weights=np.array([0.0, 0, 1, 1]))
    with pytest.raises(ValueError, match="2 and 2 items have no order"):
        weightless.value(ORDERINGS["bnsp_auc"], member)


def test_the_generalised_mean_worked_by_hand():
    """Of 1/2 and 1 with p = -5: ((32 + 1) / 2)^(-1/5) = 16.5^(-0.2); of equal values it is that value; of 0, 0."""
    assert power_mean(np.array([0.5, 1.0])) == pytest.approx(16.5**-0.2)
    assert power_mean(np.full(7, 0.8)) == pytest.approx(0.8)
    assert power_mean(np.array([0.0, 0.9])) == 0


@given(st.lists(st.floats(0.05, 1), min_size=2, max_size=8))
def test_the_gradient_is_that_of_the_generalised_mean(values):
    """Central differences; the gradient of equal values is that of the mean; between least and mean lies M."""
    x = np.array(values)
    steps = 1e-6 * np.eye(len(x))
    numeric = [(power_mean(x + step) - power_mean(x - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(power_gradient(x), numeric, rtol=1e-4, atol=1e-8)
    assert x.min() - 1e-12 <= power_mean(x) <= x.mean() + 1e-12
    np.testing.assert_allclose(power_gradient(np.full(4, 0.7)), 0.25)


def test_a_value_of_nothing_has_a_finite_gradient():
    """One AUC of 0 among two: it alone moves the mean, by 2^(1/5)."""
    np.testing.assert_allclose(power_gradient(np.array([0.0, 0.9])), [2**0.2, 0], atol=1e-6)
