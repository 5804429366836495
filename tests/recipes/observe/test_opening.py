"""Tests of opening the sides of a comparison."""

from dataclasses import replace

import numpy as np
import pytest

from angelshare.core.errors import InputError, LabelError, MisalignedError
from angelshare.core.student_spec import TfidfSpec
from angelshare.models.tfidf import fit_tfidf
from angelshare.recipes.observe.opening import Reading, open_sides
from angelshare.recipes.observe.sides import parse_side

BINARY = Reading(task="binary")


@pytest.fixture
def folder(tmp_path, remarks):
    """Files of a teacher, two seeds of a student and a baseline, and two models."""
    for name, wrong in (("t", 0), ("s0", 3), ("s1", 4), ("b", 9)):
        rows = ["id,probability:fine,probability:rude,truth"]
        for i, (item, truth) in enumerate(zip(remarks.ids, remarks.truth, strict=True)):
            rude = 0.75 if truth ^ (i < wrong) else 0.25
            rows.append(f"{item},{1 - rude},{rude},{remarks.labels[truth]}")
        (tmp_path / f"{name}.csv").write_text("\n".join(rows))
    for name, ngrams in (("big", 2), ("small", 1)):
        spec = TfidfSpec(name=name, kind="tfidf", ngrams=ngrams)
        fit_tfidf(remarks.batch, remarks.truth, spec, remarks.labels, "binary").save(tmp_path / name)
    return tmp_path


def opened(folder, *sides, reading=BINARY, data=None):
    """Return what these sides are."""
    given = [parse_side(role, path.format(folder)) for role, path in sides]
    return open_sides(given, reading, data)


def test_files_bring_what_they_hold(folder):
    """A member is called after its seat, its card after the file's content; seeds are in their order."""
    sides = (("teacher", "{}/t.csv"), ("student", "mlp={}/s0.csv"), ("student", "mlp={}/s1.csv"))
    teacher, first, second = opened(folder, *sides, ("baseline", "mlp={}/b.csv"))[:3]
    assert [member.seat.member for member in (teacher, first, second)] == ["teacher/0", "mlp/0", "mlp/1"]
    assert all(member.is_file and member.scorer is None for member in (teacher, first, second))
    held = first.held["scores"]
    assert (held.name, held.seed, held.items.truth.tolist()) == ("mlp/0", 0, (np.arange(40) % 2).tolist())
    assert (first.card.name, first.card.kind, first.card.precision) == ("mlp/0", "file of predictions", "not stated")
    assert first.card.fingerprint.startswith("file:")
    assert len({member.card.fingerprint for member in (teacher, first, second)}) == 3
    assert str(folder / "s0.csv") in first.source


def test_files_get_the_truth_of_the_data(folder, remarks):
    """And must not contradict it."""
    turned = replace(remarks, truth=1 - remarks.truth)
    with pytest.raises(MisalignedError, match="40 items have another truth in teacher/0 than in remarks"):
        opened(folder, ("teacher", "{}/t.csv"), ("student", "{}/s0.csv"), data=turned)
    first, _ = opened(folder, ("teacher", "{}/t.csv"), ("student", "{}/s0.csv"), data=remarks)
    assert first.held["scores"].items.texts == remarks.batch


def test_models_are_loaded_with_what_another_process_needs_to_load_them(folder, remarks):
    """As speed does, to measure memory."""
    teacher, student = opened(folder, ("teacher", "{}/big"), ("student", "{}/small"), data=remarks)
    assert (teacher.scorer.card, teacher.held, teacher.is_file) == (teacher.card, {}, False)
    assert (student.seat.key, student.loading.source) == ("student small", str(folder / "small"))
    assert student.card.name == "small"


def test_outputs_are_read_under_the_labels_that_are_asked_for(folder, remarks):
    """Else a model of other labels is refused."""
    other = replace(remarks, labels=("kind", "unkind"))
    sides = (("teacher", "{}/big"), ("student", "{}/small"))
    with pytest.raises(LabelError, match="say so: --labels kind,unkind"):
        opened(folder, *sides, data=other)
    read, _ = opened(folder, *sides, reading=Reading(labels=("kind", "unkind")), data=other)
    assert read.card.labels == ("kind", "unkind")


def test_a_model_without_texts_is_refused(folder):
    """There is nothing for it to read."""
    with pytest.raises(InputError, match=r"The student .*small is a model, and there are no texts .* Give --data\."):
        opened(folder, ("teacher", "{}/t.csv"), ("student", "{}/small"))


def test_seeds_of_one_population_are_all_files_or_all_models(folder, remarks):
    """One was observed here, the other elsewhere: nobody knows on what machine."""
    with pytest.raises(InputError, match=r"The student mlp is given as predictions \(.*s0\.csv\) and as models"):
        opened(folder, ("teacher", "{}/t.csv"), ("student", "mlp={}/s0.csv"), ("student", "mlp={}/small"), data=remarks)
