"""Tests of what each mitigation of a study gives and costs."""

import pytest

from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.papers.lost_in_distillation.mitigations import mitigation_results, mitigation_table
from angelshare.recipes.papers.lost_in_distillation.parts import HATECHECK, SELECTION
from angelshare.recipes.studies.evidence import Evidence


def mitigation_result(evidence, parts, selection):
    """Return what the mitigations change, fitted on a panel."""
    (result,) = mitigation_results(Evidence({**evidence.panels, SELECTION: selection}), parts)
    return result


@pytest.fixture(scope="module")
def evidence(make_evidence):
    """Return evidence of two sets, where mitigation data lift the student on one."""
    return make_evidence((IN_DOMAIN, HATECHECK), hatecheck={"cnn-neutral": 2.5})


@pytest.fixture(scope="module")
def result(evidence, parts):
    """Return what the mitigations change; temperature and thresholds are fitted on the same texts here."""
    return mitigation_result(evidence, parts, evidence.panel(IN_DOMAIN))


def rows(result, **wanted):
    """Return the differences with these fields."""
    return [row for row in result.differences if all(getattr(row, key) == value for key, value in wanted.items())]


def test_a_planted_gain_is_found(result, evidence, parts):
    """On the set where it is, for the mitigation that has it."""
    (row,) = rows(result, student="student: mitigation data", metric="auc", data=HATECHECK)
    gain = evidence.value(HATECHECK, "cnn-neutral") - evidence.value(HATECHECK, parts.unmitigated)
    assert row.contrast == "mitigated-plain"
    assert row.inference.value == pytest.approx(gain)
    assert row.inference.interval().low > 0


def test_the_interaction_is_measured_on_every_set(result):
    """For rankings, and over functionalities where there are some."""
    assert {(row.data, row.metric) for row in rows(result, contrast="interaction")} == {
        (IN_DOMAIN, "auc"),
        (IN_DOMAIN, "average_precision"),
        (IN_DOMAIN, "mean_subgroup_auc"),
        (IN_DOMAIN, "mean_bpsn_auc"),
        (IN_DOMAIN, "mean_bnsp_auc"),
        (HATECHECK, "auc"),
        (HATECHECK, "average_precision"),
        (HATECHECK, "macro_accuracy"),
    }


def test_a_temperature_is_held_against_none(result):
    """By calibration, of student and teacher."""
    names = {row.student for row in rows(result, metric="nll")}
    assert names == {"student: temperature", "teacher: temperature"}
    assert all(row.data == IN_DOMAIN for row in rows(result, metric="nll"))


def test_thresholds_are_held_against_none(result):
    """By decisions, on all comments and for each identity: the recall of harmless texts is what they are fitted to."""
    about = rows(result, student="student: thresholds per group", metric="recall", contrast="mitigated-plain")
    assert {row.slice for row in about} == {None, "mentions_old", "mentions_young"}
    assert {row.output for row in about} == {"fine"}


def test_thresholds_need_identities(evidence, parts):
    """Without slices of identities that is said."""
    result = mitigation_result(evidence, parts, evidence.panel(HATECHECK))
    assert "Thresholds per group are not fitted: no slice is an identity." in result.remarks
    assert rows(result, student="student: thresholds per group") == []


def test_the_table_has_a_row_for_each(result):
    """Without and with the mitigation, and the change with its interval."""
    table = mitigation_table(result.differences)
    (row,) = [row for row in table.rows if row[:3] == ("student: mitigation data", HATECHECK, "auc")]
    before, after, change, low, high = row[3:]
    assert after - before == pytest.approx(change)
    assert low < change < high
