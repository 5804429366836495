import pytest

from angelshare.recipes.folder.stages import STAGE_FILE, staged


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


def test_a_stage_file_torn_by_a_crash_means_made_again(tmp_path):
    """What cannot be read cannot be trusted."""
    staged(tmp_path / "s", {"a": 1}, writer([]))
    (tmp_path / "s" / STAGE_FILE).write_text('{"key": ')
    assert staged(tmp_path / "s", {"a": 1}, writer([])) is True
