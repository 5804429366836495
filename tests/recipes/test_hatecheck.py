"""Hard decisions of two of our own models on HateCheck, against a count by hand and brute-force resampling."""

import csv
import math
from collections import defaultdict
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import stats

from angelshare.core.protocols import Silent
from angelshare.core.student_spec import TfidfSpec
from angelshare.data.texts.loading import load_splits
from angelshare.models.tfidf import fit_tfidf
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import parse_side

LABELS = ("non-hateful", "hateful")


@pytest.fixture(scope="module")
def hatecheck(tmp_path_factory):
    """Return the suite, the statement, and what either model decided, read back from its file."""
    folder = tmp_path_factory.mktemp("hatecheck")
    train, suite = load_splits("wiki_toxicity").role("train"), load_splits("hatecheck").role("test")
    half = train.take(np.arange(0, len(train), 2))
    said, sides = [], []
    for role, texts in (("teacher", train), ("student", half)):
        model = fit_tfidf(texts.batch, texts.truth, TfidfSpec(name=role, kind="tfidf"), LABELS, "binary")
        labels = np.array(LABELS)[model.score(suite.batch).argmax(axis=1)]
        file = folder / f"{role}.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([("id", "label"), *zip(suite.ids, labels, strict=True)])
        with file.open(encoding="utf-8") as given:
            said.append(dict(list(csv.reader(given))[1:]))
        sides.append(parse_side(role, str(file)))
    request = AuditRequest(
        sides=tuple(sides),
        out=folder / "out",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        data="hatecheck",
        reading=Reading(task="binary", labels=LABELS),
    )
    statement = audit_models(request, progress=Silent())
    outcomes = [
        (int(said[0][item] == LABELS[truth]), int(said[1][item] == LABELS[truth]), int(cluster))
        for item, truth, cluster in zip(suite.ids, suite.truth, suite.clusters, strict=True)
    ]
    return suite, statement, outcomes, said


def audit_of(statement, name):
    """Return one audit of a statement."""
    return next(audit for audit in statement.audits if audit.name == name)


def accuracy_rows(statement):
    """Return the rows of accuracy, student against teacher."""
    rows = audit_of(statement, "quality").differences
    return [row for row in rows if (row.metric, row.contrast) == ("accuracy", "student-teacher")]


def differences_by_template(row, suite, outcomes):
    """Return, for every template in a row's slice, the differences of its items."""
    inside = np.ones(len(outcomes), dtype=bool) if row.slice is None else suite.slices[row.slice]
    by_template = defaultdict(list)
    for (teacher, student, cluster), member in zip(outcomes, inside, strict=True):
        if member:
            by_template[cluster].append(student - teacher)
    return list(by_template.values())


def mean_of(clusters):
    """Return the mean over all items."""
    return sum(map(sum, clusters)) / sum(map(len, clusters))


@pytest.mark.real_data
def test_accuracies_and_flips_equal_a_count_by_hand(hatecheck):
    """On all items and in every slice."""
    suite, statement, outcomes, said = hatecheck
    rows = accuracy_rows(statement)
    assert len(rows) > 20
    for row in rows:
        inside = np.ones(len(outcomes), dtype=bool) if row.slice is None else suite.slices[row.slice]
        kept = [outcome for outcome, member in zip(outcomes, inside, strict=True) if member]
        assert row.n == len(kept)
        assert row.right_value == pytest.approx(sum(teacher for teacher, _, _ in kept) / len(kept), abs=1e-12)
        assert row.left_value == pytest.approx(sum(student for _, student, _ in kept) / len(kept), abs=1e-12)
    shares = {e.metric: e.value for e in audit_of(statement, "agreement").estimates if e.slice is None}
    n = len(outcomes)
    assert shares["negative_flips"] == pytest.approx(sum(t > s for t, s, _ in outcomes) / n, abs=1e-12)
    assert shares["positive_flips"] == pytest.approx(sum(s > t for t, s, _ in outcomes) / n, abs=1e-12)
    assert shares["agreement"] == pytest.approx(sum(said[0][i] == said[1][i] for i in suite.ids) / n, abs=1e-12)


@pytest.mark.real_data
def test_clustered_standard_errors_equal_leaving_out_each_template_by_hand(hatecheck):
    """Every difference computed anew without one template; slices in which nothing varies have a bound instead."""
    suite, statement, outcomes, _ = hatecheck
    compared = 0
    for row in accuracy_rows(statement):
        clusters = differences_by_template(row, suite, outcomes)
        alone = all(len(cluster) == 1 for cluster in clusters)
        assert row.n_clusters == (None if alone else len(clusters))
        left_out = [mean_of(clusters[:i] + clusters[i + 1 :]) for i in range(len(clusters))]
        squares = sum((value - mean_of([left_out])) ** 2 for value in left_out)
        expected = math.sqrt((len(clusters) - 1) / len(clusters) * squares)
        if expected > 0 and not alone:
            compared += 1
            assert row.se == pytest.approx(expected, rel=1e-9)
    assert compared > 10


@pytest.mark.real_data
def test_the_clustered_interval_agrees_with_resampling_whole_templates(hatecheck):
    """2,000 draws of 424 templates: the standard errors agree within a tenth.

    The interval is that standard error times t on the templates that make up the variance, less one, worked here by
    hand: so it holds the middle 95% of the draws.
    """
    suite, statement, outcomes, _ = hatecheck
    whole = next(row for row in accuracy_rows(statement) if row.slice is None)
    clusters = differences_by_template(whole, suite, outcomes)
    sums, sizes = (np.array([f(c) for c in clusters]) for f in (sum, len))
    chosen = np.random.default_rng(0).integers(0, len(clusters), size=(2000, len(clusters)))
    draws = sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1)
    assert whole.se == pytest.approx(draws.std(ddof=1), rel=0.1)
    left_out = np.array([(sums.sum() - s) / (sizes.sum() - n) for s, n in zip(sums, sizes, strict=True)])
    squares = (left_out - left_out.mean()) ** 2
    df = squares.sum() ** 2 / (squares**2).sum() - 1
    half = stats.t.ppf(0.975, df) * whole.se
    assert (whole.interval.low, whole.interval.high) == pytest.approx((whole.delta - half, whole.delta + half))
    low, high = np.quantile(draws, [0.025, 0.975])
    assert whole.interval.low < low < high < whole.interval.high
