"""Claims on identities (Section 6, Figures 4 to 7)."""

from collections.abc import Mapping

from angelshare.audit.identities import identity_facts
from angelshare.audit.identities.mean_metric import IdentityMean
from angelshare.recipes.studies.answers import Answer, below, listed, told
from angelshare.recipes.studies.evidence import (
    IN_DOMAIN,
    MITIGATED_STUDENT,
    MITIGATED_TEACHER,
    TEACHER,
    Evidence,
    found,
    interaction,
)
from angelshare.recipes.studies.study import Parts

AUCS: Mapping[str, str] = {"subgroup_auc": "Subgroup AUC", "bpsn_auc": "BPSN AUC", "bnsp_auc": "BNSP AUC"}
MEANS = {name: IdentityMean(facts=identity_facts.MEANS[f"mean_{name}"], auc=name) for name in AUCS}


def identities_lose_by_false_positives(evidence: Evidence, parts: Parts) -> Answer:
    """Hold that a distilled CNN flags harmless mentions of identities more than its teacher does."""
    differences = {
        title: found(evidence.difference(IN_DOMAIN, parts.distilled, TEACHER, MEANS[name]))
        for name, title in AUCS.items()
    }
    number = differences[AUCS["bpsn_auc"]]
    return Answer(below(number), f"Mean over identities less the teacher's: {listed(differences)}.", number)


def identities_lose_more_than_all(evidence: Evidence, parts: Parts) -> Answer:
    """Hold that what identities lose is more than what all comments lose."""
    overall = evidence.difference(IN_DOMAIN, parts.distilled, TEACHER)
    number = interaction(overall, evidence.difference(IN_DOMAIN, parts.distilled, TEACHER, MEANS["bpsn_auc"]))
    whole = found(overall)
    finding = f"Loss of mean BPSN AUC less that of AUC-ROC on all comments: {told(number)}; the latter {told(whole)}."
    return Answer(below(number), finding, number)


def false_positives_remain_with_mitigation(evidence: Evidence, parts: Parts) -> Answer:
    """Hold that with mitigation data in the training of both, the student still loses BPSN AUC."""
    del parts  # the mitigated models have fixed names
    differences = {
        title: found(evidence.difference(IN_DOMAIN, MITIGATED_STUDENT, MITIGATED_TEACHER, MEANS[name]))
        for name, title in AUCS.items()
    }
    number = differences[AUCS["bpsn_auc"]]
    return Answer(below(number), f"Mean over identities less the mitigated teacher's: {listed(differences)}.", number)
