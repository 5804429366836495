"""Tests of the journal of a run."""

import json

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.folder.journal import note, seconds_of


def test_events_are_kept_in_order(tmp_path):
    """One line each, with the time of day and what is known."""
    note(tmp_path, "teacher", fingerprint="ab")
    note(tmp_path, "students", n=3)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("ascii").splitlines()]
    assert [(line["event"], line.get("n")) for line in lines] == [("teacher", None), ("students", 3)]


def test_the_seconds_of_all_calls_add_up(tmp_path):
    """Of events of one name; nothing without a journal."""
    assert seconds_of(tmp_path, "call") == 0
    for event, seconds in (("call", 1.5), ("other", 8.0), ("call", 2.0)):
        note(tmp_path, event, seconds=seconds)
    assert seconds_of(tmp_path, "call") == 3.5


@pytest.mark.parametrize(
    "damage", [b'{"event": "call", "sec', b'\xff{"event"', b"3", b'{"event": "call", "seconds": "x"}']
)
def test_a_damaged_line_is_named_and_not_counted(tmp_path, caplog, damage):
    """Such as the last of a process that was killed; the next one begins a line of its own."""
    note(tmp_path, "call", seconds=1.5)
    with (tmp_path / "log.jsonl").open("ab") as journal:
        journal.write(damage)
    note(tmp_path, "call", seconds=2.0)
    assert seconds_of(tmp_path, "call") == 3.5
    assert f"{tmp_path / 'log.jsonl'}, line 2, is damaged and not counted." in caplog.text


def test_a_planted_link_is_not_followed(tmp_path):
    """Nothing elsewhere is written to."""
    (tmp_path / "log.jsonl").symlink_to("precious")
    with pytest.raises(InputError, match=r"log\.jsonl is a link"):
        note(tmp_path, "call")
    assert not (tmp_path / "precious").exists()
