"""Tests of keeping other processes out of a folder."""

import json
import os
import platform
import signal
import subprocess
import sys

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.folder.lock import LOCK_FILE, locked

HOLDER = """
import sys
from pathlib import Path
from angelshare.recipes.folder.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of a folder, until it is ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.communicate("")


def test_a_folder_in_use_is_refused_with_who_uses_it(tmp_path, holder):
    """By process and host; the lock stays theirs."""
    who = rf"{tmp_path} is in use by process {holder.pid} on {platform.node()} since 20\d\d-.*\. Wait until"
    for _ in range(2):
        with pytest.raises(InputError, match=who), locked(tmp_path):
            pass


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path, holder):
    """The file still says who held it."""
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert json.loads((tmp_path / LOCK_FILE).read_text())["pid"] == holder.pid
    with locked(tmp_path):
        assert json.loads((tmp_path / LOCK_FILE).read_text())["pid"] == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_made_and_freed_also_after_an_error(tmp_path):
    """Nothing stays behind."""
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "new"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path / "new"):
        (tmp_path / "new" / "result").touch()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["result"]


@pytest.mark.parametrize("said", ["", '{"pid": 4194305, "host": "HOST", "since": "now"}'])
def test_a_lock_file_that_says_nothing_true_still_locks(tmp_path, holder, monkeypatch, said):
    """Its holder has only just taken it, perhaps from a process that was killed and that must not be named."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    (tmp_path / LOCK_FILE).write_text(said.replace("HOST", platform.node()))
    with pytest.raises(InputError, match="is in use by another process"), locked(tmp_path):
        pass


def test_a_planted_link_is_not_followed(tmp_path):
    """It would empty a file elsewhere."""
    (tmp_path / "precious").write_text("precious")
    (tmp_path / LOCK_FILE).symlink_to("precious")
    with pytest.raises(OSError, match="symbolic link"), locked(tmp_path):
        pass
    assert (tmp_path / "precious").read_text() == "precious"


def test_who_holds_a_lock_is_asked_again_until_it_has_said_so(tmp_path, holder, monkeypatch):
    """It writes its name right after it has taken the lock."""
    file = tmp_path / LOCK_FILE
    told = file.read_text()
    file.write_text("")
    monkeypatch.setattr("time.sleep", lambda seconds: file.write_text(told))
    with pytest.raises(InputError, match=f"is in use by process {holder.pid} on "), locked(tmp_path):
        pass


@pytest.mark.parametrize("place", [".", "transfer", "observations/0123"])
def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path, place):
    """Wherever it writes."""
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    left = tmp_path / place / ".page.html.0a1b2c3d.angelshare.partial"
    left.write_text("")
    with locked(tmp_path):
        assert not left.exists()
