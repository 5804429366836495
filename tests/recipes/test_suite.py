"""A suite run on models: one statement for all sets, with every stand-in and every gap named."""

import json
from datetime import UTC, datetime

import pytest

from angelshare.core.audit import AuditSettings
from angelshare.core.errors import InputError, LabelError
from angelshare.core.protocols import Silent
from angelshare.core.student_spec import TfidfSpec
from angelshare.data.made.short_synthetic import short_synthetic
from angelshare.data.suites.gathering import suite_spec
from angelshare.data.texts.loading import load_splits
from angelshare.models.tfidf import fit_tfidf
from angelshare.recipes.observe.observing import Desk
from angelshare.recipes.observe.seats import Opened, Seat
from angelshare.recipes.observe.sides import parse_side
from angelshare.recipes.suite import gather_suite, observe_suite, suite_results
from angelshare.recipes.suite_statement import SuiteRequest, run_suite
from angelshare.statement.build import read_statement
from angelshare.statement.gates import Gate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAPER = "lost-in-distillation"
GENERATED = ["short_synthetic", "long_synthetic", "hatecheck", "identity_swaps"]


@pytest.fixture(autouse=True)
def _no_public_sets(monkeypatch):
    """What is generated is the same everywhere."""
    monkeypatch.delenv("ANGELSHARE_DATA", raising=False)


def learnt(ngrams, n_templates, seed):
    """Return a TF-IDF model of toxicity, fitted to generated texts."""
    texts = short_synthetic(seed, n_templates)
    spec = TfidfSpec(kind="tfidf", name=f"tfidf{seed}", ngrams=ngrams)
    return fit_tfidf(texts.batch, texts.truth, spec, ("non-toxic", "toxic"), "binary")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A teacher of word pairs, and two seeds of a student that knows single words of fewer texts."""
    folder = tmp_path_factory.mktemp("models")
    learnt(2, 240, 1).save(folder / "teacher")
    learnt(1, 60, 2).save(folder / "small" / "seed-0")
    learnt(1, 60, 3).save(folder / "small" / "seed-1")
    return folder


def request(models, out, **given):
    """Return a call on the generated sets."""
    sides = (parse_side("teacher", str(models / "teacher")), parse_side("student", f"small={models / 'small'}"))
    return SuiteRequest(PAPER, sides, out, NOW, **{"scale": "tiny", **given})


@pytest.fixture(scope="module")
def statement(models, tmp_path_factory):
    """The statement of a suite, and where it lies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ANGELSHARE_DATA", raising=False)
        out = tmp_path_factory.mktemp("suite")
        gates = (Gate("auc", 0.5, data="long_synthetic"), Gate("auc", 0.01, data="false_positives"))
        return run_suite(request(models, out, gates=gates), progress=Silent()), out


def tables_of(statement):
    """Return the suite's tables by name."""
    (audit,) = [audit for audit in statement.audits if audit.name == "suite"]
    return {table.name: table for table in audit.tables}


def test_every_audit_stands_in_the_statement_once(statement):
    """The rows of the sets are told apart by their data."""
    names = [audit.name for audit in statement[0].audits]
    assert len(set(names)) == len(names)
    quality = statement[0].audits[0]
    assert list(dict.fromkeys(row.data for row in quality.differences)) == GENERATED
    assert {row.metric for row in quality.differences} == {"auc", "average_precision"}
    assert {row.slice for row in quality.differences} == {None}


def test_families_stay_within_one_set(statement):
    """A further set makes no row of another stricter."""
    families = {row.family for row in statement[0].audits[0].differences}
    assert families == {"primary", *(f"small/{name}/quality" for name in GENERATED)}


def test_sets_that_are_not_at_hand_are_named_and_never_left_out(statement):
    """A warning, a row in either table, and a gate on one is not measured."""
    (audit,) = [audit for audit in statement[0].audits if audit.name == "suite"]
    warned = [warning for warning in audit.warnings if warning.startswith("covert_toxicity")]
    assert warned == ["covert_toxicity (Covert Toxicity) was not measured. No source of it serves at scale tiny."]
    tables = tables_of(statement[0])
    assert [row[1] for row in tables["table2"].rows if row[0] == "Covert Toxicity"] == ["not measured"]
    assert [row[4] for row in tables["suite_sets"].rows if row[0] == "Covert Toxicity"] == ["not at hand"]
    assert {gate.data: gate.state for gate in statement[0].gates}["false_positives"] == "not_measured"
    assert statement[0].verdict == "undecided"


def test_stand_ins_and_what_is_proprietary_are_called_so(statement):
    """In the list of data, in a remark, and in the page."""
    rows = {row.name: row for row in statement[0].data}
    assert rows["hatecheck"].stands_in_for == "HateCheck"
    assert rows["hatecheck"].made_from == "functional_suite"
    assert "proprietary" in {row[2] for row in tables_of(statement[0])["not_reproducible"].rows}
    page = (statement[1] / "statement.html").read_text("utf-8")
    assert "a stand-in for" in page
    assert "Every model on every set" in page


def test_the_statement_reads_back(statement):
    """By the schema that others parse."""
    assert read_statement(statement[1]) == statement[0]
    assert json.loads((statement[1] / "statement.json").read_text())["recipe"] == {"suite": PAPER, "scale": "tiny"}


def test_texts_are_left_out_on_request(models, tmp_path):
    """The table of largest differences holds texts."""
    statement = run_suite(request(models, tmp_path, redact_texts=True), progress=Silent())
    table = tables_of(statement)["largest_differences"]
    assert table.redacted
    assert {row[1] for row in table.rows} == {None}


def test_no_model_reads_a_text_twice(models, tmp_path):
    """Neither within a suite nor when it is run again."""

    class Counting:
        """A scorer that remembers what it was asked for."""

        def __init__(self, scorer):
            self.card, self.asked, self._scorer = scorer.card, [], scorer

        def score(self, batch):
            self.asked += batch.texts
            return self._scorer.score(batch)

    suite = gather_suite(suite_spec(PAPER), "tiny")
    teacher = Counting(learnt(1, 60, 2))
    student = Counting(learnt(1, 60, 3))
    opened = [
        Opened(Seat(role, name), scorer.card, scorer=scorer)
        for role, name, scorer in (("teacher", "teacher", teacher), ("student", "small", student))
    ]
    for _ in range(2):
        seen = observe_suite(opened, suite.sets, Desk(tmp_path, Silent()))
    assert len(teacher.asked) == len(set(teacher.asked))
    assert {name: observed.scores().data for name, observed in seen.items()} == {name: name for name in GENERATED}
    results = suite_results(suite, seen, AuditSettings(), cards={})
    assert results[-1].name == "suite"


def test_the_own_test_split_is_the_in_domain_set_and_gives_its_labels():
    """All other sets are called as the models' own labels are."""
    suite = gather_suite(suite_spec(PAPER), "tiny", load_splits("demo"))
    assert suite.sets[0].texts.name == "demo"
    assert {test_set.texts.labels for test_set in suite.sets} == {("fine", "rude")}
    assert suite.sets[0].stands_in_for == "the test set of Civil Comments"
    assert [test_set.spec.name for test_set in suite.others] == GENERATED


def test_a_file_of_predictions_is_refused_with_what_to_do(models, tmp_path):
    """A suite has texts to read."""
    file = tmp_path / "scores.csv"
    file.write_text("id,score\n1,0.5\n")
    asked = SuiteRequest(
        PAPER, (parse_side("teacher", str(models / "teacher")), parse_side("student", str(file))), tmp_path, NOW,
        scale="tiny",
    )  # fmt: skip
    with pytest.raises(InputError, match="is a file of predictions, and a suite has texts for models to read"):
        run_suite(asked, progress=Silent())


def test_a_model_of_other_labels_is_refused(models, tmp_path):
    """Its positive label might be another one."""
    with pytest.raises(LabelError, match="non-toxic"):
        run_suite(request(models, tmp_path, data=("demo",)), progress=Silent())
