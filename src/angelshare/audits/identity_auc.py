"""Which identities does the student rank worse than its teacher?"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

import numpy as np

from angelshare.audits.frame.contrasts import Contrast, pair, unranked
from angelshare.audits.frame.measuring import Findings, countable, counted
from angelshare.audits.identities.identity_facts import BY_IDENTITY, FINAL, MEANS
from angelshare.audits.identities.means import measure_identities
from angelshare.audits.identities.one_by_one import Compared, too_few
from angelshare.core.audit import Audit, AuditResult, AuditSettings, Gap, Table
from angelshare.core.items import IDENTITIES, n_labelled
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations
from angelshare.core.strict import Names, Strict
from angelshare.stats.components import Design
from angelshare.stats.identity import ORDERINGS, Classes, Identity, RankedMember

METRICS = (*BY_IDENTITY.values(), *MEANS.values(), FINAL)
KEYWORDS = "mentions_"
COLUMNS = ("model", "role", "identity", "n", "positives", *ORDERINGS)


class IdentityOptions(Strict):
    """Which slices are identities.

    Attributes:
        identities: patterns, such as `mentions_*`, of the names of slices that are identities.
    """

    identities: Names = IDENTITIES


class IdentityAuc(Audit[IdentityOptions]):
    """AUCs within an identity, against all other items, and over identities (Dixon et al. 2018; Borkan et al. 2019).

    Identities are the slices whose names the option `identities` matches; all other items are an identity's background.
    `subgroup_auc` is that of the identity's items; `bpsn_auc`, of the background's positives against the identity's
    negatives (low: false positives for it); `bnsp_auc`, of the identity's positives against the background's negatives
    (low: false negatives for it). `aeg_positive` and `aeg_negative` are the probability that an item of the identity
    scores higher than one of the background with the same label, less 1/2.

    Over identities there are means; generalised means with p = -5, in which the worst weigh most; and the
    `final_bias_score`, a quarter each of the overall AUC and of the three generalised means.
    """

    name = "identity_auc"
    question = "Which identities does the student rank worse than its teacher?"
    between_releases = True
    Options = IdentityOptions

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the rows of every contrast, and the AUCs and gaps of every model."""
        panel = observations.scores()
        names, copies = identities(panel, self.options.identities)
        problem = _not_applicable(panel, names, self.options.identities)
        if problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        pairing = pair(panel)
        findings = Findings.about(pairing, *_remarks(names, panel.teacher.first.labels[1]), *copies)
        for contrast in pairing.contrasts:
            why = unranked(contrast)
            if why is not None:
                findings.gaps.extend(_gaps(contrast, panel.data, names, why))
                continue
            sample = countable(contrast, findings)
            if sample is not None:
                measure_identities(Compared.from_sample(sample, panel.data, names, findings))
        return findings.result(self, tables=(_table(panel, names),))


AUDIT = IdentityAuc


def identities(panel: Panel[Predictions], patterns: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the slices that are identities, and sentences on those left out as copies of another.

    Otherwise the same items would count twice in every mean, and in every correction for many rows.
    """
    known: dict[bytes, str] = {}
    copies = []
    for name, mask in panel.items.slices.items():
        if not any(fnmatchcase(name, pattern) for pattern in patterns):
            continue
        first = known.setdefault(np.packbits(mask).tobytes() if mask.any() else name.encode(), name)
        if first != name:
            copies.append(f"{name} holds the same items as {first}: it is measured once, under that name.")
    return tuple(known.values()), tuple(copies)


def _not_applicable(panel: Panel[Predictions], names: Sequence[str], patterns: Sequence[str]) -> str | None:
    """Return why nothing can be measured, or None."""
    teacher = panel.teacher.first
    if teacher.task != "binary":
        return f"The task is {teacher.task}: identity AUCs are about one label that a text bears or not."
    if n_labelled(panel.truth) == 0:
        return f"None of the {len(panel.items)} items of {panel.data} carries a human label, which an AUC needs."
    if not any(member.has_scores for _, member in _members(panel)):
        return "The models give hard decisions, which do not rank items: give scores, probabilities or logits."
    if not names:
        there = ", ".join(panel.items.slices) or "none"
        return (
            f"No slice is called like an identity ({', '.join(patterns)}). The slices: {there}. "
            "Name the identities' slices with --identities 'PATTERN', or cut such as --slice column=identity does."
        )
    return None


def _remarks(names: Sequence[str], positive: str) -> Iterator[str]:
    """Yield which label is the positive one, since BPSN and BNSP depend on it, and what the identities are."""
    yield f"Positive are the items labelled {positive}, the second of the labels."
    yield "Identity columns of fractions count from 0.5 on: half of the annotators."
    keywords = [name for name in names if name.startswith(KEYWORDS)]
    if keywords:
        yield (
            f"{len(keywords)} identities ({KEYWORDS}*) are matches of keywords, no annotation by people: a text may "
            "mention an identity in other words, or the words in another sense."
        )


def _gaps(contrast: Contrast, data: str, names: Sequence[str], why: str) -> Iterator[Gap]:
    """Yield all rows of a contrast as gaps, with the end of a sentence why."""
    by_identity = [(metric, name) for name in names for metric in ORDERINGS]
    over_identities = [(metric, None) for metric in (*MEANS, FINAL.name)]
    for metric, name in (*by_identity, *over_identities):
        yield Gap(metric, data, contrast.student, contrast.name, name, None, why)


def _members(panel: Panel[Predictions]) -> Iterator[tuple[str, Predictions]]:
    """Yield every member with its role."""
    for population in panel.populations:
        for member in population.members:
            yield population.role, member


def _table(panel: Panel[Predictions], names: Sequence[str]) -> Table:
    """Return the AUCs and gaps of every model for every identity; None where one is not measured."""
    title = "Identity AUCs and average equality gaps of every model"
    return Table("identity_aucs", title, COLUMNS, tuple(_values(panel, names)))


def _values(panel: Panel[Predictions], names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the table."""
    known = counted(panel.items, Findings())
    kept = panel.items.take(known)
    positive = np.asarray(kept.truth == 1)
    classes = Classes.from_labels(positive, Design(weights=kept.weights))
    for role, member in _members(panel):
        if not member.has_scores:
            continue
        ranked = RankedMember.from_scores(member.ranking(1)[known], classes)
        for name in names:
            identity = Identity.from_mask(kept.slices[name], classes)
            n_positive, n_negative = identity.count((True, True)), identity.count((True, False))
            values = (
                None if too_few(identity, ordering) else identity.value(ordering, ranked)
                for ordering in ORDERINGS.values()
            )
            yield (member.name, role, name, n_positive + n_negative, n_positive, *values)
