"""Does the student answer as its teacher does, and where not, who is right?"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from angelshare.audit.contrasts import Contrast, pair, teacher_pairs
from angelshare.audit.texts import cell_text
from angelshare.core.arrays import Array, Scores, Vector
from angelshare.core.estimate import Estimate, Interval
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions, labelled, n_labelled
from angelshare.core.protocols import TEST, AuditResult, AuditSettings, Observations, ScoreRequest, Table
from angelshare.stats.means import paired_mean, recipe_mean
from angelshare.stats.proportions import wilson

MIN_ITEMS = 2
FLIP_COLUMNS = (
    "id",
    "text",
    "truth",
    "teacher label",
    "teacher confidence",
    "student label",
    "student confidence",
    "group",
    "student",
)

Flags = Callable[[Predictions, Predictions], Vector]
"""(student, teacher) -> 0 or 1 for every item."""


class Agreement:
    """Shares of equal labels and of flips, KL divergence from the teacher, and the texts on which the two disagree.

    Agreement and KL need no human labels; flips do. Two teachers disagree too: their churn stands beside.
    """

    name = "agreement"
    question = "Does the student answer as its teacher does, and where not, who is right?"

    def requests(self, test: ScoreRequest, settings: AuditSettings) -> Sequence[ScoreRequest]:  # noqa: ARG002  (protocol)
        """Return the test split: nothing else is needed."""
        return (test,)

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return figures and tables of every student that decides for labels, as its teacher does."""
        panel = observations[TEST]
        problem = _not_applicable(panel)
        if problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        pairing = pair(panel)
        contrasts = [c for c in pairing.named("student-teacher") if all(s.has_decisions for s in (*c.left, *c.right))]
        undecided = sorted({s.name for s in panel.students} - {c.student for c in contrasts})
        remarks = [f"{name} is not measured: it ranks, without a threshold it decides nothing." for name in undecided]
        if n_labelled(panel.truth) < MIN_ITEMS:
            remarks.append(f"Flips are not measured: {n_labelled(panel.truth)} items carry a human label.")
        estimates = [figure for c in contrasts for figure in _shares(c, panel.data, settings.level)]
        for contrast in contrasts:
            found = _divergence(contrast, panel.data, settings.level)
            if isinstance(found, Estimate):
                estimates.append(found)
            else:
                remarks.append(found)
        return AuditResult(
            self.name,
            self.question,
            estimates=(*estimates, *_churn(panel, settings.level)),
            tables=(_flip_table(contrasts, panel, settings.n_examples), _flip_counts(contrasts)),
            remarks=(*pairing.remarks, *remarks),
        )


def _not_applicable(panel: Panel) -> str | None:
    """Return why nothing can be measured, or None."""
    teacher = panel.teacher.first
    if teacher.task == "regression":
        return "Regression has no labels to agree on: see the mean squared error under quality."
    if not all(member.has_decisions for member in panel.teacher.members):
        return f"{teacher.name} gives a ranking score without threshold, which decides for no label."
    if not any(member.has_decisions for student in panel.students for member in student.members):
        return "No student decides for labels: they give ranking scores without threshold."
    if len(teacher) < MIN_ITEMS:
        return f"{panel.data} has {len(teacher)} item; at least {MIN_ITEMS} are needed."
    return None


def _shares(contrast: Contrast, data: str, level: float) -> list[Estimate]:
    """Return agreement on all items, and flips on the labelled ones."""
    figures = [_share("agreement", _agree, contrast, data, level)]
    truth = contrast.left[0].truth
    if truth is not None and n_labelled(truth) >= MIN_ITEMS:
        on_labels = contrast.take(labelled(truth))
        figures.append(_share("negative_flips", _negative_flip, on_labels, data, level))
        figures.append(_share("positive_flips", _positive_flip, on_labels, data, level))
    return figures


def _share(metric: str, flags: Flags, contrast: Contrast, data: str, level: float) -> Estimate:
    """Return one share: Wilson's interval for one member; for several the recipe's t, kept within 0 and 1.

    Where the share is 0 or 1 for every member, the t interval would have no width; Wilson's is taken.
    """
    by_seed = np.array([flags(*members) for members in contrast.pairs])
    value, n = float(by_seed.mean()), by_seed.shape[1]
    if len(by_seed) == 1 or np.ptp(by_seed) == 0:
        interval, se = wilson(round(value * n), n, level), float(np.sqrt(value * (1 - value) / n))
    else:
        inference = recipe_mean(by_seed)
        interval, se = _within(inference.interval(level), 0.0, 1.0), inference.se
    return _estimate(metric, value, contrast, data, se=se, interval=interval, n=n)


def _divergence(contrast: Contrast, data: str, level: float) -> Estimate | str:
    """Return the mean KL(teacher || student) in nats, or the remark why it is not measured."""
    if contrast.left[0].task == "multi_label":
        return f"KL of {contrast.student} is not measured: multi-label outputs are no distribution over labels."
    members = (*contrast.left, *contrast.right)
    without = [m.name for m in members if m.outputs not in ("logits", "probabilities")]
    if without:
        return f"KL of {contrast.student} is not measured: {', '.join(without)} give no probabilities."
    logs = [(teacher.log_probabilities(), student.log_probabilities()) for student, teacher in contrast.pairs]
    n_zero = int((~np.isfinite(np.array(logs))).any(axis=(0, 1, 3)).sum())
    if n_zero:
        return f"KL of {contrast.student} is not measured: {n_zero} items have a probability of 0."
    by_seed = np.array([_kl(teacher, student) for teacher, student in logs])
    inference = recipe_mean(by_seed) if len(by_seed) > 1 else paired_mean(by_seed[0], method="t")
    interval = _within(inference.interval(level), 0.0, np.inf)
    return _estimate("kl", inference.value, contrast, data, se=inference.se, interval=interval, n=by_seed.shape[1])


def _kl(teacher: Scores, student: Scores) -> Vector:
    """Return sum_y p_t(y) (log p_t(y) - log p_s(y)) of every item, from log-probabilities."""
    # the sum cannot be negative but for rounding
    return np.asarray(np.maximum(0.0, (np.exp(teacher) * (teacher - student)).sum(axis=1)))


def _churn(panel: Panel, level: float) -> list[Estimate]:
    """Return how often two teachers disagree."""
    figures = []
    for one, other in teacher_pairs(panel):
        differ = int((_answers(one) != _answers(other)).sum())
        share, n = differ / len(one), len(one)
        se = float(np.sqrt(share * (1 - share) / n))
        interval = wilson(differ, n, level)
        figures.append(Estimate("churn", share, (one.name, other.name), data=panel.data, se=se, interval=interval, n=n))
    return figures


def _estimate(
    metric: str, value: float, contrast: Contrast, data: str, *, se: float, interval: Interval, n: int
) -> Estimate:
    """Return a figure of one student against its teacher."""
    models = tuple(dict.fromkeys(member.name for member in (*contrast.left, *contrast.right)))
    return Estimate(metric, value, models, student=contrast.student, data=data, se=se, interval=interval, n=n)


def _within(interval: Interval, low: float, high: float) -> Interval:
    """Return the interval cut to the values that are possible."""
    return Interval(max(low, interval.low), min(high, interval.high), interval.level, interval.method)


def _answers(member: Predictions) -> Array:
    """Return (n,) the name of the label, or of the labels, that a member decides for."""
    if member.task == "multi_label":
        return _joined(member.label_decisions(), member.labels)
    return np.asarray(np.array(member.labels, dtype=object)[member.decisions()])


def _truths(member: Predictions) -> Array:
    """Return (n,) the name of the true label, or labels; None where unlabelled."""
    names = np.full(len(member), None, dtype=object)
    if member.truth is not None:
        known = labelled(member.truth)
        truth = member.truth[known]
        multi = member.task == "multi_label"
        names[known] = _joined(truth == 1, member.labels) if multi else np.array(member.labels, dtype=object)[truth]
    return names


def _joined(chosen: Array, labels: tuple[str, ...]) -> Array:
    """Return (n,) the chosen labels of every item in one text."""
    sets, which = np.unique(chosen, axis=0, return_inverse=True)
    texts = [", ".join(labels[i] for i in np.flatnonzero(row)) or "no label" for row in sets]
    return np.asarray(np.array(texts, dtype=object)[which])


def _agree(student: Predictions, teacher: Predictions) -> Vector:
    """Return 1 where both answer the same."""
    return np.asarray(_answers(student) == _answers(teacher), dtype=np.float64)


def _negative_flip(student: Predictions, teacher: Predictions) -> Vector:
    """Return 1 where the teacher is right and the student wrong."""
    truth = _truths(teacher)
    return np.asarray((_answers(teacher) == truth) & (_answers(student) != truth), dtype=np.float64)


def _positive_flip(student: Predictions, teacher: Predictions) -> Vector:
    """Return 1 where the student is right and the teacher wrong."""
    return _negative_flip(teacher, student)


def _flip_table(contrasts: Sequence[Contrast], panel: Panel, n_examples: int) -> Table:
    """Return the texts on which each student's first member and its teacher disagree, the strongest first."""
    each = n_examples // max(1, len(contrasts))
    rows = [row for contrast in contrasts for row in _flips(contrast, panel, each)]
    cut = [c.student for c in contrasts if _n_flips(c) > each]
    title = "Texts on which the first member of a student and its teacher disagree, the strongest disagreement first"
    if cut:
        title += f" (the first {each} of {', '.join(cut)})"
    return Table("flips", title, FLIP_COLUMNS, tuple(rows), text_columns=("text",))


def _flips(contrast: Contrast, panel: Panel, limit: int) -> list[tuple[object, ...]]:
    """Return the rows of one student: by the distance of the probabilities, where they are known, else by id."""
    student, teacher = contrast.pairs[0]
    said, taught, truth = _answers(student), _answers(teacher), _truths(teacher)
    confidences = [_confidence(teacher), _confidence(student)]
    index = np.flatnonzero(said != taught)
    index = index[np.argsort(-_distance(student, teacher)[index], kind="stable")][:limit]
    return [
        (
            str(teacher.ids[i]),
            cell_text(panel, int(i)),
            truth[i],
            taught[i],
            confidences[0][i],
            said[i],
            confidences[1][i],
            _group(taught[i], said[i], truth[i]),
            contrast.student,
        )
        for i in index
    ]


def _flip_counts(contrasts: Sequence[Contrast]) -> Table:
    """Return how often which true label is answered how by teacher and student, where they disagree."""
    rows: list[tuple[object, ...]] = []
    for contrast in contrasts:
        student, teacher = contrast.pairs[0]
        said, taught, truth = _answers(student), _answers(teacher), _truths(teacher)
        counts = Counter((truth[i], taught[i], said[i]) for i in np.flatnonzero(said != taught))
        rows.extend((contrast.student, *labels, count) for labels, count in counts.most_common())
    title = "Disagreements of a student's first member with its teacher, by true label"
    return Table("flip_counts", title, ("student", "truth", "teacher label", "student label", "n"), tuple(rows))


def _n_flips(contrast: Contrast) -> int:
    """Return on how many items the first member and its teacher disagree."""
    return int((1 - _agree(*contrast.pairs[0])).sum())


def _group(taught: str, said: str, truth: str | None) -> str:
    """Return who is right."""
    if truth is None:
        return "unlabelled"
    if taught == truth:
        return "only the teacher is right"
    return "only the student is right" if said == truth else "neither is right"


def _probabilities(member: Predictions) -> Scores | None:
    """Return (n, labels) probabilities, where the member's outputs are any."""
    if member.task == "multi_label" or member.outputs not in ("logits", "probabilities"):
        return None
    return np.asarray(np.exp(member.log_probabilities()))


def _confidence(member: Predictions) -> list[float | None]:
    """Return the probability of every item's label, None where it is not known."""
    probabilities = _probabilities(member)
    return [None] * len(member) if probabilities is None else probabilities.max(axis=1).tolist()


def _distance(student: Predictions, teacher: Predictions) -> Vector:
    """Return the total variation distance of the probabilities per item; 0 where they are not known."""
    left, right = _probabilities(student), _probabilities(teacher)
    if left is None or right is None:
        return np.zeros(len(student))
    return np.asarray(np.abs(left - right).sum(axis=1) / 2)
