"""Which functions of a suite, such as HateCheck's, does the student fail that its teacher passes?"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from angelshare.audits.answers.functionalities import COUNTS, functionality_counts, functionality_table
from angelshare.audits.answers.quality_metrics import correct
from angelshare.audits.frame.contrasts import pair
from angelshare.audits.frame.macro import Macro, clusters_of
from angelshare.audits.frame.measuring import Findings, counted, measure_contrast
from angelshare.audits.frame.metric_kinds import Metric, Share
from angelshare.core.arrays import Mask
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions
from angelshare.core.items import Items, labelled, n_labelled
from angelshare.core.metric import MetricFacts
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations
from angelshare.stats.components import Design

COLUMN = "functionality"
NO_TEMPLATES = (
    "The suite names no templates, so its cases count as independent: where several were made from one template, the "
    "intervals are too narrow. Give a column `template`."
)
CASE_ACCURACY = MetricFacts(
    "case_accuracy",
    "accuracy on cases",
    "The share of cases whose label is right.",
    direction="higher",
    margin=0.02,
    reason="A function has a tenth of a usual test set's items: two cases in a hundred.",
)
MACRO_ACCURACY = MetricFacts(
    "macro_accuracy",
    "accuracy, mean over functionalities",
    "The mean over functionalities, each counting alike whatever its number of cases.",
    direction="higher",
    margin=0.02,
    reason="As case_accuracy: two cases in a hundred, of the average function.",
    glossary="metrics of groups",
)
MACRO_RECALL = MetricFacts(
    "macro_recall",
    "recall, mean over functionalities",
    "The mean over functionalities of the accuracy on the cases of one label.",
    direction="higher",
    margin=0.02,
    reason="As macro_accuracy, of the cases of one label.",
)
METRICS = (CASE_ACCURACY, MACRO_ACCURACY, MACRO_RECALL, *COUNTS)


class HateCheck(Audit[NoOptions]):
    """Accuracy by functionality, target and label, on HateCheck or any suite with a column `functionality`.

    Röttger et al. (2021), "HateCheck: Functional Tests for Hate Speech Detection Models". Cases of one template are one
    cluster. Beside the many small rows, `macro_accuracy` sums them up: the unweighted mean over functionalities;
    `macro_recall` is the same for the cases of one label. How well scores rank the cases is left to the audit quality.
    """

    name = "hatecheck"
    question = "Which functions of the suite does the student fail that its teacher passes?"
    Options = NoOptions

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the rows by functionality, target and label, the means over functionalities, and their table."""
        panel = observations.scores()
        problem = _not_applicable(panel)
        if problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        cases = _of_a_functionality(panel)
        suite = replace(panel, items=replace(panel.items, slices=_slices(panel))).take(cases)
        pairing = pair(suite)
        findings = Findings.about(pairing, *_remarks(panel, suite.items))
        if suite.items.clusters is None:
            findings.warnings.append(NO_TEMPLATES)
        for contrast in pairing.contrasts:
            measure_contrast(contrast, panel.data, _metrics(suite), findings, asked=settings.in_slices)
        counts = counted(suite.items, findings)  # a functionality whose cases all weigh 0 has no accuracy
        deciding = [
            contrast.take(counts)
            for contrast in pairing.named("student-teacher")
            if counts.any() and all(member.has_decisions for member in contrast.members)
        ]
        rows = [row for row in findings.differences if row.metric == "case_accuracy"]
        return findings.result(
            self,
            estimates=(e for c in deciding for e in functionality_counts(c, panel.data, settings.level)),
            tables=(functionality_table(deciding, rows, settings.level),),
        )


AUDIT = HateCheck


def _not_applicable(panel: Panel[Predictions]) -> str | None:
    """Return why nothing can be measured, as a sentence; None if something can."""
    task, weights = panel.teacher.first.task, panel.items.weights
    if COLUMN not in panel.columns:
        return (
            f"{panel.data} has no column {COLUMN!r}, which says what each case tests. Give it with the data (under "
            f"another name: --data-columns {COLUMN}=NAME), or in a file of predictions."
        )
    if task not in ("binary", "single_label"):
        return f"A suite's cases have one label each, and the models answer a {task} task."
    if n_labelled(panel.truth) == 0 or not _of_a_functionality(panel).any():
        return f"None of the {len(panel.items):,} items of {panel.data} has both a functionality and a human label."
    if weights is not None and not weights[_of_a_functionality(panel)].any():
        return f"All labelled items of {panel.data} with a functionality weigh 0, so that none counts."
    students = [member for student in panel.students for member in student.members]
    ranking = [[m.name for m in side if not m.has_decisions] for side in (panel.teacher.members, students)]
    if ranking[0] or len(ranking[1]) == len(students):
        return (
            f"Scores without a threshold decide for no case, and {', '.join(chain(*ranking))} give no more. Give "
            "--threshold, or a column `label`; how well scores rank the cases, quality measures."
        )
    return None


def _of_a_functionality(panel: Panel[Predictions]) -> Mask:
    """Return the mask of the labelled items that name a functionality."""
    assert panel.truth is not None
    return np.asarray((panel.columns[COLUMN] != "") & labelled(panel.truth))


def _slices(panel: Panel[Predictions]) -> dict[str, Mask]:
    """Return the slices by functionality, by target and by true label, which is named after the label."""
    assert panel.truth is not None
    slices: dict[str, Mask] = {}
    for column in (COLUMN, "target"):
        values = panel.columns.get(column, np.array([], dtype=object))
        slices |= {f"{column}={name}": np.asarray(values == name) for name in np.unique(values).tolist() if name}
    labels = panel.teacher.first.labels
    return slices | {label: np.asarray(panel.truth == index) for index, label in enumerate(labels)}


def _metrics(suite: Panel[Predictions]) -> Sequence[Metric]:
    """Return accuracy, and the means over functionalities: of all cases, and of those of each label."""
    return (
        Share(facts=CASE_ACCURACY, per_item=correct),
        Macro(facts=MACRO_ACCURACY, per_item=correct, column=COLUMN),
        *(
            Macro(facts=MACRO_RECALL, per_item=correct, column=COLUMN, label=label)
            for label in range(len(suite.teacher.first.labels))
        ),
    )


def _remarks(panel: Panel[Predictions], cases: Items) -> list[str]:
    """Return what a reader must know about the suite."""
    said = []
    if len(cases) < len(panel.items):
        n_out = len(panel.items) - len(cases)
        said.append(f"{n_out:,} items without a functionality or a human label are left out; {len(cases):,} are cases.")
    if cases.clusters is None:
        return said
    names, codes = np.unique(cases.columns[COLUMN], return_inverse=True)
    alone = names[clusters_of(codes, Design.from_codes(cases.clusters, None)) == 1].tolist()
    if alone:
        said.append(
            f"{len(alone)} of {len(names)} functionalities have a single template ({', '.join(alone[:10])}): they have "
            "no interval of their own. In means over functionalities they count; for their spread stands that between "
            f"{'them' if len(alone) > 1 else 'all functionalities'}."
        )
    return said
