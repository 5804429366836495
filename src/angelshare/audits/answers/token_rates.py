"""How likely texts are under language models, by token and by byte: perplexity and bits per byte."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from angelshare.audits.frame.contrasts import Contrast, pair
from angelshare.audits.frame.item_estimates import Figure, design_of, mean_of
from angelshare.audits.frame.measuring import Findings, measure_contrast
from angelshare.audits.frame.metric_kinds import Metric, linear_means
from angelshare.audits.frame.sample import Cut, PerItem, Sample
from angelshare.core.arrays import Labels, Vector
from angelshare.core.estimate import Estimate, Inference, Interval
from angelshare.core.items import Items
from angelshare.core.metric import PLAIN, MetricFacts, Unit
from angelshare.core.observations import Likelihoods
from angelshare.core.panel import Panel, Population
from angelshare.stats.components import Design, Linear, has_variance, inference, item_spread, linear_mean

METHOD = "t over texts, each weighing its length"
PERPLEXITY = MetricFacts(
    "perplexity",
    "perplexity",
    "The exponential of the mean negative log-likelihood of a token: among so many equally likely tokens a model is "
    "as unsure. It compares models whose tokenizers cut texts alike.",
    unit=PLAIN,
    direction="lower",
    scale="log_ratio",
    margin=0.05,
    reason="A logarithm: 5% more perplexity, a fifth of what DistilGPT2 lost on WikiText-103 (21.1 against 16.3).",
    limit=10.0,
    glossary="metrics of language models",
)
BITS_PER_BYTE = MetricFacts(
    "bits_per_byte",
    "bits per byte",
    "The mean negative log-likelihood of a byte of UTF-8, to base 2: so many bits the model needs to store it. It "
    "compares models of any tokenizers.",
    unit=Unit(1.0, 3, "bits", reach=3),
    direction="lower",
    margin=0.02,
    reason="Perplexity's margin where a token has about four bytes: log2(1.05) / 4.",
    limit=10.0,
    glossary="metrics of language models",
)


@dataclass(frozen=True, kw_only=True)
class Rate(Metric[Likelihoods]):
    """A ratio of two sums over texts, such as nats per token: the mean of the texts' ratios, weighted by the second.

    The items' weights include that second count, so that the jackknife is that of the ratio, and a few long texts
    leave few degrees of freedom.
    """

    per_item: PerItem[Likelihoods]
    is_bounded: bool = False

    def linear(self, sample: Sample[Likelihoods]) -> Linear:
        """Return the difference of the two rates."""
        return _resting_on_texts(linear_means(sample, self.per_item), sample.design)

    def difference(self, sample: Sample[Likelihoods]) -> Inference:
        """Return the t inference over texts (or clusters) and seeds."""
        return inference(self.once(sample), sample.design, method=METHOD)

    def excess(self, cut: Cut[Likelihoods]) -> Inference:
        """Return the inference on the excess."""
        return inference(cut.linear(self.once), cut.whole.design, method=METHOD)


def nats_per_token(member: Likelihoods, _items: Items) -> Vector:
    """Return (n,) the mean negative log-likelihood of each text's tokens: the logarithm of its perplexity."""
    return np.asarray(member.nats / member.n_tokens)


def bits_per_byte(member: Likelihoods, _items: Items) -> Vector:
    """Return (n,) the mean negative log-likelihood of each text's bytes, to base 2."""
    return np.asarray(member.nats / member.n_bytes / math.log(2))


_BY_TOKEN = Rate(facts=PERPLEXITY, per_item=nats_per_token)
_BY_BYTE = Rate(facts=BITS_PER_BYTE, per_item=bits_per_byte)


def measure_rates(panel: Panel[Likelihoods], *, asked: frozenset[str] = frozenset()) -> Findings:
    """Return the rows of perplexity and bits per byte.

    Perplexity is exp(sum of nats / sum of tokens) over all texts, weighted where they have weights, and compared by the
    logarithm of student / teacher; bits per byte is sum of nats / sum of bytes / ln 2, compared by difference. Where
    two tokenizers cut any text into different numbers of tokens, only bits per byte are compared.

    Args:
        panel: likelihoods of the same texts.
        asked: metrics to measure in slices in addition to those that always are.
    """
    pairing = pair(panel)
    rates = Findings.about(pairing)
    for contrast in pairing.contrasts:
        if _cut_alike(contrast.members):
            by_token = _weighing(contrast, contrast.right[0].n_tokens)
            measure_contrast(by_token, panel.data, (_BY_TOKEN,), rates, asked=asked)
        else:
            why = "the tokenizers differ, so that only bits per byte compare"
            rates.leave_out(_BY_TOKEN, contrast, panel.data, None, why)
        by_byte = _weighing(contrast, contrast.right[0].n_bytes)
        measure_contrast(by_byte, panel.data, (_BY_BYTE,), rates, asked=asked)
    return rates


def rate_estimates(panel: Panel[Likelihoods], level: float) -> Iterator[Estimate]:
    """Yield perplexity (a geometric mean over seeds) and bits per byte (an arithmetic one) of each population.

    Seeds whose tokenizers differ have no perplexity in common.
    """
    for population in (panel.teacher, *panel.students):
        first = population.first
        if _cut_alike(population.members):
            figure = _figure(population, nats_per_token, _weighted(panel.items, first.n_tokens), level)
            yield _estimate(PERPLEXITY.name, _exponential(figure), population, panel)
        figure = _figure(population, bits_per_byte, _weighted(panel.items, first.n_bytes), level)
        yield _estimate(BITS_PER_BYTE.name, figure, population, panel)


def _figure(population: Population[Likelihoods], per_item: PerItem[Likelihoods], items: Items, level: float) -> Figure:
    """Return the mean of a rate over a population's members, where items weigh what it is by."""
    design = design_of(items)
    values = np.stack([per_item(member, items) for member in population.members])
    return mean_of(_resting_on_texts(linear_mean(values, design), design), design, level)


def _estimate(metric: str, figure: Figure, population: Population[Likelihoods], panel: Panel[Likelihoods]) -> Estimate:
    """Return one estimate about a population."""
    return Estimate(
        metric,
        figure.value,
        population.names,
        student=population.name if population.role == "student" else None,
        data=panel.data,
        se=figure.se,
        interval=figure.interval,
        n=figure.n,
        n_clusters=figure.n_clusters,
    )


def _exponential(logs: Figure) -> Figure:
    """Return exp of a figure; its standard error by the delta method."""
    value, interval = math.exp(logs.value), logs.interval
    if interval is not None:
        interval = Interval(
            math.exp(interval.low), math.exp(interval.high), interval.level, f"{interval.method}, of logs"
        )
    return replace(logs, value=value, se=None if logs.se is None else value * logs.se, interval=interval)


def _resting_on_texts(linear: Linear, design: Design) -> Linear:
    """Return a rate with fewer degrees of freedom than texts (or clusters) on which its variance rests.

    Where a text's own rate goes with its length, few texts make up the variance. On the degrees of freedom of lengths
    alone, t would cover 87-92% with 30 or 100 texts whose lengths differ by a factor of e either way.
    """
    if not has_variance(linear, design):
        return linear
    return replace(linear, df=max(1.0, item_spread(linear, design).n_contributing - 1))


def _cut_alike(members: Sequence[Likelihoods]) -> bool:
    """Return whether all members cut every text into the same number of tokens."""
    first, *others = members
    return all(np.array_equal(first.n_tokens, other.n_tokens) for other in others)


def _weighing(contrast: Contrast[Likelihoods], counts: Labels) -> Contrast[Likelihoods]:
    """Return the contrast with the items' weights multiplied by these counts."""
    return replace(contrast, items=_weighted(contrast.items, counts))


def _weighted(items: Items, counts: Labels) -> Items:
    """Return the items with their weights multiplied by these counts; without labels, which likelihoods do not need."""
    return replace(items, weights=counts * (1.0 if items.weights is None else items.weights), truth=None)
