"""Tests of the runner and of its cache."""

import logging

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from angelshare.audits.answers.timing import TimingSettings, time_models
from angelshare.core.abilities import Generation
from angelshare.core.errors import InputError
from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch
from angelshare.models import questions
from angelshare.models.checkpoint import load_scorer
from angelshare.models.observe import ask
from angelshare.models.store import Store

WORDS = ["warm", "soup", "stale", "bread", "tea"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


class Recorder:
    """Progress that is written down."""

    def __init__(self):
        self.total, self.done, self.finished = 0, 0, False

    def start(self, what, total):
        self.total = total

    def advance(self, n):
        self.done += n

    def finish(self):
        self.finished = True


def observe(scorer, batch, **more):
    """Return the scorer's logits."""
    return ask(questions.scores(scorer), batch, **more)


def many(n):
    """Return n distinct texts of several lengths."""
    return TextBatch(tuple(f"{'soup ' * (i % 7)}number {i}" for i in range(n)))


def test_logits_come_back_in_the_order_of_the_texts(keyword_scorer):
    """Sorting by length is the runner's affair only."""
    logits = observe(keyword_scorer, TextBatch(("warm soup", "stale", "", "warm soup")))
    assert logits.tolist() == [[0.0, 2.5], [0.0, -2.0], [0.0, 0.0], [0.0, 2.5]]
    assert logits.dtype == np.float32


def test_a_text_that_comes_twice_is_scored_once(keyword_scorer, tmp_path):
    """Neither within a call nor in a later one."""
    observe(keyword_scorer, TextBatch(("warm", "warm", "soup")), store=tmp_path)
    observe(keyword_scorer, TextBatch(("soup", "tea")), store=tmp_path)
    assert sorted(keyword_scorer.asked) == ["soup", "tea", "warm"]


@given(texts=st.lists(TEXT, max_size=12), rng=st.randoms(use_true_random=False))
def test_the_order_of_the_texts_does_not_matter(texts, rng, make_scorer):
    """A shuffled request gives shuffled logits, from the same plan."""
    order = list(range(len(texts)))
    rng.shuffle(order)
    scorers = [make_scorer({"warm": 1.0, "stale": -0.5}) for _ in range(2)]
    straight = observe(scorers[0], TextBatch(tuple(texts)), shard_size=3)
    shuffled = observe(scorers[1], TextBatch(tuple(texts[i] for i in order)), shard_size=3)
    assert np.array_equal(straight[order], shuffled)
    assert scorers[0].asked == scorers[1].asked


@pytest.mark.parametrize("killed_after", [0, 1, 2, 4])
def test_a_killed_run_goes_on_and_ends_with_the_same_numbers(bert_folder, tmp_path, killed_after):
    """Whatever shard it was killed in: finished shards are not scored again, and the numbers are the same bits."""
    scorer = load_scorer(bert_folder, precision="fp32")
    texts = many(50)
    whole = observe(scorer, texts, shard_size=10, tokens_per_batch=30)
    n_calls = [0]

    class Killed(KeyboardInterrupt):
        pass

    class Mortal:
        card = scorer.card

        def encode(self, batch):
            if n_calls[0] == killed_after:
                raise Killed
            n_calls[0] += 1
            return scorer.encode(batch)

        score_encoded, score = staticmethod(scorer.score_encoded), staticmethod(scorer.score)

    with pytest.raises(Killed):
        observe(Mortal(), texts, store=tmp_path / "s", shard_size=10, tokens_per_batch=30)
    assert len(Store(tmp_path / "s")) == 10 * killed_after
    n_calls[0] = -100
    resumed = observe(Mortal(), texts, store=tmp_path / "s", shard_size=10, tokens_per_batch=30)
    assert n_calls[0] + 100 == 5 - killed_after
    assert np.array_equal(whole, resumed)


def test_a_damaged_shard_is_scored_again_with_a_warning(keyword_scorer, tmp_path, caplog):
    """A Parquet file cut short is removed; the others are kept."""
    texts = many(30)
    first = observe(keyword_scorer, texts, store=tmp_path, shard_size=10)
    shard = min(tmp_path.glob("*.parquet"))
    shard.write_bytes(shard.read_bytes()[:100])
    keyword_scorer.asked.clear()
    with caplog.at_level(logging.WARNING):
        again = observe(keyword_scorer, texts, store=tmp_path, shard_size=10)
    assert np.array_equal(first, again)
    assert len(keyword_scorer.asked) == 10
    assert "damaged" in caplog.text


@pytest.mark.parametrize("columns", [{"text": ["warm"]}, {"key": ["a" * 32], "logits": [1.0]}, {"key": ["a" * 32]}])
def test_a_file_that_is_no_shard_is_scored_again_with_a_warning(columns, keyword_scorer, tmp_path, caplog):
    """Such as one that other software left under that name."""
    first = observe(keyword_scorer, many(10), store=tmp_path)
    (shard,) = tmp_path.glob("*.parquet")
    pq.write_table(pa.table(columns), shard)
    with caplog.at_level(logging.WARNING):
        assert np.array_equal(observe(keyword_scorer, many(10), store=tmp_path), first)
    assert "was removed" in caplog.text
    assert len(Store(tmp_path)) == len(set(many(10).texts))


def test_an_unfinished_shard_is_not_read(keyword_scorer, tmp_path):
    """Only what was renamed counts."""
    (tmp_path / "0123.456.tmp").write_bytes(b"half")
    assert observe(keyword_scorer, TextBatch(("warm",)), store=tmp_path).tolist() == [[0.0, 1.5]]


def test_a_logit_that_is_no_number_names_its_text(keyword_scorer, tmp_path):
    """Nothing of that shard is stored."""
    keyword_scorer.words["tea"] = float("nan")
    with pytest.raises(InputError, match="text number 3"):
        observe(keyword_scorer, TextBatch(("warm", "soup", "warm tea")), store=tmp_path)
    assert not list(tmp_path.iterdir())


def test_no_texts_give_no_logits(keyword_scorer):
    """The shape still says how many labels there are."""
    assert observe(keyword_scorer, TextBatch(())).shape == (0, 2)


def test_answers_of_another_shape_are_refused(keyword_scorer):
    """The shape that they should have is said."""
    keyword_scorer.score = lambda batch: np.zeros((len(batch), 3))
    with pytest.raises(InputError, match=r"keywords gave scores of shape \(1, 3\) for 1 texts: .* of shape \(1, 2\)"):
        observe(keyword_scorer, TextBatch(("warm",)))


def test_texts_that_a_model_writes_are_kept_as_numbers_are(tmp_path):
    """Each prompt is continued once; another run reads the shards."""
    asked = []

    class Parrot:
        card = ModelCard("parrot", None, (), "f" * 64)

        def generate(self, prompts, settings):
            asked.extend(prompts)
            return [[prompt.upper()] * settings.n for prompt in prompts]

    question = questions.continuations(Parrot(), Generation(n=2))
    texts = TextBatch(("tea", "soup", "tea", ""))
    for _ in range(2):
        said = ask(question, texts, store=tmp_path, shard_size=2)
        assert said.tolist() == [("TEA", "TEA"), ("SOUP", "SOUP"), ("TEA", "TEA"), ("", "")]
    assert sorted(asked) == ["", "soup", "tea"]
    assert ask(question, TextBatch(())).tolist() == []


def test_progress_counts_every_distinct_text_once(keyword_scorer, tmp_path):
    """Also those that were stored before."""
    observe(keyword_scorer, TextBatch(("warm", "soup")), store=tmp_path)
    progress = Recorder()
    observe(keyword_scorer, TextBatch(("warm", "soup", "tea", "tea")), store=tmp_path, progress=progress)
    assert (progress.total, progress.done, progress.finished) == (3, 3, True)


@pytest.mark.parametrize("text", ["", "\x00", "soup \x00 soup", "😀😀", "x" * 1_000_000, "מרק soup مرق", "\ud800 soup"])
def test_odd_texts_are_scored_like_any_other(bert_folder, text):
    """Empty, NUL, emoji, a megabyte, mixed direction, a lone surrogate."""
    logits = observe(load_scorer(bert_folder, precision="fp32"), TextBatch((text, "warm soup")))
    assert np.isfinite(logits).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(texts=st.lists(TEXT, min_size=1, max_size=8))
def test_pairs_are_told_apart_from_texts(keyword_scorer, texts):
    """The key of a pair is of both halves."""
    pairs = TextBatch(tuple(texts), tuple(f"{text} tea" for text in texts))
    assert not set(pairs.keys()) & set(TextBatch(tuple(texts)).keys())
    assert np.array_equal(observe(keyword_scorer, pairs), observe(keyword_scorer, TextBatch(tuple(texts))))


def test_without_a_store_every_bulk_is_scored_anew_as_timing_needs(bert_folder, keyword_scorer):
    """A cache would make the second round free; a network and a scorer without tokens take turns."""
    scorers = {"teacher": load_scorer(bert_folder), "keywords": keyword_scorer}
    texts = TextBatch(("warm soup", "stale bread"))
    timings = time_models(scorers, texts, settings=TimingSettings(rounds=3, latencies=5), bulk=observe)
    assert set(timings) == {"teacher", "keywords"}
    for timing in timings.values():
        assert timing.texts_per_second.shape == (3,)
        assert timing.latency_ms.shape == (3, 5)
        assert (timing.texts_per_second > 0).all()
        assert (timing.latency_ms > 0).all()
    # a bulk of 2 and 20 single texts to warm up, then 3 rounds of a bulk of 2 and 5 single texts
    assert len(keyword_scorer.asked) == 2 + 20 + 3 * (2 + 5)
