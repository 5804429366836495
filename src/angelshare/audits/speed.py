"""How much smaller and faster is the student?"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.audits.answers.timing import MIN_FOR_P99, TimingSettings
from angelshare.core.arrays import Vector
from angelshare.core.audit import Audit, AuditResult, AuditSettings
from angelshare.core.estimate import ContrastName, Difference, Estimate, Interval
from angelshare.core.items import Items
from angelshare.core.metric import BYTES, COUNT, MILLISECONDS, PER_SECOND, MetricFacts
from angelshare.core.observations import Timing
from angelshare.core.protocols import ModelCard
from angelshare.core.requests import TEST, Observations, Request
from angelshare.core.task import ModelRole
from angelshare.stats.components import SIMPLE, linear_mean
from angelshare.stats.components import inference as t_inference

UNDISTURBED = 0.8
"""The share of the time for which this thread must have had a processor; below it, there is a warning.

On an idle machine it is about nine tenths for a network with two threads, which wait for each other.
"""
METHOD = "t over rounds, of log ratios"
CLOCKED = {
    facts.name: facts
    for facts in (
        MetricFacts(
            "texts_per_second",
            "throughput",
            "Texts scored in a second, in bulk, sorted and batched as texts are observed, tokenising included.",
            unit=PER_SECOND,
            direction="higher",
            scale="log_ratio",
            margin=0.05,
            reason="As latency_p50_ms: 5% fewer texts.",
            limit=10.0,
            counts="round",
            is_cost=True,
        ),
        MetricFacts(
            "latency_p50_ms",
            "median latency",
            "The median time for a single text, from raw text to scores.",
            unit=MILLISECONDS,
            direction="lower",
            scale="log_ratio",
            margin=0.05,
            reason="A logarithm: 5% slower, which is what one machine's runs differ by from day to day.",
            limit=10.0,
            counts="round",
            is_cost=True,
        ),
        MetricFacts(
            "latency_p99_ms",
            "99th-percentile latency",
            "The time within which 99 of 100 single texts are scored.",
            unit=MILLISECONDS,
            direction="lower",
            scale="log_ratio",
            margin=0.05,
            reason="As latency_p50_ms: 5% slower.",
            limit=10.0,
            counts="round",
            is_cost=True,
        ),
    )
}
METRICS = (
    *CLOCKED.values(),
    MetricFacts("n_parameters", "parameters", "The number of weights.", unit=COUNT, is_cost=True),
    MetricFacts("n_bytes", "bytes", "The size of the weights on disk.", unit=BYTES, is_cost=True),
    MetricFacts(
        "peak_memory_bytes",
        "peak memory",
        "Main memory while a process loads the model and scores, less what it held before; on Linux.",
        unit=BYTES,
        is_cost=True,
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """One model and its timing.

    Attributes:
        role, population: those of the model; a baseline here is a reference of its own, such as TF-IDF.
        card: its name, parameters, bytes on disk and precision.
        timing: in all rounds.
    """

    role: ModelRole
    population: str
    card: ModelCard
    timing: Timing

    @property
    def student(self) -> str | None:
        """Return the population that a figure is about; None for the teacher."""
        return None if self.role == "teacher" else self.population


class Speed(Audit[TimingSettings]):
    """Parameters, bytes, texts per second, latencies and memory, of models that were timed in turns."""

    name = "speed"
    question = "How much smaller and faster is the student?"
    kinds = ("timing",)
    Options = TimingSettings

    def requests(self, test: Items) -> Sequence[Request]:
        """Return the test split, to be timed as the options say."""
        return [Request(TEST, "timing", test, self.options)]

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return every model's figures, and every student's and reference's speed against the teacher's."""
        panel = observations.timings()
        models = [
            Timed(population.role, population.name, observations.cards[population.role, member.name], member)
            for population in panel.populations
            for member in population.members
        ]
        return measure_speed(models, data=panel.data, level=settings.level, remarks=panel.remarks)


AUDIT = Speed


def measure_speed(
    models: Sequence[Timed], *, data: str, level: float = 0.95, remarks: Sequence[str] = ()
) -> AuditResult:
    """Return every model's figures, and every student's and reference's speed against the teacher's.

    A figure is the geometric mean over rounds of a round's value: the texts per second, or a percentile of the
    latencies (linear between neighbours, as in numpy). A difference is the mean over rounds of the log ratio of the two
    models' values in a round, so exp(delta) is the ratio of their figures; its interval is a t interval with rounds - 1
    degrees of freedom. It speaks only of this machine at this hour: the rounds are its sample.

    Args:
        models: the teacher first, then one member of each population, all timed in the same rounds.
        data: the name of the text set.
        level: of the estimates' intervals.
        remarks: further remarks for the reader.
    """
    teacher, *others = models
    metrics = [metric for metric in CLOCKED if metric != "latency_p99_ms" or _has_p99(models)]
    return AuditResult(
        Speed.name,
        Speed.question,
        differences=tuple(_difference(metric, other, teacher, data) for other in others for metric in metrics),
        estimates=tuple(
            estimate for model in models for estimate in (*_sizes(model), *_speeds(model, metrics, data, level))
        ),
        remarks=(*remarks, *_gaps(models)),
        warnings=tuple(_disturbed(models)),
    )


def by_round(timing: Timing, metric: str) -> Vector:
    """Return (rounds,) the value of one metric in every round."""
    if metric == "texts_per_second":
        return timing.texts_per_second
    percentile = {"latency_p50_ms": 50, "latency_p99_ms": 99}[metric]
    return np.asarray(np.percentile(timing.latency_ms, percentile, axis=1))


def _has_p99(models: Sequence[Timed]) -> bool:
    """Whether every round has enough latencies for its 99th percentile."""
    return all(model.timing.latency_ms.shape[1] >= MIN_FOR_P99 for model in models)


def _difference(metric: str, left: Timed, teacher: Timed, data: str) -> Difference:
    """Return the log ratio of one metric, with the rounds as its sample."""
    here, there = by_round(left.timing, metric), by_round(teacher.timing, metric)
    inference = t_inference(linear_mean(np.log(here / there)[None]), SIMPLE, method=METHOD)
    contrast: ContrastName = "student-teacher" if left.role == "student" else "baseline-teacher"
    return Difference(
        metric=metric,
        data=data,
        contrast=contrast,
        student=left.population,
        left=(left.card.name,),
        right=(teacher.card.name,),
        left_value=_geometric_mean(here),
        right_value=_geometric_mean(there),
        values_by_seed=(inference.value,),
        inference=inference,
        kind="this_model",
        direction=CLOCKED[metric].direction,
        scale=CLOCKED[metric].scale,
    )


def _sizes(model: Timed) -> Iterator[Estimate]:
    """Yield what needs no clock: parameters, bytes on disk, memory."""
    sizes: dict[str, int | None] = {
        "n_parameters": model.card.n_parameters,
        "n_bytes": model.card.n_bytes,
        "peak_memory_bytes": model.timing.peak_memory_bytes,
    }
    for metric, value in sizes.items():
        if value is not None:
            yield Estimate(metric, value, (model.card.name,), student=model.student)


def _speeds(model: Timed, metrics: Sequence[str], data: str, level: float) -> Iterator[Estimate]:
    """Yield speeds with intervals over rounds; by the delta method, se is the value times that of its logarithm."""
    for metric in metrics:
        inference = t_inference(
            linear_mean(np.log(by_round(model.timing, metric))[None]), SIMPLE, method="t over rounds, of logs"
        )
        value, logs = math.exp(inference.value), inference.interval(level)
        yield Estimate(
            metric,
            value,
            (model.card.name,),
            student=model.student,
            data=data,
            se=value * inference.se,
            interval=Interval(math.exp(logs.low), math.exp(logs.high), level, logs.method),
            n=inference.n,
        )


def _disturbed(models: Sequence[Timed]) -> Iterator[str]:
    """Yield a warning if other processes were at work meanwhile."""
    busy = float(np.mean([model.timing.busy for model in models]))
    if busy < UNDISTURBED:
        yield (
            f"Others were at work while speed was measured: this process had a processor for {busy:.0%} of the time. "
            "That slows slow models more than quick ones. Measure again on an idle machine, into another folder."
        )


def _gaps(models: Sequence[Timed]) -> Iterator[str]:
    """Yield what is not measured, and why."""
    for what, sizes in (
        ("parameters", [model.card.n_parameters for model in models]),
        ("bytes", [model.card.n_bytes for model in models]),
    ):
        unknown = [model.card.name for model, size in zip(models, sizes, strict=True) if size is None]
        if unknown:
            yield f"The {what} of {', '.join(unknown)} are not known: the model does not tell them."
    if not _has_p99(models):
        n = min(model.timing.latency_ms.shape[1] for model in models)
        yield (
            f"The 99th percentile of latency is not measured: {n} latencies in a round are too few, "
            f"at least {MIN_FOR_P99} are needed."
        )


def _geometric_mean(values: Vector) -> float:
    """Return exp of the mean logarithm."""
    return float(np.exp(np.mean(np.log(values))))
