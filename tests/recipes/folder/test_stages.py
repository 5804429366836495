import json

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.folder.stages import STAGE_FILE, is_current, refuse_unsealed, staged


def writer(log, content="made"):
    def build(result, work):
        log.append(sorted(item.name for item in work.iterdir()))
        result.mkdir()
        (result / "file").write_text(content)

    return build


def test_a_stage_whose_inputs_did_not_change_is_skipped(tmp_path):
    """Running the same command again costs nothing."""
    log = []
    assert staged(tmp_path / "s", {"a": 1}, writer(log)) is True
    assert staged(tmp_path / "s", {"a": 1}, writer(log)) is False
    assert len(log) == 1
    assert (tmp_path / "s" / "file").read_text() == "made"


def test_a_stage_whose_inputs_changed_is_made_again(tmp_path):
    """Old results never stand in for new ones."""
    staged(tmp_path / "s", {"a": 1}, writer([]))
    assert staged(tmp_path / "s", {"a": 2}, writer([], "new")) is True
    assert (tmp_path / "s" / "file").read_text() == "new"


def test_a_killed_stage_leaves_no_result_and_finds_its_work_again(tmp_path):
    """Checkpoints survive a kill; a half-made result does not pass for a whole one."""

    def killed(result, work):
        (work / "checkpoint").write_text("half")
        result.mkdir()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        staged(tmp_path / "s", {"a": 1}, killed)
    assert not (tmp_path / "s").exists()
    log = []
    staged(tmp_path / "s", {"a": 1}, writer(log))
    assert log == [["checkpoint"]]
    assert [item.name for item in tmp_path.iterdir()] == ["s"]


def test_work_for_other_inputs_is_thrown_away(tmp_path):
    """A checkpoint of another recipe must not leak into this one."""

    def killed(_, work):
        (work / "checkpoint").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        staged(tmp_path / "s", {"a": 1}, killed)
    log = []
    staged(tmp_path / "s", {"a": 2}, writer(log))
    assert log == [[]]


@pytest.mark.parametrize(
    "content", ['{"key": ', "[]", "{}", '{"files": {}, "key": "", "inputs": 1e999}', '{"files": NaN}', "[" * 100_000]
)
def test_a_stage_without_a_readable_seal_is_set_aside_and_made_again(tmp_path, caplog, content):
    """What cannot be read cannot be trusted, and cannot be shown to be ours."""
    staged(tmp_path / "s", {"a": 1}, writer([]))
    (tmp_path / "s" / STAGE_FILE).write_text(content)
    assert staged(tmp_path / "s", {"a": 1}, writer([], "new")) is True
    assert (tmp_path / "s" / "file").read_text() == "new"
    assert (tmp_path / "s.damaged-1" / "file").read_text() == "made"
    assert f"{tmp_path / 's'} is damaged (stage.json) and is made again." in caplog.text
    assert f"What was there is now {tmp_path / 's.damaged-1'}." in caplog.text


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_stage_is_named_and_made_again(tmp_path, caplog, damage):
    """One changed byte of a model would change what it answers."""
    staged(tmp_path / "s", {"a": 1}, writer([]))
    file = tmp_path / "s" / "file"
    file.write_text("mode") if damage == "changed" else file.unlink()
    assert not is_current(tmp_path / "s", {"a": 1})
    assert staged(tmp_path / "s", {"a": 1}, writer([])) is True
    assert file.read_text() == "made"
    assert f"{tmp_path / 's'} is damaged (file) and is made again." in caplog.text
    assert [item.name for item in tmp_path.iterdir()] == ["s"]


def test_any_flipped_bit_of_a_seal_is_noticed(tmp_path, caplog):
    """Or means the same as before; whatever else happens, the stage comes out as it was."""
    staged(tmp_path / "s", {"a": [1, "é"]}, writer([]))
    seal = tmp_path / "s" / STAGE_FILE
    whole = seal.read_bytes()
    for place in range(0, len(whole), 7):
        caplog.clear()
        seal.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        same = _reads_as(seal, whole)
        assert staged(tmp_path / "s", {"a": [1, "é"]}, writer([])) is not same
        assert same or "is damaged (stage.json)" in caplog.text
        assert seal.read_bytes() == whole or same
        seal.write_bytes(whole)


def _reads_as(file, content):
    """Whether a file holds the same JSON."""
    try:
        return json.loads(file.read_bytes()) == json.loads(content)
    except ValueError:
        return False


@pytest.mark.parametrize("place", ["s", ".s.partial"])
def test_files_that_no_stage_made_are_refused(tmp_path, place):
    """A user's weights, in the folder or where it is made."""
    folder = tmp_path / place / "deep"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_text("precious")
    log = []
    with pytest.raises(
        InputError, match=r"holds what angelshare did not make \(deep/model\.safetensors\) and would lose"
    ):
        staged(tmp_path / "s", {"a": 1}, writer(log))
    assert (folder / "model.safetensors").read_text() == "precious"
    assert log == []


def test_a_file_in_the_place_of_a_stage_is_refused(tmp_path):
    """And a link that leads nowhere."""
    (tmp_path / "file").write_text("precious")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "link"):
        with pytest.raises(InputError, match=rf"{name} holds what angelshare did not make \({name}\)"):
            refuse_unsealed(tmp_path / name)


def test_a_file_that_was_added_to_a_stage_is_never_lost(tmp_path):
    """It stays where it is while the stage is current; then it has to be moved."""
    staged(tmp_path / "s", {"a": 1}, writer([]))
    (tmp_path / "s" / "notes.txt").write_text("precious")
    refuse_unsealed(tmp_path / "s")
    assert staged(tmp_path / "s", {"a": 1}, writer([])) is False
    with pytest.raises(InputError, match=r"\(notes\.txt\) and would lose it\. Move it away, or choose another --out\."):
        staged(tmp_path / "s", {"a": 2}, writer([]))
    assert (tmp_path / "s" / "notes.txt").read_text() == "precious"


def test_an_empty_folder_is_as_good_as_none(tmp_path):
    """Nothing can be lost."""
    (tmp_path / "s" / "empty").mkdir(parents=True)
    refuse_unsealed(tmp_path / "s")
    assert staged(tmp_path / "s", {"a": 1}, writer([])) is True
