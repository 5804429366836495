"""Tests of the rows of single identities."""

import numpy as np
import pytest

from angelshare.audits.frame.contrasts import pair
from angelshare.audits.frame.measuring import Findings, countable
from angelshare.audits.identities.one_by_one import Compared, measured, too_few
from angelshare.stats.components import SIMPLE
from angelshare.stats.identity import ORDERINGS, Classes, Identity

N = 240


@pytest.fixture
def compared(noisy, make_panel):
    """Build a compared contrast of two models, with one identity."""

    def build(mask, **more):
        truth = (np.arange(N) % 3 == 0).astype(np.int64)
        slices = {"identity": mask}
        teacher, mlp = (
            noisy(name, truth, noise, slices=slices, **more) for name, noise in (("teacher/0", 1.0), ("mlp/0", 1.6))
        )
        findings = Findings()
        (contrast,) = pair(make_panel([teacher], [mlp])).contrasts
        return Compared.from_sample(countable(contrast, findings), "toy", ["identity"], findings)

    return build


def measure(both, metric):
    """Measure one metric of the identity; return what goes on, and the row."""
    ((name, identity),) = both.each()
    linear = measured(both, name, identity, metric)
    return linear, both.findings.differences[-1] if both.findings.differences else None


@pytest.mark.parametrize(
    ("metric", "n"), [("subgroup_auc", 80), ("bpsn_auc", 106), ("bnsp_auc", 134), ("aeg_positive", 80)]
)
def test_a_row_is_about_the_items_of_its_two_cells(compared, metric, n):
    """80 of 240 in the identity, each third item positive: 26 or 27 of 80 there.

    The first 80: positives 0, 3, ..., 78, which are 27, and 53 negatives; outside 53 positives and 107 negatives.
    BPSN: 53 + 53. BNSP: 107 + 27. AEG+: 27 + 53.
    """
    _, row = measure(compared(np.arange(N) < 80), metric)
    assert row.inference.n == n
    assert row.slice == "identity"


def test_only_aucs_go_on_into_means(compared):
    """A gap between scores is a row of its own alone, judged by its distance from 0."""
    both = compared(np.arange(N) < 80)
    auc, _ = measure(both, "bpsn_auc")
    gap, row = measure(both, "aeg_negative")
    assert auc is not None
    assert auc.n == N
    assert gap is None
    assert (row.direction, row.target) == ("target", 0.0)


def test_single_items_of_clusters_are_independent_in_a_subgroup(compared):
    """Every cluster has one item of the identity: its subgroup AUC counts items, its BPSN AUC clusters."""
    both = compared(np.arange(N) < 60, clusters=np.arange(N) % 60)
    _, subgroup = measure(both, "subgroup_auc")
    _, bpsn = measure(both, "bpsn_auc")
    assert (subgroup.inference.n_clusters, subgroup.least_margin) == (None, 0)
    assert bpsn.inference.n_clusters == 60
    assert 0.05 < bpsn.least_margin < 0.3


def test_an_identity_in_few_clusters_carries_nothing(compared):
    """Six clusters: the row is there without verdicts, and goes no further."""
    linear, row = measure(compared(np.arange(N) < 60, clusters=np.arange(N) // 10), "subgroup_auc")
    assert linear is None
    assert row.withheld == ("lost", "preserved", "gained")


def test_too_few_are_told_with_both_counts():
    """Nine positives of the identity, ten negatives."""
    positive = np.arange(60) < 20
    mask = (np.arange(60) < 9) | (np.arange(60) >= 50)
    identity = Identity.from_mask(mask, Classes.from_labels(positive, SIMPLE))
    said = "9 positives of the identity and 10 negatives of the identity, at least 10 of each are needed"
    assert too_few(identity, ORDERINGS["subgroup_auc"]) == said
    assert too_few(identity, ORDERINGS["bpsn_auc"]) is None
    assert too_few(identity, ORDERINGS["aeg_positive"]).startswith("9 positives of the identity and 11 other positives")
