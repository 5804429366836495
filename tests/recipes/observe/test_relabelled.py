"""A model's outputs under the names of other data."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from angelshare.audits.frame.registry import choices
from angelshare.core.errors import LabelError
from angelshare.core.protocols import EncodingScorer, ModelCard, Silent
from angelshare.core.student_spec import TfidfSpec
from angelshare.core.text import TextBatch
from angelshare.models.tfidf import fit_tfidf
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.relabelled import relabelled, renaming
from angelshare.recipes.observe.sides import parse_side

WORDS = (("patient", "with care"), ("hopeless", "and break it"))
"""Around what both labels share."""


class Sure:
    """A scorer that is always sure of its second label."""

    card = ModelCard(name="sure", task="binary", labels=("fine", "toxic"), fingerprint="f")

    def score(self, batch):
        """Return (0, 1) for every text."""
        return np.tile([0.0, 1.0], (len(batch), 1))


class Tokenising(Sure):
    """The same, with encodings."""

    def encode(self, batch):
        """Return each text's words."""
        return [text.split() for text in batch.texts]

    def score_encoded(self, encodings):
        """Return (0, number of words)."""
        return np.array([[0.0, len(words)] for words in encodings])


def test_outputs_keep_their_order_and_go_by_other_names():
    """Scores and fingerprint are the model's; what is said of it names both."""
    scorer = relabelled(Sure(), ("non-hateful", "hateful"))
    assert scorer.card.labels == ("non-hateful", "hateful")
    assert scorer.card.fingerprint == "f"
    assert scorer.score(TextBatch(("a",))).tolist() == [[0.0, 1.0]]
    assert "['fine', 'toxic'] in the model and are read as ['non-hateful', 'hateful']" in renaming(scorer)


def test_a_scorer_that_tokenises_still_does():
    """The runner sees it by its methods."""
    scorer = relabelled(Tokenising(), ("no", "yes"))
    assert isinstance(scorer, EncodingScorer)
    assert scorer.score_encoded(scorer.encode(TextBatch(("one two",)))).tolist() == [[0.0, 2.0]]
    assert not isinstance(relabelled(Sure(), ("no", "yes")), EncodingScorer)


def test_the_model_s_own_names_change_nothing():
    """Then there is nothing to say either."""
    scorer = Sure()
    assert relabelled(scorer, ("fine", "toxic")) is scorer
    assert renaming(scorer) is None
    assert renaming(None) is None


@pytest.mark.parametrize("names", [("toxic", "fine"), ("toxic", "other"), ("a", "b", "c")])
def test_names_that_move_or_do_not_fit_are_refused(names):
    """An output that the model calls `toxic` is not read as something else while another takes its name."""
    with pytest.raises(LabelError, match=r"cannot be read as"):
        relabelled(Sure(), names)


TEXTS = tuple(f"The {kind} women mend kettle {i} {end}." for i in range(30) for kind, end in WORDS)
TRUTH = np.tile([0, 1], 30)


@pytest.fixture
def models(tmp_path):
    """Two TF-IDF models that call their labels fine and rude, and a suite that calls them kind and unkind."""
    for name, texts in (("teacher", TEXTS), ("student", TEXTS[:20])):
        spec = TfidfSpec(name=name, kind="tfidf")
        fit_tfidf(TextBatch(texts), TRUTH[: len(texts)], spec, ("fine", "rude"), "binary").save(tmp_path / name)
    suite = {
        "id": range(60), "text": TEXTS, "label": np.array(["kind", "unkind"])[TRUTH],
        "functionality": np.repeat(["F1", "F2"], 30), "template": np.arange(60) // 3,
    }  # fmt: skip
    pd.DataFrame(suite).to_parquet(tmp_path / "suite.parquet")
    return tmp_path


def audited(folder, labels):
    """Return the statement of the three audits of suites."""
    request = AuditRequest(
        sides=(parse_side("teacher", str(folder / "teacher")), parse_side("student", str(folder / "student"))),
        out=folder / "out",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        audits=choices("hatecheck", "identity_swap", "robustness"),
        data=str(folder / "suite.parquet"),
        reading=Reading(task="binary", labels=labels),
    )
    return audit_models(request, progress=Silent())


def test_models_of_another_task_are_audited_on_a_suite_by_naming_their_outputs(models):
    """The audits' own texts are asked for and scored, and the statement says what was read as what."""
    statement = audited(models, ("kind", "unkind"))
    assert any("['fine', 'rude'] in the model and are read as ['kind', 'unkind']" in note for note in statement.notes)
    rows = {audit.name: {row.metric for row in audit.differences} for audit in statement.audits}
    assert {"case_accuracy", "macro_accuracy", "macro_recall"} <= rows["hatecheck"]
    assert {"score_sense", "score_dev", "score_range", "swap_flips", "swap_auc"} <= rows["identity_swap"]
    assert rows["robustness"] == {"one_word_flip_rate"}
    assert {row.n_clusters for audit in statement.audits for row in audit.differences if row.slice is None} <= {20, 10}


def test_labels_that_differ_name_the_option_that_says_what_they_mean(models):
    """Nothing is guessed from their order."""
    with pytest.raises(LabelError, match="so: --labels kind,unkind"):
        audited(models, None)
