"""Checkpoints: whole ones are found, cut-off ones are passed over, changed ones are refused."""

import re

import pytest

from angelshare.core.errors import ModelError
from angelshare.distillation.checkpoints import claim, last_sealed, seal, verify


def written(work, step, *, sealed=True):
    """Write a checkpoint of one file."""
    folder = work / f"checkpoint-{step}"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights of step %d" % step)
    if sealed:
        seal(folder)
    return folder


def test_the_last_whole_checkpoint_is_found(tmp_path):
    """Steps count as numbers, and a folder that was cut off while it was written does not count."""
    written(tmp_path, 9)
    last = written(tmp_path, 10)
    written(tmp_path, 11, sealed=False)
    (tmp_path / "checkpoint-best").mkdir()
    assert last_sealed(tmp_path) == last


def test_an_empty_work_folder_has_no_checkpoint(tmp_path):
    """Training then begins at the beginning."""
    assert last_sealed(tmp_path) is None


def test_a_half_deleted_checkpoint_is_passed_over(tmp_path):
    """A kill while the trainer deletes an old one leaves a seal without its files; what is whole goes on."""
    whole = written(tmp_path, 5)
    (written(tmp_path, 6) / "model.safetensors").unlink()
    assert last_sealed(tmp_path) == whole
    (whole / "model.safetensors").unlink()
    assert last_sealed(tmp_path) is None


@pytest.mark.parametrize("change", ["altered", "added", "seal"])
def test_after_a_changed_checkpoint_the_training_begins_again(tmp_path, caplog, change):
    """The warning names the file; an older checkpoint goes too, since the best may be the changed one."""
    written(tmp_path, 4)
    folder = written(tmp_path, 5)
    file = folder / {"added": "extra.pt", "altered": "model.safetensors", "seal": "checksums.json"}[change]
    file.write_bytes(b"other weights")
    assert last_sealed(tmp_path) is None
    assert re.search(
        rf"checkpoint-5 is not as it was written \(.*{file.name}.*\).* The training begins again\.", caplog.text
    )
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_without_seal_does_not_verify(tmp_path):
    """Nothing is known about it."""
    with pytest.raises(ModelError, match="not as it was written"):
        verify(written(tmp_path, 5, sealed=False))


def test_checkpoints_of_another_plan_are_deleted(tmp_path):
    """Another rate or text is another training: nothing of the old one may be taken over."""
    claim(tmp_path / "work", "a plan")
    folder = written(tmp_path / "work", 5)
    claim(tmp_path / "work", "a plan")
    assert folder.is_dir()
    claim(tmp_path / "work", "another plan")
    assert not folder.exists()


@pytest.mark.parametrize("plan", [b"\xff\xfe", b"", b"another plan"])
def test_a_damaged_plan_is_another_plan(tmp_path, plan):
    """Its checkpoints are not gone on from."""
    claim(tmp_path, "plan")
    written(tmp_path, 5)
    (tmp_path / "plan.sha256").write_bytes(plan)
    claim(tmp_path, "plan")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.sha256"]
    assert (tmp_path / "plan.sha256").read_text() == "plan"


def test_a_checkpoint_of_another_training_is_not_resumed_from(tmp_path, caplog):
    """Its files are whole, and its number may be the highest."""
    for name in ("mine", "other"):
        claim(tmp_path / name, plan=name)
        checkpoint = tmp_path / name / "checkpoint-7"
        checkpoint.mkdir()
        (checkpoint / "model.safetensors").write_text("weights")
        seal(checkpoint)
    assert last_sealed(tmp_path / "mine") is not None
    (tmp_path / "other" / "checkpoint-7").rename(tmp_path / "mine" / "checkpoint-9")
    assert last_sealed(tmp_path / "mine") is None
    assert "checkpoint-9 is not as it was written (../plan.sha256)" in caplog.text
