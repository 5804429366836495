"""Tests of the audit of association tests of sentences."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from angelshare.audits.seat import GENDER, TEXTS, Seat, SeatOptions
from angelshare.core.alignment import Observed, aligned
from angelshare.core.audit import AuditSettings
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Embeddings
from angelshare.core.panel import Population
from angelshare.core.requests import TEST, NotObserved, Observations
from angelshare.core.text import TextBatch

NOBODY = Items("data", np.array(["a"]))


@pytest.fixture
def tests(tmp_path):
    """A file with two small tests that share texts."""

    def group(category, *texts):
        return {"category": category, "examples": texts}

    women, men = group("Women", "she is here", "her book"), group("Men", "he is here", "his book")
    home, work = group("Home", "a house"), group("Work", "an office")
    path = tmp_path / "tests.json"
    path.write_text(
        json.dumps({
            "one": {"targ1": women, "targ2": men, "attr1": home, "attr2": work},
            "two": {"targ1": women, "targ2": men, "attr1": group("Tree", "an oak"), "attr2": home},
        })
    )  # fmt: skip
    return path


def embedded(name, texts, seed, pooling="cls"):
    """Return a member with random vectors of these texts."""
    vectors = np.random.default_rng(seed).normal(size=(len(texts), 4))
    return Observed(Items(name, np.array(texts.keys()), texts), Embeddings(name, vectors, pooling, seed=0))


def panel(texts, *, pooling="cls"):
    """Return the panel of a teacher and a student."""
    teacher, student = embedded("teacher", texts, 1), embedded("student", texts, 2, pooling)
    return aligned("toy", Population("teacher", "teacher", (teacher,)), [Population("student", "student", (student,))])


def test_it_asks_for_each_text_of_its_tests_once(tests):
    """Whatever the data are; the pooling is the request's."""
    (request,) = Seat(SeatOptions(tests=tests, names=("one", "two"), pooling="mean")).requests(NOBODY)
    assert (request.name, request.kind, request.settings.pooling) == (TEXTS, "embeddings", "mean")
    assert sorted(request.items.texts.texts) == [
        "a house", "an oak", "an office", "he is here", "her book", "his book", "she is here",
    ]  # fmt: skip
    assert request.items.ids.tolist() == request.items.texts.keys()


def test_effects_of_both_models_are_reported_and_not_judged(tests):
    """With how the vectors were made, and without an interval."""
    audit = Seat(SeatOptions(tests=tests, names=("one", "two")))
    (request,) = audit.requests(NOBODY)
    result = audit.measure(Observations({(TEXTS, "embeddings"): panel(request.items.texts)}), AuditSettings())
    assert result.differences == ()
    assert {(e.metric, e.student, e.output) for e in result.estimates} >= {
        ("seat_d", None, "one"), ("seat_d", "student", "two"), ("seat_further_from_0", "student", "one"),
    }  # fmt: skip
    assert all(e.interval is None for e in result.estimates)
    assert len(result.tables[0].rows) == 4
    assert result.remarks[0] == "Sentence vectors are pooled by cls."
    assert "never judged" in result.remarks[1]


def test_files_of_embeddings_serve_where_they_hold_the_texts(tests):
    """Tests whose texts they lack are named; without any test it is not applicable."""
    texts = TextBatch(("she is here", "her book", "he is here", "his book", "a house", "an office", "something else"))
    files = Observations({(TEST, "embeddings"): panel(texts)})
    result = Seat(SeatOptions(tests=tests, names=("one", "two"))).measure(files, AuditSettings())
    assert {e.output for e in result.estimates if e.output} == {"one"}
    assert result.remarks[-1] == "two is not measured: toy lacks 1 of its texts, such as 'an oak'."
    nothing = Seat(SeatOptions(tests=tests, names=("two",))).measure(files, AuditSettings())
    assert nothing.not_applicable == "two is not measured: toy lacks 1 of its texts, such as 'an oak'."


def test_why_the_texts_of_the_tests_have_no_vectors_is_the_reason(tests):
    """Not that nobody asked for those of other texts."""
    seen = Observations({}, {(TEXTS, "embeddings"): "mlp gives no embeddings: it reads words."})
    with pytest.raises(NotObserved, match="mlp gives no embeddings: it reads words"):
        Seat(SeatOptions(tests=tests, names=("one",))).measure(seen, AuditSettings())


def test_vectors_pooled_differently_are_warned_about(tests):
    """Effect sizes do not compare then."""
    audit = Seat(SeatOptions(tests=tests, names=("one",)))
    (request,) = audit.requests(NOBODY)
    mixed = panel(request.items.texts, pooling="mean")
    result = audit.measure(Observations({(TEXTS, "embeddings"): mixed}), AuditSettings())
    assert result.warnings == (
        "Sentence vectors are pooled differently, so that effect sizes do not compare: teacher by cls; student by mean.",
    )


def test_a_model_without_an_effect_size_is_named(tests):
    """Nothing is left out silently."""
    audit = Seat(SeatOptions(tests=tests, names=("one",)))
    (request,) = audit.requests(NOBODY)
    teacher = embedded("teacher", request.items.texts, 1)
    still = replace(teacher, member=replace(teacher.member, name="still", vectors=np.zeros((len(teacher), 4))))
    both = aligned("toy", Population("teacher", "teacher", (teacher,)), [Population("student", "still", (still,))])
    result = audit.measure(Observations({(TEXTS, "embeddings"): both}), AuditSettings())
    assert {e.student for e in result.estimates} == {None}
    assert result.remarks[-1] == (
        "one has no effect size with still, and they no means over tests: a vector is 0, or all targets lie alike."
    )


def test_options_that_mean_nothing_are_refused(tests):
    """A pooling that there is not, a test that the file does not have."""
    with pytest.raises(ValidationError):
        SeatOptions(pooling="max")
    with pytest.raises(ValidationError):
        SeatOptions(names=())
    with pytest.raises(InputError, match="no association test called 'three'"):
        Seat(SeatOptions(tests=tests, names=("three",))).requests(NOBODY)


@pytest.mark.real_data
def test_published_bert_vectors_have_their_published_effect_sizes(public_sets):
    """Tests 6, 7 and 8, as embeddings that came in a file."""
    frame = pd.read_parquet(public_sets / "seat_bert_embeddings" / "seat_bert_embeddings.parquet")
    for test, published in (("sent-weat6", 0.477), ("sent-weat7", 0.253), ("sent-weat8", 0.399)):
        rows = frame[frame["test"] == test]
        texts = TextBatch(tuple(rows["text"]))
        bert = Observed(
            Items("bert", np.array(texts.keys()), texts), Embeddings("bert", np.stack(rows["embedding"]), "cls")
        )
        both = aligned("seat", Population("teacher", "bert", (bert,)), [Population("student", "same", (bert,))])
        audit = Seat(SeatOptions(names=(test,), tests=public_sets / "seat" / "seat.json"))
        result = audit.measure(Observations({(TEST, "embeddings"): both}), AuditSettings())
        values = {(e.metric, e.student): e.value for e in result.estimates}
        assert round(values["seat_d", None], 3) == published
        assert values["seat_further_from_0", "same"] == 0


@pytest.mark.real_data
@pytest.mark.real_weights
@pytest.mark.parametrize("pooling", ["cls", "mean", "pooler"])
def test_a_live_minilm_is_measured_on_the_tests_of_gender(public_sets, pooling):
    """By each pooling, which changes the effect sizes and is told; names of men lie closer to careers by any."""
    pytest.importorskip("torch")
    from angelshare.models import questions
    from angelshare.models.embedder import load_embedder
    from angelshare.models.observe import ask

    audit = Seat(SeatOptions(pooling=pooling, tests=public_sets / "seat" / "seat.json"))
    (request,) = audit.requests(NOBODY)
    assert len(request.items) == 797
    embedder = load_embedder("minilm", request.settings.pooling)
    vectors = ask(questions.embeddings(embedder), request.items.texts)
    live = Observed(request.items, Embeddings("minilm", vectors, embedder.pooling))
    both = aligned("seat", Population("teacher", "minilm", (live,)), [Population("student", "same", (live,))])
    result = audit.measure(Observations({(TEXTS, "embeddings"): both}), AuditSettings())
    values = {e.output: e.value for e in result.estimates if (e.metric, e.student) == ("seat_d", None)}
    assert tuple(values) == GENDER
    expected = {"cls": (1.402, 0.284, 0.347), "mean": (1.294, 0.728, 0.721), "pooler": (0.759, 0.851, 1.623)}[pooling]
    assert [values[test] for test in ("sent-weat6", "sent-weat7", "sent-weat8")] == pytest.approx(expected, abs=0.002)
    assert result.remarks[0] == f"Sentence vectors are pooled by {pooling}."
