import json

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.observe.sides import Side, filter_warnings, grouped, parse_side, seed_folders


def groups(*sides):
    return {
        (group.role, group.name): [side.source for side in group.sides]
        for group in grouped(tuple(parse_side(role, given) for role, given in sides))
    }


def test_one_student_without_a_name_is_called_after_its_file_and_has_the_baseline():
    """The shortest command line."""
    assert groups(("teacher", "t.csv"), ("student", "small.csv"), ("baseline", "plain.csv")) == {
        ("teacher", "teacher"): ["t.csv"],
        ("student", "small"): ["small.csv"],
        ("baseline", "small"): ["plain.csv"],
    }


def test_several_students_without_a_name_are_seeds_of_one():
    """As the contract says; different students need names."""
    assert groups(("teacher", "t.csv"), ("student", "a.csv"), ("student", "b.csv")) == {
        ("teacher", "teacher"): ["t.csv"],
        ("student", "student"): ["a.csv", "b.csv"],
    }


def test_names_part_students():
    """NAME=PATH."""
    sources = groups(
        ("teacher", "t.csv"), ("student", "mlp=a.csv"), ("student", "mlp=b.csv"), ("student", "lstm=c.csv"),
        ("baseline", "mlp=d.csv"),
    )  # fmt: skip
    assert sources["student", "mlp"] == ["a.csv", "b.csv"]
    assert sources["student", "lstm"] == ["c.csv"]
    assert sources["baseline", "mlp"] == ["d.csv"]


def test_a_baseline_that_could_be_of_two_students_must_be_named():
    """Nothing is guessed."""
    with pytest.raises(InputError, match="Which of the students mlp, lstm"):
        groups(("teacher", "t.csv"), ("student", "mlp=a.csv"), ("student", "lstm=c.csv"), ("baseline", "d.csv"))


def test_one_source_given_twice_is_no_second_seed():
    """It would make the spread over seeds look smaller than it is."""
    with pytest.raises(InputError, match=r"a\.csv is given more than once"):
        groups(("teacher", "t.csv"), ("student", "a.csv"), ("student", "a.csv"))


def test_one_file_by_two_paths_is_no_second_seed(tmp_path):
    """Nor through a link; another file of the same content is looked at when it is read."""
    (tmp_path / "a.csv").write_text("id,label\n1,x\n")
    (tmp_path / "copy.csv").write_text("id,label\n1,x\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    assert len(groups(("student", f"{tmp_path}/a.csv"), ("student", f"{tmp_path}/copy.csv"))["student", "student"]) == 2
    for again in (f"{tmp_path}/./a.csv", f"{tmp_path}/link.csv"):
        with pytest.raises(InputError, match="is given more than once"):
            groups(("student", f"{tmp_path}/a.csv"), ("student", again))


def test_a_path_that_holds_an_equals_sign_is_a_path(tmp_path):
    """As long as it is there."""
    file = tmp_path / "k=v.csv"
    file.touch()
    assert parse_side("student", str(file)) == Side("student", None, str(file))


def test_a_folder_of_seeds_is_a_population(tmp_path):
    """The layout of a run folder."""
    for seed in (10, 2):
        (tmp_path / "mlp" / f"seed-{seed}").mkdir(parents=True)
    (group,) = grouped((Side("student", "mlp", str(tmp_path / "mlp")),))
    assert [seed for seed, _ in seed_folders(group)] == [2, 10]


def test_two_folders_with_the_same_seed_are_no_one_population(tmp_path):
    """They are two students, and must be named so."""
    for run in ("one", "two"):
        (tmp_path / run / "seed-0").mkdir(parents=True)
    (group,) = grouped((Side("student", "m", str(tmp_path / "one")), Side("student", "m", str(tmp_path / "two"))))
    with pytest.raises(InputError, match="are seed 0 of m"):
        seed_folders(group)


def test_a_log_is_a_file_whatever_it_is_called(tmp_path):
    """So is anything that is called like a file, even where it is not there."""
    log = tmp_path / "log"
    log.write_text("{}")
    assert Side("student", None, str(log)).is_file
    for name in ("none.eval", "none.CSV", "none.parquet", "none.jsonl"):
        assert Side("student", None, name).is_file
    assert not Side("student", None, str(tmp_path)).is_file
    assert not Side("student", None, "owner/model-v1.5").is_file


def test_a_folder_of_logs_is_no_model(tmp_path):
    """One of its files is named, so that one can be chosen."""
    sides = (Side("teacher", None, "t.csv"), Side("student", None, str(tmp_path)))
    for name in ("b.eval", "a.jsonl", "notes.txt"):
        (tmp_path / name).write_text("x")
    with pytest.raises(
        InputError, match=r"is a folder without a model\. Name a file in it, such as a\.jsonl \(2 there\)\.$"
    ):
        grouped(sides)
    (tmp_path / "config.json").write_text("{}")
    assert len(grouped(sides)) == 2


@pytest.mark.parametrize(
    ("role", "given", "says"),
    [
        ("student", "=a.csv", "The student '=a.csv' has no name before the `=`."),
        ("baseline", " =a.csv", "The baseline ' =a.csv' has no name before the `=`."),
        ("student", "mlp=", "The student 'mlp=' names no file, folder or hub id."),
        ("teacher", " ", "The teacher ' ' names no file, folder or hub id."),
        ("student", "teacher=a.csv", "The student 'a.csv' has the name of the teacher."),
        ("baseline", "teacher=a.csv", "The baseline 'a.csv' has the name of the teacher."),
    ],
)
def test_a_side_without_a_name_or_path_or_with_the_teachers_name_is_refused(role, given, says):
    """Every row of a statement is told by the student's name."""
    with pytest.raises(InputError) as caught:
        parse_side(role, given)
    assert str(caught.value).startswith(says)


def test_a_student_in_a_file_called_teacher_is_called_student():
    """The releases of a model may all be called so."""
    assert groups(("teacher", "new/teacher.csv"), ("student", "old/teacher.csv")) == {
        ("teacher", "teacher"): ["new/teacher.csv"],
        ("student", "student"): ["old/teacher.csv"],
    }


def test_logs_of_different_filters_are_a_warning(tmp_path):
    """Part of the loss may be that one filter finds fewer answers; a filter that is chosen is the same for all."""
    for name, filter_ in (("t", "none"), ("s", "strict"), ("u", "none")):
        sample = {"doc_id": 1, "doc": {}, "target": "1", "arguments": [], "resps": [], "filter": filter_}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(sample | {"filtered_resps": ["1"], "exact_match": 1.0}))
    teacher, strict, alike = (Side("student", name, str(tmp_path / f"{name}.jsonl")) for name in "tsu")
    model = Side("student", "m", "owner/model")
    assert list(filter_warnings([teacher, strict, model], "exact_match")) == [
        (
            "The logs judge answers by different filters, and part of a difference may be theirs: "
            "none in t.jsonl, strict in s.jsonl."
        )
    ]
    assert list(filter_warnings([teacher, alike], "")) == []
    assert list(filter_warnings([teacher, strict], "exact_match@none")) == []
