"""Models timed in turns: texts per second in bulk, and the latency of single texts."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from angelshare.core.observations import Timing
from angelshare.core.protocols import Scorer
from angelshare.core.strict import Strict
from angelshare.core.text import TextBatch

MIN_FOR_P99 = 100
"""Latencies in a round; with fewer, the 99th percentile would be little else than the slowest."""
WARM_UP = 20
"""Single texts that every model scores before the first round, after all texts in bulk; none of this counts."""

Bulk = Callable[[Scorer, TextBatch], object]
"""Scores many texts in batches, and keeps nothing that would make the next run faster."""


class TimingSettings(Strict):
    """How speed is measured.

    Attributes:
        n_texts: distinct texts of the test split that every model scores in bulk in every round.
        latencies: single texts that every model scores in every round; below 100 there is no 99th percentile.
        rounds: the sample of the intervals.
        seed: of the choice of texts, and of the order in every round.
    """

    n_texts: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    latencies: Annotated[int, Field(ge=2, le=1_000_000)] = MIN_FOR_P99
    rounds: Annotated[int, Field(ge=3, le=10_000)] = 10
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


def chosen_texts(batch: TextBatch, settings: TimingSettings) -> TextBatch:
    """Return distinct texts, at most `n_texts` of them, drawn under the seed."""
    first = {key: place for place, key in reversed(list(enumerate(batch.keys())))}
    drawn = np.random.default_rng(settings.seed).permutation(sorted(first.values()))
    return batch.take(drawn[: settings.n_texts].tolist())


def time_models(
    scorers: Mapping[str, Scorer],
    texts: TextBatch,
    *,
    settings: TimingSettings,
    bulk: Bulk,
    clock: Callable[[], float] = time.perf_counter,
    busy_clock: Callable[[], float] = time.thread_time,
) -> dict[str, Timing]:
    """Return every model's timing, by name.

    After a warm-up, every model takes one turn in every round, in a random order, so that a machine that slows down
    does so for all. In its turn it scores all texts in bulk, then single texts, which are the same for all models in a
    round and are handed over raw, so that tokenising counts. No progress is shown: a bar that redraws itself would be
    timed too.

    Args:
        scorers: teacher, students, references.
        texts: distinct; at least one. See `chosen_texts`.
        settings: rounds, latencies, seed.
        bulk: the runner that observes, without a store.
        clock: in seconds, never going back.
        busy_clock: seconds for which this thread had a processor.
    """
    rng = np.random.default_rng(settings.seed)
    singles = [texts.take([place]) for place in range(len(texts))]
    for scorer in scorers.values():
        bulk(scorer, texts)
        _latencies(scorer, [singles[turn % len(singles)] for turn in range(WARM_UP)], clock)
    speeds: dict[str, list[float]] = {name: [] for name in scorers}
    latencies: dict[str, list[list[float]]] = {name: [] for name in scorers}
    busy: dict[str, list[float]] = {name: [] for name in scorers}
    for _ in range(settings.rounds):
        asked = [singles[place] for place in _places(len(singles), settings.latencies, rng)]
        for name in rng.permutation(list(scorers)).tolist():
            start, busy_start = clock(), busy_clock()
            bulk(scorers[name], texts)
            speeds[name].append(len(texts) / (clock() - start))
            latencies[name].append(_latencies(scorers[name], asked, clock))
            busy[name].append((busy_clock() - busy_start) / (clock() - start))
    return {
        name: Timing(name, np.array(speeds[name]), np.array(latencies[name]), np.array(busy[name]), len(texts))
        for name in scorers
    }


def _places(n_texts: int, n: int, rng: np.random.Generator) -> list[int]:
    """Return n places in random order; of n texts or more, each comes up once before any comes up again."""
    return [int(place) % n_texts for place in rng.permutation(max(n_texts, n))[:n]]


def _latencies(scorer: Scorer, singles: Sequence[TextBatch], clock: Callable[[], float]) -> list[float]:
    """Return the milliseconds that a scorer takes for each of these single texts."""
    milliseconds = []
    for single in singles:
        start = clock()
        scorer.score(single)
        milliseconds.append(1000 * (clock() - start))
    return milliseconds
