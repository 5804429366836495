import errno
import os
import signal
import subprocess
import sys

import pytest

from angelshare.cli.ends import HOME, INPUT_ERROR, INTERNAL_ERROR, Stopped, end_of, stoppable
from angelshare.core.errors import AngelshareError, InputError

INTERRUPTING = """
import builtins, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
plain = builtins.__import__
def interrupted(name, *rest, **more):
    if name == {module!r}:
        os.kill(os.getpid(), signal.{number})
    return plain(name, *rest, **more)
from angelshare.cli.main import main
builtins.__import__ = interrupted
sys.argv = ['angelshare', *{arguments!r}]
main()
"""


def stopped(module, number, *arguments):
    """Call the command line, which gets a signal when it imports a module."""
    code = INTERRUPTING.format(module=module, number=number, arguments=arguments)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("angelshare.cli.commands", ["--version"]),
        ("angelshare.api.auditing", ["audit", "--teacher", "t", "--student", "s", "--out", "o"]),
        ("angelshare.recipes.suite_statement", ["suite", "x", "--teacher", "t", "--student", "s"]),
        ("angelshare.recipes.reproduce", ["reproduce", "x"]),
    ],
)
def test_a_signal_ends_with_a_word_and_its_code(module, arguments):
    """During imports, and in every command."""
    for number, code, word in (("SIGINT", 130, "Interrupted."), ("SIGTERM", 143, "Terminated.")):
        done = stopped(module, number, *arguments)
        assert (done.returncode, done.stderr) == (code, f"{word} The same command goes on from here.\n")


def test_a_signal_that_a_library_wraps_still_counts():
    """Import machinery and pools raise errors of their own on the way out."""
    wrapped = ImportError("cannot import torch")
    wrapped.__cause__ = Stopped(signal.SIGINT)
    assert end_of(wrapped) == ("Interrupted. The same command goes on from here.", 130)


def test_handlers_are_put_back():
    """Who calls `main` from Python keeps Ctrl-C; and what was ignored stays so."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    interrupted = signal.getsignal(signal.SIGINT)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is interrupted
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_full_disk_is_named_with_the_file_and_a_remedy():
    """Whoever reads it knows what to do."""
    told, code = end_of(OSError(errno.ENOSPC, "No space left on device", "/runs/\x1b[2Jx/statement.json"))
    assert code == INPUT_ERROR
    assert told == (
        "error: /runs/⟨U+001B⟩[2Jx/statement.json: No space left on device. "
        "Make room on the disk, then call the same command again."
    )


def test_a_name_that_is_taken_comes_with_a_remedy():
    """A file stands where a folder is to be made."""
    told, _ = end_of(OSError(errno.EEXIST, "File exists", "runs/students"))
    assert told == "error: runs/students: File exists. Move it away, or name another place."


@pytest.mark.parametrize(
    "told",
    ["I/O error: No space left on device (os error 28)", "[enforce fail at inline_container.cc:664] unexpected pos"],
)
def test_a_full_disk_while_training_is_no_bug(told):
    """Libraries that write weights raise errors of their own."""
    assert end_of(RuntimeError(told))[1] == INPUT_ERROR


def test_a_worker_that_was_killed_is_no_bug():
    """It says what to do, without a traceback."""
    said = "A process that trained a student was killed. The same command goes on where it stood."
    assert end_of(AngelshareError(said)) == (f"error: {said}", INPUT_ERROR)


def test_endless_numbers_and_messages_are_cut_short():
    """Nobody reads sixty digits."""
    assert end_of(InputError(f"It is {'7' * 60}."))[0] == "error: It is 7777777777... (60 digits)."
    assert len(end_of(InputError("x" * 1_000_000))[0]) < 6000


def test_a_bug_is_shown_whole_and_inert():
    """With a traceback, in which no name is obeyed by the terminal."""
    told, code = end_of(KeyError("\x1b[2J"))
    assert code == INTERNAL_ERROR
    assert told.endswith(f"Please report it: {HOME}/issues")
    assert "\x1b" not in end_of(ValueError("\x1b[2J\u202e"))[0]
