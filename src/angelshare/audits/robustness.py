"""Do decisions hold when a text changes and its label does not, and turn when the label does?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from angelshare.audits.answers.partners import BothRight, Flipped, FlippedCopy, Missed, Partners
from angelshare.audits.answers.quality_metrics import correct
from angelshare.audits.frame.contrasts import Contrast, pair, undecided
from angelshare.audits.frame.item_groups import (
    PerUnit,
    UnitMetric,
    Units,
    leave_out,
    measure_units,
    weights_unused,
)
from angelshare.audits.frame.measuring import MIN_SLICE, Findings, measure_contrast
from angelshare.audits.frame.metric_kinds import Share
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions
from angelshare.core.items import Items, n_labelled
from angelshare.core.metric import MetricFacts
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations, Request
from angelshare.core.text import TextBatch
from angelshare.data.made.word_changes import one_word_changed
from angelshare.stats.clusters import linked

CHANGED = "one-word-changes"
"""The name of the audit's own texts."""
MAX_TEXTS = 1_000
"""The most test texts of which one word is changed."""
SEED = 4
MIN_PARTNERS = 2
NO_COPIES = "copies with one word changed need models that run here, and texts of several words"
VARIANT_ACCURACY = MetricFacts(
    "variant_accuracy",
    "accuracy on variants",
    "The share of items, originals and variants, whose label is right.",
    direction="higher",
    margin=0.01,
    reason="As accuracy: one text in a hundred.",
)
FLIP_RATE = MetricFacts(
    "flip_rate",
    "share of pairs whose label flips",
    "The share of partners with their original's label that are decided otherwise.",
    direction="lower",
    margin=0.01,
    reason="As accuracy: one partner in a hundred.",
)
MISSED_CHANGES = MetricFacts(
    "missed_changes",
    "share of changed truths that the label misses",
    "Pairs of which the truth changes and the model's label does not.",
    direction="lower",
    margin=0.01,
    reason="As accuracy: one partner in a hundred.",
    glossary="metrics of groups",
)
PAIR_ACCURACY = MetricFacts(
    "pair_accuracy",
    "share of pairs with both right",
    "The share of partners that are right together with their original.",
    direction="higher",
    margin=0.01,
    reason="As accuracy: one pair in a hundred.",
)
ONE_WORD_FLIP_RATE = MetricFacts(
    "one_word_flip_rate",
    "share of texts that one changed word flips",
    "The share of texts whose decision turns when one word is replaced or misspelt.",
    direction="lower",
    margin=0.01,
    reason="As accuracy: one text in a hundred.",
)
METRICS = (VARIANT_ACCURACY, FLIP_RATE, MISSED_CHANGES, PAIR_ACCURACY, ONE_WORD_FLIP_RATE)
FLIPS, MISSED = UnitMetric(FLIP_RATE), UnitMetric(MISSED_CHANGES)
BOTH, ONE_WORD = UnitMetric(PAIR_ACCURACY), UnitMetric(ONE_WORD_FLIP_RATE)


class Robustness(Audit[NoOptions]):
    """Accuracy by variant, flips between partners, and flips by one changed word.

    The column `pair` tells which items belong together, and `variant` which of them is the original. A partner with its
    original's label should get the same decision (`flip_rate`), one with another label a different one
    (`missed_changes`; Kaushik et al. 2020, "Learning the Difference that Makes a Difference with
    Counterfactually-Augmented Data"). Where models run here, the audit requests copies of the test texts with one word
    replaced or misspelt. Intervals count pairs, or clusters of several pairs.
    """

    name = "robustness"
    question = "Do decisions hold when a text is changed and its label is not, and turn when the label does?"
    Options = NoOptions

    def requests(self, test: Items) -> Sequence[Request]:
        """Return the test split, and copies of its texts with one word changed."""
        asked, changed = super().requests(test), changes_of(test)
        return asked if changed is None else [*asked, Request(CHANGED, "scores", changed)]

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the rows over items, over partners, and over changed texts."""
        panel = observations.scores()
        changed = observations.scores(CHANGED) if observations.has(CHANGED) else None
        problem = _not_applicable(panel, changed)
        if problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        panel = _by_pair(panel)
        pairing = pair(panel)
        findings = Findings.about(pairing, *weights_unused(panel, "partners and changed texts"))
        if "variant" in panel.columns and n_labelled(panel.truth):
            _measure_variants(panel, findings, settings)
        if _has_pairs(panel):
            partners = Partners.from_pairs(panel.columns["pair"], panel.columns["variant"])
            for sentence in partners.remarks:
                findings.remark(sentence)
            for contrast in pairing.contrasts:
                _measure_partners(contrast, panel, partners, findings)
        else:
            missing = " and no column ".join(repr(name) for name in ("pair", "variant") if name not in panel.columns)
            findings.remark(f"Partners are not measured: {panel.data} has no column {missing}.")
        _measure_changes(panel, changed, findings)
        return findings.result(self)


AUDIT = Robustness


def changes_of(test: Items) -> Items | None:
    """Return changed copies under the ids of their items; None if no word can be changed.

    Texts are taken in the order of their content keys, so that neither their order nor their ids decide which. In a
    pair of texts the first is changed.
    """
    if test.texts is None:
        return None
    batch = test.texts
    order = np.argsort(np.array(batch.keys()), kind="stable")[:MAX_TEXTS].tolist()
    changes = one_word_changed([batch.texts[i] for i in order], SEED)
    made = [(i, change.text) for i, change in zip(order, changes, strict=True) if change.text is not None]
    if not made:
        return None
    pairs = None if batch.pairs is None else tuple(batch.pairs[i] for i, _ in made)
    texts = TextBatch(tuple(text for _, text in made), pairs)
    return Items(CHANGED, test.ids[[i for i, _ in made]], texts=texts, keys=np.array(texts.keys(), dtype=np.str_))


def _not_applicable(panel: Panel[Predictions], changed: Panel[Predictions] | None) -> str | None:
    """Return why nothing can be measured, as a sentence; None if something can."""
    first = panel.teacher.first
    if first.task not in ("binary", "single_label"):
        return f"Flips are those of one decision for each item, and the models answer a {first.task} task."
    if changed is None and "variant" not in panel.columns:
        both = "neither of the columns `pair` and `variant`" if "pair" not in panel.columns else "no column `variant`"
        return (
            f"{panel.data} has {both}, and no copies of its texts with a word changed were scored. Give data or files "
            "of predictions with `pair` (the same for partners) and `variant` (`original`, or what was done), or "
            "models that run here. Of changed texts without originals, quality measures the accuracy."
        )
    if not first.has_decisions:
        return f"{first.name} gives ranking scores without a threshold, which decide for nothing. Give --threshold."
    return None


def _has_pairs(panel: Panel[Predictions]) -> bool:
    """Return whether the data say which items are partners, and which of them are originals."""
    return {"pair", "variant"} <= set(panel.columns)


def _measure_variants(panel: Panel[Predictions], findings: Findings, settings: AuditSettings) -> None:
    """Add the accuracy on all items and on every variant."""
    variants = panel.columns["variant"]
    slices = {f"variant={name}": np.asarray(variants == name) for name in np.unique(variants).tolist() if name}
    metric = Share(facts=VARIANT_ACCURACY, per_item=correct)
    for contrast in pair(replace(panel, items=replace(panel.items, slices=slices))).contrasts:
        measure_contrast(contrast, panel.data, (metric,), findings, asked=settings.in_slices)


def _by_pair(panel: Panel[Predictions]) -> Panel[Predictions]:
    """Return the panel with pairs as clusters; pairs that the data's own clusters link become one."""
    if "pair" not in panel.columns:
        return panel
    clusters = linked(panel.columns["pair"], panel.items.clusters)
    return replace(panel, items=replace(panel.items, clusters=clusters))


def _measure_partners(contrast: Contrast, panel: Panel[Predictions], partners: Partners, findings: Findings) -> None:
    """Add flips, missed changes and the share of partners that are right together with their originals."""
    if panel.truth is None:
        findings.remark("No item carries a human label: every partner is taken to keep its original's.")
        same, other = np.ones(len(partners), dtype=np.bool_), np.zeros(len(partners), dtype=np.bool_)
    else:
        same, other = partners.same_label(panel.truth)
    n_unknown = int((~same & ~other).sum())
    if n_unknown:
        findings.remark(f"{n_unknown:,} partners are left out: they, or their originals, carry no human label.")
    keeping, turning, known = (partners.take(mask) for mask in (same, other, same | other))
    units = _units(panel, keeping, "partners that keep the label")
    _add(contrast, FLIPS, Flipped(keeping), units, findings)
    for name in np.unique(keeping.variant).tolist():
        of_variant = keeping.take(keeping.variant == name)
        if len(of_variant) < len(keeping):
            units = replace(_units(panel, of_variant, "partners"), least=MIN_SLICE, slice=f"variant={name}")
            _add(contrast, FLIPS, Flipped(of_variant), units, findings)
    _add(contrast, MISSED, Missed(turning), _units(panel, turning, "partners that turn the label"), findings)
    if panel.truth is not None:
        _add(contrast, BOTH, BothRight(known, panel.truth), _units(panel, known, "labelled partners"), findings)


def _units(panel: Panel[Predictions], partners: Partners, what: str) -> Units:
    """Return partners as the units of a row, in the clusters of their originals."""
    clusters = panel.items.clusters
    assert clusters is not None, "there are pairs"
    return Units(panel.data, len(partners), what, MIN_PARTNERS, clusters=clusters[partners.original])


def _measure_changes(panel: Panel[Predictions], changed: Panel[Predictions] | None, findings: Findings) -> None:
    """Add how often one changed word turns a decision; a gap where no such texts were scored."""
    if changed is None:
        for contrast in pair(panel).contrasts:
            units = Units(panel.data, 0, "changed texts", MIN_SLICE)
            leave_out(contrast, ONE_WORD, units, NO_COPIES, findings)
        return
    n = len(changed.items)
    findings.remark(
        f"One word was changed, replaced or misspelt, in {n:,} of {len(panel.items):,} texts"
        f"{f' (at most {MAX_TEXTS:,}, drawn by content hash)' if len(panel.items) > MAX_TEXTS else ''}."
    )
    position = {item: i for i, item in enumerate(panel.items.ids.tolist())}
    at = np.array([position[item] for item in changed.items.ids.tolist()], dtype=np.int64)
    copies = dict(zip(_members(panel), _members(changed), strict=True))
    clusters = panel.items.clusters
    units = Units(panel.data, n, "changed texts", MIN_SLICE, clusters=None if clusters is None else clusters[at])
    for contrast in pair(panel).contrasts:
        _add(contrast, ONE_WORD, FlippedCopy(at, copies), units, findings)


def _add(contrast: Contrast, metric: UnitMetric, per_unit: PerUnit, units: Units, findings: Findings) -> None:
    """Add a row, or its gap."""
    why = undecided(contrast)
    if why is not None:
        leave_out(contrast, metric, units, why, findings)
    else:
        measure_units(contrast, metric, per_unit, units, findings)


def _members(panel: Panel[Predictions]) -> list[Predictions]:
    """Return all members, in the order that all panels share."""
    return [member for population in panel.populations for member in population.members]
