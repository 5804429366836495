"""Tests of timing models in turns, on a clock that only scoring moves."""

import numpy as np
import pytest
from pydantic import ValidationError

from angelshare.audits.answers.timing import WARM_UP, TimingSettings, chosen_texts, time_models
from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch

TEXTS = TextBatch(("warm soup", "stale bread", "good bread"))


class FakeClock:
    """A clock that stands still until somebody works."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


class SlowScorer:
    """A scorer that takes so many seconds for a batch and for each of its texts, and keeps what it was asked."""

    def __init__(self, name, clock, log, *, per_batch, per_text):
        self.card = ModelCard(name, "binary", ("bad", "good"), name * 4)
        self._clock, self._log = clock, log
        self._per_batch, self._per_text = per_batch, per_text

    def score(self, batch):
        self._log.append((self.card.name, batch.texts))
        self._clock.seconds += self._per_batch + self._per_text * len(batch)
        return np.zeros((len(batch), 2))


def bulk(scorer, batch):
    """Score in one batch."""
    return scorer.score(batch)


@pytest.fixture
def timed():
    """Two scorers timed for four rounds of five latencies, and all that they were asked."""
    clock, log = FakeClock(), []
    scorers = {
        "big": SlowScorer("big", clock, log, per_batch=0.5, per_text=0.25),
        "small": SlowScorer("small", clock, log, per_batch=0.125, per_text=0.125),
    }
    settings = TimingSettings(rounds=4, latencies=5)
    return time_models(scorers, TEXTS, settings=settings, bulk=bulk, clock=clock, busy_clock=lambda: clock() / 4), log


def test_texts_per_second_and_latencies_are_what_the_clock_says(timed):
    """Bulk: 3 texts in 0.5 + 3 x 0.25 = 1.25 s are 2.4 a second; 3 in 0.5 s are 6. Singles: 750 and 250 ms."""
    timings, _ = timed
    assert timings["big"].texts_per_second.tolist() == [2.4] * 4
    assert timings["small"].texts_per_second.tolist() == [6.0] * 4
    assert timings["big"].latency_ms.tolist() == [[750.0] * 5] * 4
    assert timings["small"].latency_ms.tolist() == [[250.0] * 5] * 4


def test_the_share_of_the_time_with_a_processor_is_kept(timed):
    """The other clock goes at a quarter of the speed."""
    timings, _ = timed
    assert timings["big"].busy.tolist() == timings["small"].busy.tolist() == [0.25] * 4


def test_every_model_is_warmed_up_and_none_of_it_counts(timed):
    """A bulk of all texts and the single texts in turn, before the first round of anybody."""
    _, log = timed
    before = log[: 2 * (WARM_UP + 1)]
    singles = [(TEXTS.texts[i % 3],) for i in range(WARM_UP)]
    assert before == [(name, texts) for name in ("big", "small") for texts in (TEXTS.texts, *singles)]


def test_in_every_round_all_models_take_turns_on_the_same_texts_in_an_order_that_changes(timed):
    """Four rounds of two turns; a turn is one bulk and five single texts, each of the three at least once."""
    _, log = timed
    turns = [log[start : start + 6] for start in range(2 * (WARM_UP + 1), len(log), 6)]
    assert len(turns) == 8
    orders = set()
    for first, second in zip(turns[::2], turns[1::2], strict=True):
        assert first[0][1] == TEXTS.texts
        assert [texts for _, texts in first] == [texts for _, texts in second]
        assert {texts[0] for _, texts in first[1:]} == set(TEXTS.texts)
        assert {name for name, _ in first} != {name for name, _ in second}
        orders.add((first[0][0], second[0][0]))
    assert orders == {("big", "small"), ("small", "big")}


def test_the_texts_are_distinct_and_the_seed_draws_them():
    """A text that is there twice would be scored once by the runner, and make it look fast."""
    batch = TextBatch(("a", "b", "a", "c", "d"), ("1", "1", "1", "1", "1"))
    assert sorted(chosen_texts(batch, TimingSettings(n_texts=9)).texts) == ["a", "b", "c", "d"]
    drawn = chosen_texts(batch, TimingSettings(n_texts=2, seed=3))
    assert drawn == chosen_texts(batch, TimingSettings(n_texts=2, seed=3))
    assert len(drawn) == 2
    assert drawn.pairs == ("1", "1")


@pytest.mark.parametrize("given", [{"rounds": 2}, {"latencies": 1}, {"n_texts": 0}, {"seed": -1}, {"round": 5}])
def test_settings_that_measure_nothing_are_refused(given):
    """Two rounds have hardly a spread."""
    with pytest.raises(ValidationError):
        TimingSettings(**given)


def test_the_smallest_settings_are_taken():
    """Each at its bound."""
    settings = TimingSettings(rounds=3, latencies=2, n_texts=1)
    assert (settings.rounds, settings.latencies, settings.n_texts) == (3, 2, 1)
