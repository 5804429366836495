"""Means over groups in which every group counts alike."""

import numpy as np
import pytest

from angelshare.audits.answers.quality_metrics import correct
from angelshare.audits.frame.contrasts import pair
from angelshare.audits.frame.macro import Macro
from angelshare.audits.frame.sample import Sample
from angelshare.audits.hatecheck import MACRO_ACCURACY


def test_the_standard_error_of_the_mean_over_functions_is_that_of_strata(suite, make_panel):
    """Strata of equal clusters: var = sum over F of s_f^2 / G_f / F^2, by hand.

    F1: 4 templates of 5 cases with 0, 1, 2, 5 losses: means 0, -.2, -.4, -1, mean -.4, squares .16 + .04 + 0 + .36
    = .56, s^2 = .56 / 3. F2: 6 templates of 5 cases, losses 0, 0, 0, 0, 0, 3: means 0 and -.6, mean -.1, squares
    5 * .01 + .25 = .3, s^2 = .06. var = (.56 / 3 / 4 + .06 / 6) / 4.
    """
    losses = [0, 1, 2, 5, 0, 0, 0, 0, 0, 3]
    student = np.concatenate([np.r_[np.zeros(k), np.ones(5 - k)] for k in losses])
    members = suite(
        {"teacher": np.ones(50), "student": student}, ["F1"] * 20 + ["F2"] * 30, np.repeat(np.arange(10), 5)
    )
    contrast = pair(make_panel(members[:1], members[1:])).contrasts[0]
    metric = Macro(facts=MACRO_ACCURACY, per_item=correct, column="functionality")
    population = metric.population(Sample.from_contrast(contrast))
    variance = (0.56 / 3 / 4 + 0.06 / 6) / 4
    # the jackknife divides by what is left without a cluster: a little more, of ten clusters
    assert metric.difference(population).se ** 2 == pytest.approx(variance, rel=0.25)
    assert metric.difference(population).se ** 2 >= variance


def test_the_interval_of_the_mean_over_functions_covers(suite, make_panel):
    """200 suites of 8 functions with 6 templates each, whose templates differ: the truth is in at least 90% (seeded)."""
    rng = np.random.default_rng(5)
    functions, templates = np.repeat(np.arange(8), 30).astype(str), np.repeat(np.arange(48), 5)
    losses = np.linspace(0.0, 0.35, 8)
    metric = Macro(facts=MACRO_ACCURACY, per_item=correct, column="functionality")
    covered = 0
    for _ in range(200):
        by_template = rng.beta(2.0 * losses.repeat(6) + 1e-9, 2.0 * (1 - losses.repeat(6)))
        student = rng.random(240) >= by_template.repeat(5)
        members = suite({"teacher": np.ones(240), "student": student}, functions, templates)
        contrast = pair(make_panel(members[:1], members[1:])).contrasts[0]
        interval = metric.difference(metric.population(Sample.from_contrast(contrast))).interval(0.95)
        covered += interval.low <= -losses.mean() <= interval.high
    assert covered >= 180
