"""TF-IDF and a linear model, the baseline without a network: fitted to human labels, saved without pickles."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge

from angelshare.core.arrays import Array, Scores
from angelshare.core.atomic import whole_folder
from angelshare.core.errors import InputError, ModelError
from angelshare.core.items import labelled
from angelshare.core.protocols import ModelCard
from angelshare.core.strict import mistakes
from angelshare.core.student_spec import TfidfSpec
from angelshare.core.task import N_BINARY, Task
from angelshare.core.text import TextBatch
from angelshare.models.saving import saving

MODEL_TYPE = "angelshare-tfidf"
_WORDS = r"(?u)\b\w+\b"


class TfidfFields(BaseModel):
    """What config.json says of a saved model.

    Attributes:
        task: the task.
        labels: the labels, in the order of the outputs.
        ngrams: the most words of a term.
        terms: the vocabulary, in the order of the weights.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    task: Task
    labels: tuple[str, ...]
    ngrams: PositiveInt
    terms: tuple[str, ...]


class TfidfScorer:
    """A linear model over TF-IDF weights of word n-grams; logits = weights x features + intercept.

    Attributes:
        card: the model's entry in a statement.
        coefficients: (labels, terms) the weights; binary logits are -d/2 and d/2 for the decision value d.
        intercept: (labels,) the intercepts.
    """

    def __init__(
        self,
        vectorizer: TfidfVectorizer,
        coefficients: Float[np.ndarray, "labels terms"],
        intercept: Float[np.ndarray, " labels"],
        card: ModelCard,
    ) -> None:
        """Keep the parts."""
        self.card = card
        self.coefficients = coefficients
        self.intercept = intercept
        self._vectorizer = vectorizer

    def score(self, batch: TextBatch) -> Scores:
        """Return logits (n, labels), or values (n, 1) for a regression."""
        if not len(batch):
            return np.zeros((0, len(self.card.labels)))
        features: csr_matrix = self._vectorizer.transform(_joined(batch))
        return np.asarray(features @ self.coefficients.T + self.intercept)

    def save(self, folder: Path) -> None:
        """Replace the folder: config.json (vocabulary, settings, labels), model.safetensors (idf, linear model)."""
        terms = sorted(self._vectorizer.vocabulary_, key=self._vectorizer.vocabulary_.get)
        fields = {
            "model_type": MODEL_TYPE,
            "task": self.card.task,
            "labels": list(self.card.labels),
            "ngrams": self._vectorizer.ngram_range[1],
            "terms": terms,
        }
        weights = {"idf": self._vectorizer.idf_, "coefficients": self.coefficients, "intercept": self.intercept}
        text = json.dumps(fields, ensure_ascii=False, indent=1)
        with saving(folder), whole_folder(folder) as unfinished:
            save_file(
                {name: np.ascontiguousarray(array) for name, array in weights.items()}, unfinished / "model.safetensors"
            )
            (unfinished / "config.json").write_text(text, encoding="utf-8")


def fit_tfidf(
    texts: TextBatch, truth: Array, spec: TfidfSpec, labels: Sequence[str], task: Task, *, name: str | None = None
) -> TfidfScorer:
    """Return TF-IDF (sublinear term frequency) and logistic regression, or ridge regression, fitted to human labels.

    Args:
        texts: n texts, or pairs, which are joined.
        truth: the human labels, as in `Items`; items without one are left out.
        spec: the settings; `regularisation` is C of a logistic regression, and 1 / alpha of a ridge regression.
        labels: the labels, in the order of the outputs.
        task: the task; a multi-label one gets one logistic regression per label.
        name: the name on the card; None: the specification's.

    Raises:
        InputError: if a label, or for a multi-label task its absence, has no example.
    """
    rows = np.flatnonzero(labelled(truth))
    texts, truth = texts.take(rows.tolist()), truth[rows]
    if not len(rows):
        raise InputError("TF-IDF learns from human labels, and no text here has one. Give a labelled training split.")
    vectorizer = _vectorizer(spec.ngrams, max_features=spec.max_features)
    features = vectorizer.fit_transform(_joined(texts))
    coefficients, intercept = _fit(features, truth, spec, labels, task)
    card = _card(name or spec.name, labels, task, coefficients, "")
    return TfidfScorer(vectorizer, coefficients, intercept, card)


def load_tfidf(folder: Path, *, name: str | None = None, fingerprint: str = "") -> TfidfScorer:
    """Return the scorer saved by `TfidfScorer.save`.

    Raises:
        ModelError: if a part is missing, or parts do not fit each other.
    """
    try:
        fields = TfidfFields.model_validate_json((folder / "config.json").read_bytes())
        weights = load_file(folder / "model.safetensors")
        idf, coefficients, intercept = (weights[part] for part in ("idf", "coefficients", "intercept"))
        vectorizer = _vectorizer(fields.ngrams, vocabulary={term: i for i, term in enumerate(fields.terms)})
        vectorizer.idf_ = idf
        _check_shapes(coefficients, intercept, fields)
    except ValidationError as error:
        said = " ".join(mistakes(error, TfidfFields))
        raise ModelError(f"{folder / 'config.json'} is damaged: {said} Fit and save it again.") from error
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(f"{folder} cannot be loaded as a TF-IDF model: {error}. Fit and save it again.") from error
    card = _card(name or folder.name, fields.labels, fields.task, coefficients, fingerprint)
    return TfidfScorer(vectorizer, coefficients, intercept, card)


def _check_shapes(coefficients: Array, intercept: Array, fields: TfidfFields) -> None:
    """Check that there is a coefficient for each label and term, and an intercept for each label."""
    n_labels, n_terms = len(fields.labels), len(fields.terms)
    if coefficients.shape != (n_labels, n_terms) or intercept.shape != (n_labels,):
        shapes = f"{coefficients.shape} coefficients and {intercept.shape} intercepts"
        raise ValueError(f"{shapes} for {n_labels} labels and {n_terms} terms")


def _fit(
    features: csr_matrix, truth: Array, spec: TfidfSpec, labels: Sequence[str], task: Task
) -> tuple[Float[np.ndarray, "labels terms"], Float[np.ndarray, " labels"]]:
    """Return coefficients (labels, terms) and intercept (labels,)."""
    if task == "regression":
        ridge = Ridge(alpha=1 / spec.regularisation).fit(features, truth)
        return ridge.coef_.reshape(1, -1), np.reshape(ridge.intercept_, 1)
    if task == "multi_label":
        fits = [_logistic(features, truth[:, i], spec, (f"not {label}", label)) for i, label in enumerate(labels)]
        return np.vstack([fit.coef_ for fit in fits]), np.concatenate([fit.intercept_ for fit in fits])
    fit = _logistic(features, truth, spec, labels)
    # sklearn gives one decision value for two classes
    if len(labels) == N_BINARY:
        return np.vstack([-fit.coef_, fit.coef_]) / 2, np.concatenate([-fit.intercept_, fit.intercept_]) / 2
    return fit.coef_, fit.intercept_


def _logistic(features: csr_matrix, truth: Array, spec: TfidfSpec, names: Sequence[str]) -> LogisticRegression:
    """Return a logistic regression over classes 0 to n - 1, each of which must have an example."""
    absent = sorted(set(range(len(names))) - set(truth.astype(np.int64).tolist()))
    if absent:
        msg = f"No training text is labelled {names[absent[0]]!r}, so TF-IDF cannot learn it. Give examples of it."
        raise InputError(msg)
    return LogisticRegression(C=spec.regularisation, max_iter=1000).fit(features, truth.astype(np.int64))


def _vectorizer(
    ngrams: int, *, max_features: int | None = None, vocabulary: dict[str, int] | None = None
) -> TfidfVectorizer:
    """Return the vectorizer with the settings of all these models; words of one letter count too."""
    return TfidfVectorizer(
        ngram_range=(1, ngrams),
        max_features=max_features,
        vocabulary=vocabulary,
        sublinear_tf=True,
        token_pattern=_WORDS,
    )


def _card(
    name: str, labels: Sequence[str], task: Task, coefficients: Float[np.ndarray, "labels terms"], fingerprint: str
) -> ModelCard:
    """Return the card; its parameters are the idf of each term and those of the linear model.

    With two labels there is one decision value, and its coefficients are kept twice, with opposite signs.
    """
    n_rows, n_terms = coefficients.shape
    n_fitted = 1 if task in ("binary", "single_label") and n_rows == N_BINARY else n_rows
    return ModelCard(
        name=name,
        task=task,
        labels=tuple(labels),
        fingerprint=fingerprint,
        precision="fp64",
        n_parameters=n_terms + n_fitted * (n_terms + 1),
        n_bytes=8 * (n_terms + coefficients.size + n_rows),
        kind="tfidf",
    )


def _joined(batch: TextBatch) -> Sequence[str]:
    """Return one text per item."""
    if batch.pairs is None:
        return batch.texts
    return [f"{text}\n{pair}" for text, pair in zip(batch.texts, batch.pairs, strict=True)]
