"""Suites: declared sets, what stands in for what, and how sets are drawn and labelled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.audits.frame.installed import AUDITS
from angelshare.core.errors import InputError, LabelError
from angelshare.core.protocols import DataCard
from angelshare.core.text import TextBatch
from angelshare.data.suites.gathering import (
    MissingSet,
    Source,
    SuiteChoice,
    SuiteSet,
    SuiteSpec,
    gather_set,
    gather_sets,
    own_set,
    suite_spec,
    suites,
)
from angelshare.data.suites.making import called_toxic_and_random, covert_or_overt, drawn, labelled_as
from angelshare.data.texts.catalog import catalog
from angelshare.data.texts.textset import TextSet

PAPER = "lost-in-distillation"


def a_set(n, truth=None, **given):
    """Return n short texts, every second of them toxic."""
    truth = np.arange(n) % 2 if truth is None else np.array(truth)
    texts = TextBatch(tuple(f"remark {i}" for i in range(n)))
    ids = tuple(map(str, range(n)))
    return TextSet("remarks", "binary", ("non-toxic", "toxic"), ids, texts, truth, **given)


def test_every_suite_names_only_what_there_is():
    """Catalogued sets, originals and audits."""
    for suite in suites().values():
        for spec in suite.sets:
            assert set(spec.audits) <= set(AUDITS.names()), spec.name
            assert {source.data for source in spec.sources} - {None} <= set(catalog()), spec.name
            assert spec.original.card is None or spec.original.card in catalog(), spec.name


def test_the_papers_seven_are_declared_in_its_order():
    """As in its Table 2."""
    titles = [spec.title for spec in suite_spec(PAPER).sets]
    assert titles == [
        "Civil Comments", "Short Synthetic", "Long Synthetic", "Hate Check", "False Positives", "Identity Swaps",
        "Covert Toxicity",
    ]  # fmt: skip


def test_an_unknown_suite_names_the_nearest():
    """On the command line and in a recipe."""
    with pytest.raises(InputError, match=r"no suite called 'lost-in-destillation'\. Did you mean"):
        suite_spec("lost-in-destillation")
    with pytest.raises(ValueError, match="no suite called 'lost'"):
        SuiteChoice.model_validate("lost")
    assert SuiteChoice.model_validate({"name": PAPER, "scale": "tiny"}).scale == "tiny"


@pytest.mark.parametrize("names", [["elsewhere"], ["in_domain", "elsewhere", "elsewhere"]])
def test_a_suite_has_a_place_for_a_test_split_and_tells_its_sets_apart(names):
    """Before any of them is read."""
    spec = suite_spec(PAPER).model_dump()
    spec["sets"] = [{**spec["sets"][0], "name": name} for name in names]
    with pytest.raises(ValueError, match="have different names, in_domain among them"):
        SuiteSpec.model_validate(spec)


def test_a_source_is_catalogued_or_generated_and_never_both():
    """One place to have it from."""
    with pytest.raises(ValueError, match="either `data` or `generated`"):
        Source()
    with pytest.raises(ValueError, match="no way to make a set called 'fillr'"):
        Source(data="madlibs", made="fillr")


def test_tiny_needs_no_data_and_says_which_sets_are_missing(monkeypatch):
    """What the house generates stands in; what it cannot generate is a gap with its reason."""
    monkeypatch.delenv("ANGELSHARE_DATA", raising=False)
    by_name = {each.spec.name: each for each in gather_sets(suite_spec(PAPER), "tiny")}
    at_hand = {name for name, each in by_name.items() if isinstance(each, SuiteSet)}
    assert at_hand == {"short_synthetic", "long_synthetic", "hatecheck", "identity_swaps"}
    assert all(by_name[name].stands_in_for for name in at_hand)
    missing = by_name["covert_toxicity"]
    assert isinstance(missing, MissingSet)
    assert missing.why == "No source of it serves at scale tiny."


def test_without_local_copies_the_reason_is_kept_with_the_set(monkeypatch, tmp_path):
    """Never silently: neither the stand-in of a stand-in nor the gap."""
    monkeypatch.setenv("ANGELSHARE_DATA", str(tmp_path))
    by_name = {spec.name: spec for spec in suite_spec(PAPER).sets}
    gathered = gather_set(by_name["hatecheck"], ("non-toxic", "toxic"), "small")
    assert isinstance(gathered, SuiteSet)
    assert gathered.stands_in_for == "HateCheck"
    assert gathered.passed_over == ("hatecheck is not at hand: ANGELSHARE_DATA lacks hatecheck/hatecheck.parquet.",)
    gap = gather_set(by_name["false_positives"], ("non-toxic", "toxic"), "small")
    assert isinstance(gap, MissingSet)
    assert "wiki_context_toxicity is not at hand" in gap.why


def test_every_set_bears_the_suites_labels_and_its_own_name(monkeypatch):
    """One model answers all of them."""
    monkeypatch.delenv("ANGELSHARE_DATA", raising=False)
    sets = [each for each in gather_sets(suite_spec(PAPER), "tiny") if isinstance(each, SuiteSet)]
    assert all(each.texts.labels == ("non-toxic", "toxic") for each in sets)
    assert [each.texts.name for each in sets] == [each.spec.name for each in sets]


def test_filler_keeps_the_short_text_and_its_label(monkeypatch):
    """Long Synthetic is Short Synthetic with words around it, item by item."""
    monkeypatch.delenv("ANGELSHARE_DATA", raising=False)
    by_name = {spec.name: spec for spec in suite_spec(PAPER).sets}
    short, long = (
        gather_set(by_name[name], ("non-toxic", "toxic"), "tiny").texts
        for name in ("short_synthetic", "long_synthetic")
    )
    assert short.ids == long.ids
    assert (short.truth == long.truth).all()
    assert all(text in longer for text, longer in zip(short.batch.texts, long.batch.texts, strict=True))


def test_the_own_test_split_keeps_its_name_and_labels():
    """It stands in for the original test set, whatever it is called."""
    texts = labelled_as(a_set(4), ("fine", "rude"))
    in_domain = own_set(suite_spec(PAPER).sets[0], texts, DataCard("mine", "here"), ("non-toxic", "toxic"))
    assert in_domain.texts is texts
    assert in_domain.stands_in_for == "the test set of Civil Comments"


def test_the_original_is_no_stand_in_for_itself():
    """A recipe whose data are the paper's own."""
    card = DataCard("civil_comments_full", "hub")
    assert own_set(suite_spec(PAPER).sets[0], a_set(4), card, ("non-toxic", "toxic")).stands_in_for is None


def test_labels_the_other_way_round_are_refused():
    """Else every AUC would be one minus itself."""
    with pytest.raises(LabelError, match="Give them in this order"):
        labelled_as(a_set(4), ("toxic", "non-toxic"))


def test_more_than_two_labels_are_refused():
    """A suite asks one question."""
    texts = TextSet("topics", "single_label", ("a", "b", "c"), ("0",), TextBatch(("x",)), np.array([0]))
    with pytest.raises(InputError, match="topics is a single_label set"):
        labelled_as(texts, ("non-toxic", "toxic"))


@given(st.permutations(range(12)), st.integers(1, 12))
def test_a_draw_takes_whole_templates_and_does_not_depend_on_the_order(order, at_most):
    """Four templates of three texts: the draw is a set of texts, at most so many, or one whole template."""
    texts = a_set(12, columns={"template": np.repeat(["a", "b", "c", "d"], 3).astype(object)})
    kept, other = drawn(texts, at_most), drawn(texts.take(np.array(order)), at_most)
    assert set(kept.batch.texts) == set(other.batch.texts)
    assert len(kept) == max(3, at_most // 3 * 3)
    assert set(np.unique(kept.columns["template"], return_counts=True)[1]) == {3}


def test_false_positives_are_half_called_toxic_and_half_random_with_their_labels():
    """50 harmless texts that the other model calls toxic, 50 others of which 6 are toxic: 6% of 100."""
    truth = np.array([0] * 50 + [1] * 20 + [0] * 200)
    score = np.array([0.9] * 50 + [0.8] * 20 + [0.1] * 200)
    drawn = called_toxic_and_random(a_set(270, truth, columns={"api_score": score}))
    called = (drawn.truth == 0) & (drawn.columns["api_score"] > 0.5)
    assert (int(called.sum()), len(drawn), int(drawn.truth.sum())) == (50, 100, 6)


def test_equal_texts_are_drawn_once():
    """A repeated text would count twice."""
    texts = a_set(6, [0, 0, 1, 0, 0, 0], columns={"api_score": np.array([0.9, 0.9, 0.2, 0.1, 0.1, 0.1])})
    copies = TextSet(
        texts.name, texts.task, texts.labels, texts.ids,
        TextBatch(("same", "same", *texts.batch.texts[2:])), texts.truth, columns=texts.columns,
    )  # fmt: skip
    assert called_toxic_and_random(copies).batch.texts.count("same") == 1


def test_covert_toxicity_is_the_larger_of_covert_and_overt():
    """Sarcasm alone, hostility alone, both, neither; half of the raters suffice."""
    columns = {
        "condescending": [0.0, 0.0, 0.0, 0.0], "dismissive": [0.0, 0.0, 0.2, 0.0], "sarcastic": [1.0, 0.0, 0.5, 0.4],
        "generalisation_unfair": [0.0, 0.0, 0.0, 0.0], "antagonize": [0.0, 0.0, 0.0, 0.0],
        "hostile": [0.0, 1.0, 1.0, 0.0],
    }  # fmt: skip
    texts = a_set(4, columns={name: np.array(values) for name, values in columns.items()})
    assert covert_or_overt(texts).truth.tolist() == [1, 1, 1, 0]


def test_a_score_that_is_no_number_is_named_with_its_row():
    """It would silently be no false positive."""
    texts = a_set(3, columns={"api_score": np.array(["0.1", "high", "0.3"], dtype=object)})
    with pytest.raises(InputError, match=r"remarks, row 2: api_score is 'high', which is not a number"):
        called_toxic_and_random(texts)


@pytest.mark.real_data
def test_all_seven_are_at_hand_with_the_public_sets():
    """False Positives as declared: 377 called toxic, as many others, 45 toxic in all."""
    sets = gather_sets(suite_spec(PAPER), "small")
    assert [len(each.texts) for each in sets if isinstance(each, SuiteSet)] == [4203, 9963, 3995, 1865, 754, 1380, 4425]
    false_positives = sets[4].texts
    assert int(false_positives.truth.sum()) == 45
    assert all(each.stands_in_for for each in sets)
