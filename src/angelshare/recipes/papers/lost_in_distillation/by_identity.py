"""Claims on identities (Section 6, Figures 4 to 7)."""

from collections.abc import Mapping

from angelshare.audits.identities import identity_facts
from angelshare.audits.identities.mean_metric import IdentityMean
from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.papers.lost_in_distillation.parts import MITIGATED_STUDENT, MITIGATED_TEACHER, Parts
from angelshare.recipes.studies.answers import Answer, below, listed, told
from angelshare.recipes.studies.evidence import TEACHER, Evidence, Measured, excess, measure

AUCS: Mapping[str, str] = {"subgroup_auc": "Subgroup AUC", "bpsn_auc": "BPSN AUC", "bnsp_auc": "BNSP AUC"}
MEANS = {name: IdentityMean(facts=identity_facts.MEANS[f"mean_{name}"], auc=name) for name in AUCS}


BPSN = MEANS["bpsn_auc"]


def identities_lose_by_false_positives(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether a distilled CNN flags harmless mentions of identities more than its teacher does."""
    return _false_positives(evidence, parts.distilled, TEACHER, "teacher")


def identities_lose_more_than_all(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether identities lose more than all comments do."""
    overall = evidence.difference(IN_DOMAIN, parts.distilled, TEACHER)
    number = excess(evidence.difference(IN_DOMAIN, parts.distilled, TEACHER, BPSN), over=overall)
    finding = (
        f"Loss of mean BPSN AUC less that of AUC-ROC on all comments: {told(number)}; the latter "
        f"{told(measure(overall))}."
    )
    return Answer(below(number), finding, number)


def false_positives_remain_with_mitigation(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether the student still loses BPSN AUC with mitigation data in the training of both."""
    del parts  # the mitigated models have fixed names
    return _false_positives(evidence, MITIGATED_STUDENT, MITIGATED_TEACHER, "mitigated teacher")


def _false_positives(evidence: Evidence, student: str, teacher: str, whose: str) -> Answer:
    """Test whether a student loses mean BPSN AUC over identities."""

    def difference(auc: str) -> Measured:
        return measure(evidence.difference(IN_DOMAIN, student, teacher, MEANS[auc]))

    differences = {title: difference(auc) for auc, title in AUCS.items()}
    number = differences[AUCS["bpsn_auc"]]
    return Answer(below(number), f"Mean over identities less the {whose}'s: {listed(differences)}.", number)
