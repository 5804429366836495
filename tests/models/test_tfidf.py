"""Tests of TF-IDF and logistic regression."""

import json

import numpy as np
import pytest
from folder_edits import edit_config, edit_weights
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from angelshare.core.errors import InputError, ModelError
from angelshare.core.student_spec import TfidfSpec
from angelshare.core.text import TextBatch
from angelshare.models.checkpoint import load_scorer
from angelshare.models.folders import fingerprint
from angelshare.models.tfidf import fit_tfidf

SPEC = TfidfSpec(name="tfidf", kind="tfidf")
TEXTS = TextBatch(("warm good soup", "good bread", "stale bread", "cold stale soup", "good warm tea", "cold tea"))
TRUTH = np.array([1, 1, 0, 0, 1, 0])


def oracle():
    """Return what sklearn's own pipeline gives."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    features = vectorizer.fit_transform(TEXTS.texts)
    return features, LogisticRegression(max_iter=1000)


def test_binary_logits_give_the_probabilities_of_sklearn():
    """softmax(-d/2, d/2) = sigmoid(d)."""
    features, model = oracle()
    expected = model.fit(features, TRUTH).predict_proba(features)
    logits = fit_tfidf(TEXTS, TRUTH, SPEC, ("bad", "good"), "binary").score(TEXTS)
    assert np.allclose(softmax(logits, axis=1), expected)


def test_several_classes_give_the_probabilities_of_sklearn():
    """The multinomial model."""
    truth = np.array([0, 1, 2, 2, 0, 1])
    features, model = oracle()
    expected = model.fit(features, truth).predict_proba(features)
    logits = fit_tfidf(TEXTS, truth, SPEC, ("a", "b", "c"), "single_label").score(TEXTS)
    assert np.allclose(softmax(logits, axis=1), expected)


def test_each_label_of_a_multi_label_task_has_its_own_regression():
    """Items with an unknown label are left out."""
    truth = np.array([[1, 0], [1, 1], [0, 1], [0, 0], [1, 0], [0, np.nan]], dtype=float)
    scorer = fit_tfidf(TEXTS, truth, SPEC, ("good", "bread"), "multi_label")
    first = fit_tfidf(TEXTS.take(range(5)), truth[:5, 0].astype(int), SPEC, ("no", "yes"), "binary")
    margin = np.diff(first.score(TEXTS), axis=1)[:, 0]
    assert np.allclose(scorer.score(TEXTS)[:, 0], margin, atol=1e-6)


def test_a_regression_orders_texts_by_their_value():
    """Ridge regression on the same features."""
    scorer = fit_tfidf(TEXTS, np.array([5.0, 4.0, 1.0, 0.0, 5.0, 1.0]), SPEC, ("value",), "regression")
    values = scorer.score(TextBatch(("warm good", "cold stale")))
    assert values.shape == (2, 1)
    assert values[0, 0] > values[1, 0]


def test_saving_and_loading_keeps_every_logit(tmp_path):
    """JSON and safetensors, and nothing else."""
    scorer = fit_tfidf(TEXTS, TRUTH, SPEC, ("bad", "good"), "binary")
    scorer.save(tmp_path / "t")
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == ["config.json", "model.safetensors"]
    loaded = load_scorer(tmp_path / "t", name="words")
    assert np.array_equal(loaded.score(TEXTS), scorer.score(TEXTS))
    assert (loaded.card.name, loaded.card.labels, loaded.card.kind) == ("words", ("bad", "good"), "tfidf")
    assert loaded.card.fingerprint == fingerprint(tmp_path / "t")
    assert loaded.card.n_parameters == scorer.card.n_parameters


@pytest.mark.parametrize(
    ("task", "labels", "n_fitted"),
    [("binary", 2, 1), ("single_label", 2, 1), ("single_label", 3, 3), ("multi_label", 2, 2)],
)
def test_parameters_are_the_weights_of_terms_and_of_what_was_fitted(task, labels, n_fitted):
    """Two classes are told apart by one decision value, whose coefficients are written twice."""
    truth = np.eye(labels)[np.arange(6) % labels] if task == "multi_label" else np.arange(6) % labels
    scorer = fit_tfidf(TEXTS, truth, SPEC, ("a", "b", "c")[:labels], task)
    n_terms = scorer.coefficients.shape[1]
    assert scorer.card.n_parameters == n_terms + n_fitted * (n_terms + 1)
    assert scorer.card.n_bytes == 8 * (n_terms + scorer.coefficients.size + labels)


def test_pairs_are_joined():
    """Words of the second text count."""
    pairs = TextBatch(TEXTS.texts, ("yes", "yes", "no", "no", "yes", "no"))
    scorer = fit_tfidf(pairs, TRUTH, SPEC, ("bad", "good"), "binary")
    logits = scorer.score(TextBatch(("tea", "tea"), ("yes", "no")))
    assert logits[0, 1] > logits[1, 1]


def test_a_label_without_an_example_is_named():
    """And so is a split without any labels."""
    with pytest.raises(InputError, match="labelled 'great'"):
        fit_tfidf(TEXTS, TRUTH, SPEC, ("bad", "good", "great"), "single_label")
    with pytest.raises(InputError, match="human labels"):
        fit_tfidf(TEXTS, np.full(6, -1), SPEC, ("bad", "good"), "binary")


def test_parts_that_do_not_fit_are_refused(tmp_path):
    """A vocabulary from another model."""
    fit_tfidf(TEXTS, TRUTH, SPEC, ("bad", "good"), "binary").save(tmp_path / "t")
    config = tmp_path / "t" / "config.json"
    fields = json.loads(config.read_text())
    config.write_text(json.dumps(fields | {"terms": fields["terms"][:3]}))
    with pytest.raises(ModelError, match="TF-IDF model"):
        load_scorer(tmp_path / "t")


@pytest.mark.parametrize(
    "fields", [{"task": "guessing"}, {"ngrams": None}, {"ngrams": 0}, {"labels": [1, 2]}, {"terms": "words"}]
)
def test_a_damaged_configuration_is_refused(tmp_path, fields):
    """With the field that is wrong."""
    fit_tfidf(TEXTS, TRUTH, SPEC, ("bad", "good"), "binary").save(tmp_path / "t")
    edit_config(tmp_path / "t", **fields)
    with pytest.raises(ModelError, match=rf"config\.json is damaged: {next(iter(fields))}.*Fit and save it again"):
        load_scorer(tmp_path / "t")


def test_an_intercept_of_another_model_is_refused(tmp_path):
    """It would be added to every label."""
    fit_tfidf(TEXTS, TRUTH, SPEC, ("bad", "good"), "binary").save(tmp_path / "t")
    edit_weights(tmp_path / "t", lambda weights: weights | {"intercept": weights["intercept"][:1]})
    with pytest.raises(ModelError, match=r"\(1,\) intercepts for 2 labels"):
        load_scorer(tmp_path / "t")


def test_no_texts_give_no_logits():
    """The shape still says how many labels there are."""
    assert fit_tfidf(TEXTS, TRUTH, SPEC, ("bad", "good"), "binary").score(TextBatch(())).shape == (0, 2)
