"""Tests of the journal of a run."""

import json

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
