"""Tests of sums of statistics that share items."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angelshare.stats.components import SIMPLE, Design, Linear, Part, item_spread
from angelshare.stats.floor import hidden_by_units
from angelshare.stats.identity import ORDERINGS, Classes, Identity, RankedMember
from angelshare.stats.joint import Joint

N = 240
ZERO = np.zeros(1)


def some_terms(seed, design=SIMPLE, *, overlapping=True):
    """Return a mask of positives and the differences of the three AUCs of two identities."""
    rng = np.random.default_rng(seed)
    positive = rng.random(N) < 0.4
    classes = Classes.from_labels(positive, design)
    masks = rng.random((2, N)) < 0.4 if overlapping else np.arange(N) % 3 == np.arange(2)[:, None]
    left, right = ([RankedMember.from_scores(positive + rng.normal(size=N), classes)] for _ in "ab")
    identities = [Identity.from_mask(mask, classes) for mask in masks]
    return positive, [
        identity.linear(ORDERINGS[name], left, right) for name in list(ORDERINGS)[:3] for identity in identities
    ]


def sum_of(positive, terms, design=SIMPLE):
    """Return the sum of terms."""
    joint = Joint.empty(positive, design)
    for term in terms:
        joint.add(term)
    return joint


DESIGNS = {
    "simple": SIMPLE,
    "clusters": Design(np.arange(N) % 12),
    "unequal clusters": Design((np.sqrt(np.arange(N)) * 1.2).astype(int)),
    "weights": Design(weights=np.linspace(0.5, 2, N)),
    "both": Design(np.arange(N) % 20, np.linspace(0.5, 2, N)),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_sum_of_one_term_has_that_terms_spread(name):
    """DeLong's variance exactly, the jackknife's nearly; its degrees of freedom; what it is worth."""
    design = DESIGNS[name]
    positive, terms = some_terms(1, design)
    for term in terms:
        joint = sum_of(positive, [term], design)
        linear = joint.linear(term.by_seed, ZERO)
        joined, alone = item_spread(linear, design), item_spread(term, design)
        assert joined.variance == pytest.approx(alone.variance, rel=1e-9 if design.is_simple else 0.01)
        assert joined.df == pytest.approx(alone.df, rel=1e-9 if design.is_simple else 0.01)
        assert linear.worth == pytest.approx(term.worth)
        assert joint.hidden == hidden_by_units(term, design)
        assert (linear.value, linear.n) == (term.value, N)


def test_of_items_that_are_not_shared_variances_add():
    """Subgroup AUCs of two disjoint identities: no covariance; Satterthwaite's degrees of freedom."""
    positive, terms = some_terms(2, overlapping=False)
    spreads = [item_spread(term, SIMPLE) for term in terms[:2]]
    linear = sum_of(positive, terms[:2]).linear(ZERO, ZERO)
    variance = sum(spread.variance for spread in spreads)
    assert item_spread(linear, SIMPLE).variance == pytest.approx(variance)
    assert linear.df == pytest.approx(variance**2 / sum(spread.variance**2 / spread.df for spread in spreads))


def test_of_items_that_are_shared_covariances_count():
    """A term added twice has four times the variance; with it taken away once, or its opposite added, one and none."""
    positive, (term, *_) = some_terms(3)
    variance = item_spread(term, SIMPLE).variance
    twice = sum_of(positive, [term, term])
    assert item_spread(twice.linear(ZERO, ZERO), SIMPLE).variance == pytest.approx(4 * variance)
    assert item_spread(twice.without(term).linear(ZERO, ZERO), SIMPLE).variance == pytest.approx(variance)
    nothing = sum_of(positive, [term]).plus(sum_of(positive, [term]).times(-1)).linear(ZERO, ZERO)
    assert item_spread(nothing, SIMPLE).variance == pytest.approx(0, abs=1e-30)
    assert item_spread(twice.linear(ZERO, ZERO), SIMPLE).variance == pytest.approx(4 * variance)


@settings(max_examples=20)
@given(st.integers(0, 999))
def test_the_covariance_is_that_of_the_contributions(seed):
    """Var(a + b) - Var(a - b) = 4 Cov(a, b), the sum over shared items of the product of their shifts."""
    positive, (a, _, b, *_) = some_terms(seed)
    both, apart = (sum_of(positive, [a]).plus(sum_of(positive, [b]).times(sign)) for sign in (1, -1))
    variances = [item_spread(joint.linear(ZERO, ZERO), SIMPLE).variance for joint in (both, apart)]
    shifts = np.zeros((2, N))
    for row, term in zip(shifts, (a, b), strict=True):
        for part in term.parts:
            m = len(part.items)
            row[part.items] = (part.values - part.values.mean()) / np.sqrt(m * (m - 1))
    assert (variances[0] - variances[1]) / 4 == pytest.approx(float(shifts[0] @ shifts[1]), abs=1e-12)


@pytest.mark.parametrize("name", ["clusters", "unequal clusters", "both"])
def test_in_clusters_a_sum_is_the_jackknife_over_all_its_parts(name):
    """Each cluster's shifts of all terms add: what the jackknife makes of one statistic with the parts of all."""
    design = DESIGNS[name]
    positive, terms = some_terms(5, design)
    linear = sum_of(positive, terms, design).linear(ZERO, ZERO)
    together = Linear(ZERO, tuple(part for term in terms for part in term.parts), N)
    assert item_spread(linear, design).variance == pytest.approx(item_spread(together, design).variance, rel=1e-2)


def test_what_a_sum_is_worth_counts_every_statistic_that_one_item_moves():
    """Two parts of 20 and 30 positives that share items, 40 negatives each: 1/20 + 1/30 for a shared one; halves, half."""
    positive = np.arange(100) < 50
    negatives = Part(np.arange(50, 90), np.linspace(0, 1, 40))
    terms = [Linear(ZERO, (Part(np.arange(m), np.linspace(0, 1, m)), negatives), 100) for m in (20, 30)]
    joint = sum_of(positive, terms)
    assert joint.linear(ZERO, ZERO).unseen == pytest.approx(1 / (1 / 20 + 1 / 30))
    assert joint.times(-0.5).linear(ZERO, ZERO).unseen == pytest.approx(2 / (1 / 20 + 1 / 30))
    alone = Joint.empty(positive, SIMPLE)
    alone.add(terms[0], moves=2.0)
    assert alone.linear(ZERO, ZERO).unseen == pytest.approx(10)


def test_terms_without_spread_bound_nothing():
    """Two equal models: no variance, and as many degrees of freedom as there are."""
    positive = np.arange(60) < 20
    term = Linear(ZERO, (Part(np.arange(10), np.zeros(10)), Part(np.arange(20, 60), np.zeros(40))), 60)
    linear = sum_of(positive, [term, term]).linear(ZERO, ZERO)
    assert (linear.df, item_spread(linear, SIMPLE)) == (np.inf, item_spread(linear, SIMPLE))
    assert item_spread(linear, SIMPLE).variance == 0
