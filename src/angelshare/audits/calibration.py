"""Is the student as sure as it is right, compared with its teacher?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.audits.answers.confidence import (
    BRIER,
    ECE,
    ECE_CLASSWISE,
    ECE_CLASSWISE_PLUG_IN,
    ECE_PLUG_IN,
    N_BINS,
    NLL,
    OVERCONFIDENCE,
    binned,
    brier,
    by_label,
    calibration_error,
    decided,
    largest_nll,
    nll,
    overconfidence,
)
from angelshare.audits.answers.decisions import has_probabilities
from angelshare.audits.answers.quality_metrics import truth_of
from angelshare.audits.frame.contrasts import pair
from angelshare.audits.frame.item_estimates import design_of, share
from angelshare.audits.frame.measuring import Findings, measure_contrast
from angelshare.audits.frame.metric_kinds import Mean
from angelshare.audits.frame.sample import Sample
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions, Table
from angelshare.core.estimate import Estimate
from angelshare.core.items import Items, labelled, n_labelled
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations
from angelshare.core.task import Task
from angelshare.stats.components import Design

METRICS = (NLL, BRIER, OVERCONFIDENCE, ECE, ECE_CLASSWISE, ECE_PLUG_IN, ECE_CLASSWISE_PLUG_IN)
MIN_ITEMS = 2
BIN_COLUMNS = ("model", "role", "bin_low", "bin_high", "n", "confidence", "accuracy", "low", "high")
ERROR_COLUMNS = ("model", "role", "n", "ece", "ece_plug_in", "ece_classwise", "ece_classwise_plug_in")


@dataclass(frozen=True, kw_only=True)
class Chance(Mean):
    """A mean over items that rests on probabilities."""

    in_slices: bool = False

    def problem(self, sample: Sample) -> str | None:
        """Return why an unbounded loss cannot be measured: a probability of 0 came true."""
        if self.is_bounded:
            return None
        n_zero = int(np.any([~np.isfinite(row) for side in sample.of_members(self.per_item) for row in side], 0).sum())
        return f"{n_zero} items have a probability of 0 for their true label" if n_zero else None


class Calibration(Audit[NoOptions]):
    """Negative log-likelihood, Brier score and overconfidence, judged; calibration errors and reliability, reported.

    `nll` is in nats; `brier` is (p - y)^2 for a binary task, and its sum over classes for a single-label one;
    `overconfidence` is the mean probability of a model's decisions less its accuracy, ideally 0. With several labels,
    all three are means over the labels. The expected calibration errors use 15 bins of equal width, for the probability
    of the decision (`ece`) and class by class (`ece_classwise`); they are biased upward, so they are reported without
    most of that bias (see `confidence.calibration_error`) and never judged.
    """

    name = "calibration"
    question = "Is the student as sure as it is right, compared with its teacher?"
    between_releases = True
    Options = NoOptions

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the rows of every contrast, the calibration errors of every model, and its reliability."""
        panel = observations.scores()
        problem = _not_applicable(panel)
        if problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        pairing = pair(panel)
        findings = Findings.about(pairing)
        metrics = calibration_metrics(panel.teacher.first.task)
        for contrast in pairing.contrasts:
            without = [m.name for m in contrast.members if not has_probabilities(m)]
            if without:
                for metric in metrics:
                    findings.leave_out(metric, contrast, panel.data, None, f"{without[0]} gives no probabilities")
            else:
                measure_contrast(contrast, panel.data, metrics, findings, asked=settings.in_slices)
        measured = _measurable(panel)
        errors = [_errors(model) for model in measured]
        return findings.result(
            self,
            estimates=_estimates(panel, measured, errors),
            tables=(_reliability(measured, settings.level), _error_table(measured, errors)),
        )


AUDIT = Calibration


def calibration_metrics(task: Task) -> tuple[Chance, ...]:
    """Return the metrics of a task."""
    return (
        Chance(facts=NLL, per_item=nll, reach=largest_nll, is_bounded=False),
        Chance(facts=BRIER, per_item=brier, reach=_at_most_2 if task == "single_label" else _at_most_1),
        Chance(facts=OVERCONFIDENCE, per_item=overconfidence, reach=_at_most_2),
    )


def _at_most_1(_members: Sequence[Predictions], _items: Items) -> float:
    """Return how far apart two models can be on one item: 1."""
    return 1.0


def _at_most_2(_members: Sequence[Predictions], _items: Items) -> float:
    """Return how far apart two models can be on one item: 2."""
    return 2.0


@dataclass(frozen=True, slots=True)
class _Model:
    """One member on its labelled items."""

    population: Population[Predictions]
    member: Predictions
    items: Items


@dataclass(frozen=True, slots=True)
class _Errors:
    """Calibration errors of one model: of its decisions and class by class, plug-in and without bias."""

    ece_plug_in: float
    ece: float
    classwise_plug_in: float
    classwise: float


def _not_applicable(panel: Panel[Predictions]) -> str | None:
    """Return why nothing can be measured, or None."""
    if panel.teacher.first.task == "regression":
        return "Regression gives no probabilities: see the mean squared error under quality."
    if n_labelled(panel.truth) < MIN_ITEMS:
        return (
            f"{n_labelled(panel.truth)} of the {len(panel.items)} items of {panel.data} carry a human label; "
            f"at least {MIN_ITEMS} are needed."
        )
    given = {member.outputs for _, member in _members(panel)}
    if given <= {"decisions", "score"}:
        what = " or ".join({"decisions": "hard decisions", "score": "ranking scores"}[name] for name in sorted(given))
        return f"The models give {what}, and no probabilities that could be compared with how often they come true."
    return None


def _measurable(panel: Panel[Predictions]) -> list[_Model]:
    """Return the members that give probabilities, on the labelled items."""
    known = labelled(truth_of(panel.items))
    return [
        _Model(population, member.take(known), panel.items.take(known))
        for population, member in _members(panel)
        if has_probabilities(member)
    ]


def _members(panel: Panel[Predictions]) -> Iterator[tuple[Population[Predictions], Predictions]]:
    """Yield every member with its population."""
    for population in panel.populations:
        for member in population.members:
            yield population, member


def _errors(model: _Model) -> _Errors:
    """Return the calibration errors of one model, with several labels their means."""
    on_decisions = _mean_errors(*decided(model.member, model.items), model.items)
    classwise = _mean_errors(*by_label(model.member, model.items), model.items)
    return _Errors(*on_decisions, *classwise)


def _mean_errors(chances: np.ndarray, came_true: np.ndarray, items: Items) -> tuple[float, float]:
    """Return the plug-in and the corrected error, both means over columns."""
    pairs = zip(chances.T, came_true.T, strict=True)
    errors = [calibration_error(binned(column, true, items.weights)) for column, true in pairs]
    plug_in, corrected = np.mean(errors, axis=0)
    return float(plug_in), float(corrected)


def _estimates(panel: Panel[Predictions], models: Sequence[_Model], errors: Sequence[_Errors]) -> Iterator[Estimate]:
    """Yield the mean errors of the teachers and of every student; those of single members are in the table.

    Baselines bear the names of their students, so their errors are in the table only.
    """
    pairs = list(zip(models, errors, strict=True))
    for population in (panel.teacher, *panel.students):
        of_members = [(model, error) for model, error in pairs if model.population is population]
        if not of_members:
            continue
        names, n = tuple(model.member.name for model, _ in of_members), len(of_members[0][0].member)
        student = population.name if population.role == "student" else None
        for metric, values in (
            ("ece", [error.ece for _, error in of_members]),
            ("ece_classwise", [error.classwise for _, error in of_members]),
        ):
            yield Estimate(metric, float(np.mean(values)), names, student=student, data=panel.data, n=n)


def _error_table(models: Iterable[_Model], errors: Iterable[_Errors]) -> Table:
    """Return the calibration errors of all models, with and without their bias."""
    rows = tuple(
        (
            model.member.name,
            model.population.role,
            len(model.member),
            error.ece,
            error.ece_plug_in,
            error.classwise,
            error.classwise_plug_in,
        )
        for model, error in zip(models, errors, strict=True)
    )
    title = f"Expected calibration errors in {N_BINS} bins: without most of their upward bias, and as usually reported"
    return Table("calibration_errors", title, ERROR_COLUMNS, rows)


def _reliability(models: Iterable[_Model], level: float) -> Table:
    """Return how often each model's decisions are right, by their probability; those on several labels are pooled."""
    rows = tuple(row for model in models for row in _bins(model, level))
    title = "Reliability: how often decisions are right, by the probability that the model gives them"
    return Table("reliability", title, BIN_COLUMNS, rows)


def _bins(model: _Model, level: float) -> Iterator[tuple[object, ...]]:
    """Yield one model's bins, without the empty ones."""
    member = model.member
    chances, correct = decided(member, model.items)
    n_questions = chances.shape[1]
    design = _repeated(design_of(model.items), len(member), n_questions)
    chances, correct = chances.ravel(), correct.ravel()
    bins = binned(chances, correct, design.weights)
    which = np.minimum((chances * N_BINS).astype(np.int64), N_BINS - 1)
    for i, index in enumerate(bins.index.tolist()):
        items = np.flatnonzero(which == index)
        hit_rate = share(correct[None, items], design.take(items), level)
        edges = (index / N_BINS, (index + 1) / N_BINS)
        figures = (int(bins.n[i]), float(bins.confidence[i]), float(bins.accuracy[i]))
        yield (member.name, model.population.role, *edges, *figures, *hit_rate.ends)


def _repeated(design: Design, n: int, times: int) -> Design:
    """Return the design of decisions on several labels: those on one item are not independent."""
    if times == 1:
        return design
    codes = np.arange(n) if design.clusters is None else design.clusters
    return Design(np.repeat(codes, times), None if design.weights is None else np.repeat(design.weights, times))
