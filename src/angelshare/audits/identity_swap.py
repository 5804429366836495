"""Does a text's score change with the group of people that it is about?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from angelshare.audits.answers.quality_metrics import auc
from angelshare.audits.frame.contrasts import Contrast, pair, undecided
from angelshare.audits.frame.item_groups import UnitMetric, Units, leave_out, measure_units, weights_unused
from angelshare.audits.frame.measuring import Findings, measure_contrast
from angelshare.audits.identities.swapped import Flips, ScoreSense, ScoreSpread, Swapped, positive_score, tied
from angelshare.core.arrays import Labels
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions
from angelshare.core.items import Items, n_labelled
from angelshare.core.metric import MetricFacts
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations, Request
from angelshare.core.text import TextBatch
from angelshare.data.identities.swaps import IDENTITY_TERMS, swap_identities

SWAPS = "identity-swaps"
"""The name of the audit's own texts."""
MAX_TEXTS = 500
"""The most test texts to swap: each is scored once for every term."""
MIN_TEMPLATES = 10
COLUMNS = ("template", "identity")
SCORE_SENSE = MetricFacts(
    "score_sense",
    "shift of the score by an identity (ScoreSense)",
    "How far a mention of the identity moves the score from its template's mean; ideal is 0.",
    direction="target",
    target=0.0,
    margin=0.02,
    reason="A probability: an identity may shift it by two points more than with the teacher.",
    glossary="metrics of groups",
)
SCORE_DEV = MetricFacts(
    "score_dev",
    "spread of scores over identities (ScoreDev)",
    "How much scores of one template differ between identities, as a standard deviation.",
    direction="lower",
    margin=0.01,
    reason="A probability: half of score_range's, since values spread evenly deviate by less than half their range.",
    glossary="metrics of groups",
)
SCORE_RANGE = MetricFacts(
    "score_range",
    "range of scores over identities (ScoreRange)",
    "The largest score of a template less the smallest, over identities.",
    direction="lower",
    margin=0.02,
    reason="A probability: between two identities scores may differ by two points more.",
    glossary="metrics of groups",
)
SWAP_FLIPS = MetricFacts(
    "swap_flips",
    "share of templates in which a swap flips the label",
    "How many templates get another label when the identity is swapped.",
    direction="lower",
    margin=0.01,
    reason="As accuracy: one template in a hundred.",
    glossary="metrics of groups",
)
SWAP_AUC = MetricFacts(
    "swap_auc",
    "AUC on swapped texts",
    "The AUC of all swaps, and of those about each identity.",
    direction="higher",
    margin=0.01,
    reason="As auc: one pair of a positive and a negative in a hundred changes order.",
)
METRICS = (SCORE_SENSE, SCORE_DEV, SCORE_RANGE, SWAP_FLIPS, SWAP_AUC)
FLIPS = UnitMetric(SWAP_FLIPS)


class IdentitySwap(Audit[NoOptions]):
    """ScoreSense, ScoreDev, ScoreRange and label flips over templates, and the AUC of each identity.

    Prabhakaran et al. (2019). Data with columns `template` and `identity` bring their own swaps. Without them, the
    audit requests swaps of the test texts that mention a term; a swap is taken to keep the text's label. The score is
    the probability of the positive label.
    """

    name = "identity_swap"
    question = "Does a text's score change with the group of people that it is about?"
    Options = NoOptions

    def requests(self, test: Items) -> Sequence[Request]:
        """Return the test split, and swaps of its texts unless its data name templates and identities themselves."""
        asked = super().requests(test)
        if set(COLUMNS) <= set(test.columns) or test.texts is None or test.texts.pairs is not None:
            return asked
        swaps = swaps_of(test)
        return asked if swaps is None else [*asked, Request(SWAPS, "scores", swaps)]

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the rows over templates."""
        test = observations.scores()
        panel, remark = _swaps(observations)
        problem = _not_applicable(test, panel)
        if panel is None or problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        swapped = _swapped(panel)
        pairing = pair(panel)
        findings = Findings.about(pairing, *remark, *weights_unused(panel, "templates"), *_remarks(panel, swapped))
        findings.warnings += _warnings(panel, swapped)
        for contrast in pairing.contrasts:
            _measure_scores(contrast, panel.data, swapped, findings)
            _measure_flips(contrast, panel.data, swapped, findings)
        _measure_auc(panel, swapped, findings, settings)
        return findings.result(self)


AUDIT = IdentitySwap


def swaps_of(test: Items) -> Items | None:
    """Return swaps of texts, beside each text as it is; None if no text mentions a term.

    A swap shares the template and cluster of its text, and is taken to keep its label. Texts are taken in the order of
    their content keys, so that neither their order nor their ids decide which.
    """
    assert test.texts is not None, "swaps are made of texts"
    origins: list[int] = []
    terms: list[str] = []
    texts: list[str] = []
    n_texts = 0
    for position in np.argsort(np.array(test.texts.keys()), kind="stable").tolist():
        swaps = swap_identities(test.texts.texts[position])
        if swaps:
            n_texts += 1
            origins += [position] * (len(swaps) + 1)
            terms += [swaps[0].original, *(swap.identity for swap in swaps)]
            texts += [test.texts.texts[position], *(swap.text for swap in swaps)]
        if n_texts == MAX_TEXTS:
            break
    return _as_items(test, np.array(origins), terms, TextBatch(tuple(texts))) if origins else None


def _as_items(test: Items, origins: Labels, terms: Sequence[str], texts: TextBatch) -> Items:
    """Return swaps as items, with the ids of their texts as templates."""
    templates = test.ids[origins]
    return Items(
        SWAPS,
        np.array([f"{item}|{term}" for item, term in zip(templates, terms, strict=True)], dtype=np.str_),
        texts=texts,
        truth=None if test.truth is None else test.truth[origins],
        clusters=None if test.clusters is None else test.clusters[origins],
        columns=dict(zip(COLUMNS, (templates.astype(object), np.array(terms, dtype=object)), strict=True)),
        keys=np.array(texts.keys(), dtype=np.str_),
    )


def _swaps(observations: Observations) -> tuple[Panel[Predictions] | None, list[str]]:
    """Return the panel of swaps, the data's own or those requested, and remarks on them."""
    test = observations.scores()
    if set(COLUMNS) <= set(test.columns):
        return test, []
    if not observations.has(SWAPS):
        return None, []
    panel = observations.scores(SWAPS)
    n_texts = len(set(panel.columns["template"].tolist()))
    capped = f", the first {MAX_TEXTS} by content hash" if n_texts == MAX_TEXTS else ""
    remark = (
        f"The data name no templates and identities: swaps of {n_texts:,} test texts that mention one of "
        f"{len(IDENTITY_TERMS)} terms{capped} were scored, {len(panel.items):,} in all. A swap is taken to keep the "
        "label."
    )
    return panel, [remark]


def _not_applicable(test: Panel[Predictions], panel: Panel[Predictions] | None) -> str | None:
    """Return why nothing can be measured, as a sentence; None if something can."""
    task = test.teacher.first.task
    if task != "binary":
        return f"Scores of swapped texts are those of a positive label, and the models answer a {task} task."
    if panel is None:
        missing = " and no column ".join(repr(name) for name in COLUMNS if name not in test.columns)
        return (
            f"{test.data} has no column {missing}, and no swaps of its texts were scored. Give data or files of "
            f"predictions with columns `template` (the same for swaps of one text) and `identity`; or, of models that "
            f"run here, single texts that mention one of the {len(IDENTITY_TERMS)} known terms."
        )
    swapped = _swapped(panel)
    if swapped.n_templates < MIN_TEMPLATES:
        return (
            f"{swapped.n_templates} templates of {panel.data} have texts about two identities or more, and "
            f"{swapped.n_alone} about one: at least {MIN_TEMPLATES} of the former are needed. Give the texts of one "
            "template, with another identity in each, the same value of `template`."
        )
    return None


def _remarks(panel: Panel[Predictions], swapped: Swapped) -> list[str]:
    """Return remarks: which label scores are about, what was left out, who scores all identities the same."""
    said = [f"Scores are those of the label {panel.teacher.first.labels[1]}."]
    if swapped.n_alone:
        n_all = swapped.n_alone + swapped.n_templates
        said.append(f"{swapped.n_alone:,} of {n_all:,} templates have a single identity and are left out.")
    if swapped.n_blank:
        said.append(f"{swapped.n_blank:,} items lack a template or an identity and are left out.")
    members = [member for population in panel.populations for member in population.members if member.has_scores]
    said += [
        f"{member.name} gives all identities the same score in every one of {swapped.n_templates:,} templates."
        for member in members
        if tied(swapped, member).all()
    ]
    if swapped.clusters is not None and len(np.unique(swapped.clusters)) < swapped.n_templates:
        said.append(f"Templates come in {len(np.unique(swapped.clusters)):,} clusters, which the intervals count.")
    return said


def _warnings(panel: Panel[Predictions], swapped: Swapped) -> Iterator[str]:
    """Yield warnings about scores that are no probabilities, and clusters that cut across templates."""
    for member in (member for population in panel.populations for member in population.members if member.has_scores):
        low, high = float(positive_score(member).min()), float(positive_score(member).max())
        if low < 0 or high > 1:
            yield (
                f"The scores of {member.name} are no probabilities (they run from {low:g} to {high:g}): margins of "
                "score_sense, score_dev and score_range are about probabilities where nobody gives others."
            )
    if swapped.clusters is None and panel.items.clusters is not None:
        yield "Clusters cut across templates, and templates count as independent."


def _measure_scores(contrast: Contrast, data: str, swapped: Swapped, findings: Findings) -> None:
    """Add ScoreDev and ScoreRange, and the ScoreSense of every identity."""
    members = contrast.members
    scale = max((_scale(member) for member in members if member.has_scores), default=1.0)
    dev, spread, sense = (
        UnitMetric(SCORE_DEV, is_share=False, scale=scale),
        UnitMetric(SCORE_RANGE, is_share=False, scale=scale),
        UnitMetric(SCORE_SENSE, is_share=False, scale=scale),
    )
    every = _units(data, swapped)
    deciding = [member.name for member in members if not member.has_scores]
    if deciding:
        for metric in (dev, spread, sense):
            leave_out(contrast, metric, every, f"hard decisions have no scores ({', '.join(deciding)})", findings)
        return
    measure_units(contrast, dev, ScoreSpread(swapped, is_range=False), every, findings)
    measure_units(contrast, spread, ScoreSpread(swapped, is_range=True), every, findings)
    for code in range(len(swapped.identities)):
        measure_units(contrast, sense, ScoreSense(swapped, code), _units(data, swapped, code), findings)


def _measure_flips(contrast: Contrast, data: str, swapped: Swapped, findings: Findings) -> None:
    """Add the share of templates whose decision is not the same for all identities."""
    units, why = _units(data, swapped), undecided(contrast)
    if why is not None:
        leave_out(contrast, FLIPS, units, why, findings)
        return
    measure_units(contrast, FLIPS, Flips(swapped), units, findings)


def _measure_auc(panel: Panel[Predictions], swapped: Swapped, findings: Findings, settings: AuditSettings) -> None:
    """Add the AUC of all swaps, and of those about each identity; templates are clusters."""
    if n_labelled(panel.truth) == 0:
        findings.remark("swap_auc is not measured: no text carries a human label.")
        return
    weights = panel.items.weights
    if weights is not None and not weights[swapped.items].any():
        findings.remark("swap_auc is not measured: all swaps weigh 0.")
        return
    slices = {f"identity={name}": swapped.identity == code for code, name in enumerate(swapped.identities)}
    clusters = swapped.template if swapped.clusters is None else swapped.clusters[swapped.template]
    kept = panel.take(swapped.items)
    swaps = replace(kept, items=replace(kept.items, slices=slices, clusters=clusters))
    metric = replace(auc(1), facts=SWAP_AUC)
    for contrast in pair(swaps).contrasts:
        measure_contrast(contrast, panel.data, (metric,), findings, asked=settings.in_slices)


def _swapped(panel: Panel[Predictions]) -> Swapped:
    """Return which items are swaps of one another."""
    templates, identities = (panel.columns[name] for name in COLUMNS)
    return Swapped.from_templates(templates, identities, panel.items.clusters)


def _units(data: str, swapped: Swapped, identity: int | None = None) -> Units:
    """Return the templates, all or those of one identity, as the units of a row."""
    if identity is None:
        return Units(data, swapped.n_templates, "templates", MIN_TEMPLATES, clusters=swapped.clusters)
    templates, name = swapped.templates_of(identity), swapped.identities[identity]
    clusters = None if swapped.clusters is None else swapped.clusters[templates]
    return Units(data, len(templates), "templates with it", MIN_TEMPLATES, clusters=clusters, slice=f"identity={name}")


def _scale(member: Predictions) -> float:
    """Return how far apart two scores can be: 1 for probabilities, and the observed range for other scores."""
    return 1.0 if member.outputs != "score" else float(np.ptp(positive_score(member))) or 1.0
