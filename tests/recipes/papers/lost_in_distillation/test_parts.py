"""Tests of the paper's studies, and of who plays which part in them."""

import pytest
from pydantic import ValidationError

from angelshare.recipes.papers.lost_in_distillation import PAPER
from angelshare.recipes.papers.lost_in_distillation.parts import TwoArms, mitigated_names, stated

SCALES = ("tiny", "small", "paper")


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_has_its_parts_and_its_suite(scale):
    """Students that play a part exist, with the suite of the paper at the same scale."""
    study = PAPER.read_study(scale)
    assert study.suite == "lost-in-distillation"
    assert set(study.parts.of_plain()) == set(study.students("plain"))
    assert study.first.mitigation is None
    assert study.arms["mitigated"].mitigation.trains == ("teacher", "students")
    assert study.about


@pytest.mark.parametrize("scale", SCALES)
def test_the_sweep_is_as_large_as_its_names_say(scale):
    """And the unmitigated student has the transfer set of the mitigated one."""
    study = PAPER.read_study(scale)
    students = study.students("plain")
    for size, name in study.parts.sweep.items():
        transfer = students[name].transfer or study.first.transfer
        assert transfer.size == size
    assert (students[study.parts.unmitigated].transfer or study.first.transfer) == study.arms["mitigated"].transfer


def test_the_papers_settings_are_the_papers():
    """Batch 64, rate 1e-5, 512 and 1,536 tokens, 300 filters of 2 to 6 words over copied embeddings."""
    study = PAPER.read_study("paper")
    tuned = study.first.teacher.fine_tune
    assert (tuned.batch_size, tuned.learning_rate, tuned.max_length) == (64, 1e-5, 512)
    cnn = next(student for student in study.first.students if student.name == study.parts.unmitigated)
    assert (cnn.tokenizer, cnn.embeddings, cnn.embedding_width, cnn.max_length) == (
        "teacher",
        "copied",
        "teacher",
        1536,
    )
    assert (cnn.filters, cnn.ngrams) == (300, (2, 3, 4, 5, 6))
    assert (study.first.distil.batch_size, study.first.distil.learning_rate) == (64, 1e-5)


@pytest.mark.parametrize(
    ("part", "name", "message"),
    [
        ("distilled", "cnn-200", "cnn-200 is the paper's DISTILLEDCNN, and needs its baseline"),
        ("matched", "nobody", "There is no student in plain called 'nobody'"),
        ("mitigated", "nobody", "There is no student in mitigated called 'nobody'"),
    ],
)
def test_parts_that_nobody_plays_are_refused(part, name, message):
    """Before anything is trained."""
    study = PAPER.read_study("tiny").model_dump(mode="json", by_alias=True)
    study["parts"][part] = name
    with pytest.raises(ValidationError, match=message):
        TwoArms.model_validate(study)


def test_arms_of_other_names_are_refused():
    """The mitigated models are told from the others by their arm."""
    study = PAPER.read_study("tiny").model_dump(mode="json", by_alias=True)
    study["arms"] = dict(reversed(study["arms"].items()))
    with pytest.raises(ValidationError, match="The arms are plain and mitigated, in this order, not mitigated, plain"):
        TwoArms.model_validate(study)


def test_the_statement_is_about_the_papers_tables(parts):
    """In-domain about the mitigated models too; on no set about the sweep."""
    names = tuple(mitigated_names(parts).values())
    assert stated(parts, "hatecheck") == ("cnn", "cnn-200", "bert")
    assert stated(parts, "in_domain") == ("cnn", "cnn-200", "bert", *names)
