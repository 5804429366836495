"""Tests of what every member answered, kept beside a statement."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from angelshare.core.errors import InputError
from angelshare.core.requests import TEST, Observations
from angelshare.recipes.conclude.kept import FOLDER, keep_observations, kept_index, kept_observations, kept_panel
from angelshare.recipes.conclude.kept_list import INDEX, Protocol
from angelshare.recipes.folder.stages import digest

SETS = ("in_domain", "long_synthetic")


@pytest.fixture(scope="module")
def panels(make_evidence):
    """Return panels of two text sets, with a remark on the first."""
    first, second = (make_evidence(sets=SETS).panel(name) for name in SETS)
    return replace(first, remarks=("No text is short.",)), second


@pytest.fixture
def kept(panels, tmp_path):
    """Keep what was observed on both sets, and on the first set's own texts; return the folder and its statement."""
    first, second = panels
    models = [
        SimpleNamespace(role=population.role, name=population.name, seed=member.seed, fingerprint=f"of {member.name}")
        for population in first.populations
        for member in population.members
    ]
    statement = SimpleNamespace(models=models, data=[SimpleNamespace(sha256="a" * 64)])
    missing = {(TEST, "timing"): "Files hold no live models."}
    seen = {
        "in_domain": Observations({(TEST, "scores"): first, ("swaps", "scores"): second}, missing),
        "long_synthetic": Observations({(TEST, "scores"): second}),
    }
    (tmp_path / FOLDER).mkdir()
    keep_observations(seen, Protocol(), statement, tmp_path / FOLDER)
    return tmp_path, statement


def test_every_panel_is_listed_with_its_text_set_and_request(kept, panels):
    """A file for every member, under numbers that go on from set to set."""
    folder, statement = kept
    index = json.loads((folder / FOLDER / INDEX).read_text("ascii"))
    assert [(entry["data"], entry["request"], entry["kind"]) for entry in index["sets"]] == [
        ("in_domain", "test", "scores"),
        ("in_domain", "swaps", "scores"),
        ("long_synthetic", "test", "scores"),
    ]
    assert index["sha256"] == ["a" * 64]
    files = [member["file"] for entry in index["sets"] for member in entry["members"]]
    assert files == [f"{i:04}.parquet" for i in range(3 * len(statement.models))]
    assert sorted(file.name for file in (folder / FOLDER).iterdir()) == [*files, INDEX]


def test_the_first_set_is_read_back(kept, panels):
    """With its remarks, its items, and the fingerprints of the statement."""
    folder, statement = kept
    panel, expected = kept_panel(folder, statement).panel, panels[0]
    assert (panel.data, panel.remarks) == ("in_domain", ("No text is short.",))
    assert panel.truth.tolist() == expected.truth.tolist()
    assert set(panel.items.slices) == set(expected.items.slices)
    assert [(p.role, p.name) for p in panel.populations] == [(p.role, p.name) for p in expected.populations]
    assert panel.students[0].names == expected.students[0].names
    assert panel.students[0].first.values == pytest.approx(expected.students[0].first.values)
    assert panel.teacher.first.fingerprint == "of teacher"


def test_all_sets_are_read_back_with_what_is_missing(kept, panels):
    """By text set and request; why nothing was timed is kept too."""
    folder, statement = kept
    for model in statement.models:
        for name in ("parent_fingerprint", "max_length", "precision", "n_parameters", "n_bytes", "kind"):
            setattr(model, name, None)
    seen = kept_observations(folder, statement)
    assert {data: sorted(observed.panels) for data, observed in seen.items()} == {
        "in_domain": [("swaps", "scores"), ("test", "scores")],
        "long_synthetic": [("test", "scores")],
    }
    assert seen["in_domain"].missing == {(TEST, "timing"): "Files hold no live models."}
    assert seen["in_domain"].cards["teacher", "teacher/0"].fingerprint == "of teacher"
    assert seen["in_domain"].scores("swaps").truth.tolist() == panels[1].truth.tolist()


def test_models_that_the_statement_does_not_know_are_not_read(kept):
    """A process that ended between the two files left one look beside another."""
    folder, statement = kept
    other = SimpleNamespace(models=statement.models[1:], data=statement.data)
    kept = kept_panel(folder, other)
    assert (kept.panel, kept.why) == (None, f"the predictions in {folder / FOLDER} are not those of its statement")


@pytest.mark.parametrize(
    "damage",
    [
        {"protocol": {"audits": [{"n_texts": 3}]}},
        {"protocol": {"audits": [{"kind": ["quality"]}]}},
        {"protocol": {"gates": [{"metric": "accuracy"}]}},
        {"protocol": {"gates": [{"metric": "accuracy", "margin": "wide"}]}},
        {"sets": [{"data": "d", "members": []}]},
        {"sets": [{"data": "d", "members": [{"file": "0001.parquet", "role": "student", "name": "a", "seed": 0}]}]},
        {
            "sets": [
                {
                    "data": "d",
                    "members": [
                        {"file": "0000.parquet", "role": "teacher", "name": "a", "seed": 0},
                        {"file": "0001.parquet", "role": "teacher", "name": "b", "seed": 0},
                    ],
                }
            ]
        },
    ],
    ids=str,
)
def test_a_damaged_list_is_refused(kept, damage):
    """Whatever it says of audits, gates and members."""
    folder, statement = kept
    file = folder / FOLDER / INDEX
    content = json.loads(file.read_text("ascii")) | damage
    del content["seal"]
    file.write_text(json.dumps(content | {"seal": digest(content)}), "ascii")
    with pytest.raises(InputError, match="no longer lists what was kept"):
        kept_index(folder, statement)


@pytest.mark.parametrize("content", ["{", "[]", '{"data": "d", "sha256": "a", "members": []}', "changed"])
def test_a_list_that_was_changed_or_is_of_an_earlier_version_is_refused(kept, content):
    """A letter of a name is enough."""
    folder, statement = kept
    file = folder / FOLDER / INDEX
    file.write_text(file.read_text("ascii").replace("teacher", "teecher", 1) if content == "changed" else content)
    with pytest.raises(InputError, match="no longer lists what was kept, or an earlier version of angelshare wrote it"):
        kept_panel(folder, statement)


def test_answers_of_another_member_or_with_a_flipped_bit_are_refused(kept):
    """Each file is the one that was written for its member."""
    folder, statement = kept
    first, second = folder / FOLDER / "0000.parquet", folder / FOLDER / "0001.parquet"
    whole = second.read_bytes()
    for content in (first.read_bytes(), whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]):
        second.write_bytes(content)
        with pytest.raises(
            InputError, match=r"0001\.parquet does not hold the answers of .*: it was changed or damaged"
        ):
            kept_panel(folder, statement)
    second.unlink()
    with pytest.raises(InputError, match=r"0001\.parquet does not hold the answers of"):
        kept_panel(folder, statement)
