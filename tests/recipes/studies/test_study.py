"""Tests of the studies that come with the package."""

import pytest
from pydantic import ValidationError

from angelshare.core.errors import InputError
from angelshare.data.suites.gathering import suite_spec
from angelshare.recipes.studies.study import Study, read_figures, read_study

SCALES = ("tiny", "small", "paper")


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_has_its_parts_and_its_suite(scale):
    """Students that play a part exist, with the suite of the paper at the same scale."""
    study = read_study("lost-in-distillation", scale)
    assert study.scale == scale
    for recipe in (study.plain, study.mitigated):
        assert [(suite.name, suite.scale) for suite in recipe.suites] == [("lost-in-distillation", scale)]
    assert set(study.parts.of_plain()) == {student.name for student in study.plain.students}
    assert study.plain.mitigation is None
    assert study.mitigated.mitigation.trains == ("teacher", "students")
    assert study.about


@pytest.mark.parametrize("scale", SCALES)
def test_the_sweep_is_as_large_as_its_names_say(scale):
    """And the unmitigated student has the transfer set of the mitigated one."""
    study = read_study("lost-in-distillation", scale)
    students = {student.name: student for student in study.plain.students}
    for size, name in study.parts.sweep.items():
        transfer = students[name].transfer or study.plain.transfer
        assert transfer.size == size
    assert (students[study.parts.unmitigated].transfer or study.plain.transfer) == study.mitigated.transfer


def test_the_papers_settings_are_the_papers():
    """Batch 64, rate 1e-5, 512 and 1,536 tokens, 300 filters of 2 to 6 words over copied embeddings."""
    study = read_study("lost-in-distillation", "paper")
    tuned = study.plain.teacher.fine_tune
    assert (tuned.batch_size, tuned.learning_rate, tuned.max_length) == (64, 1e-5, 512)
    cnn = next(student for student in study.plain.students if student.name == study.parts.unmitigated)
    assert (cnn.tokenizer, cnn.embeddings, cnn.embedding_width, cnn.max_length) == (
        "teacher",
        "copied",
        "teacher",
        1536,
    )
    assert (cnn.filters, cnn.ngrams) == (300, (2, 3, 4, 5, 6))
    assert (study.plain.distil.batch_size, study.plain.distil.learning_rate) == (64, 1e-5)


def test_the_papers_figures_are_about_the_suites_sets():
    """In its order; every model of Table 2 stands on every set."""
    paper = read_figures("lost-in-distillation")
    names = [one.name for one in suite_spec("lost-in-distillation").sets]
    assert list(paper.table2) == list(paper.table3) == names
    assert {len(models) for models in paper.table2.values()} == {5}
    assert paper.table2["in_domain"]["BERT"] == (0.815, 0.981)
    assert paper.table3["covert_toxicity"]["DISTILLEDPROPRIETARYCNN"] == (0.131, 0.583)


def test_an_unknown_paper_is_refused():
    """With those that are known."""
    with pytest.raises(InputError, match="There is no paper called 'lost'"):
        read_study("lost", "tiny")


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
    study = read_study("lost-in-distillation", "tiny").model_dump(mode="json", by_alias=True)
    study["parts"][part] = name
    with pytest.raises(ValidationError, match=message):
        Study.model_validate(study)
