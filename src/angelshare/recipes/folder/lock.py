"""A folder that one process at a time writes into."""

import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from angelshare.core.atomic import clear_leftovers, naming
from angelshare.core.errors import InputError

if sys.platform != "win32":
    import fcntl

LOCK_FILE = ".angelshare.lock"

_TRIES, _PAUSE_S = 25, 0.02
"""How often, and after how many seconds, a lock is asked for again whose holder has not said who it is."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder, which is made if need be; what killed ones left in it is removed.

    A folder in which nothing is written is not left behind. The system takes the lock from a process that ends, however
    it ends, so one that was killed leaves none behind. The lock file says who holds it. There is no lock on Windows.

    Raises:
        InputError: if another process holds the lock, naming it.
    """
    with held(folder / LOCK_FILE):
        for written in (folder, folder / "transfer", *folder.glob("observations/*")):
            clear_leftovers(written)
        yield


@contextlib.contextmanager
def held(file: Path, *, of: Path | None = None) -> Iterator[None]:
    """Keep other processes from what a lock file stands for: its folder, or the one named by `of`.

    Raises:
        InputError: if another process holds the lock, naming it.
    """
    made = [place for place in file.parents if not place.exists()]
    file.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    lock = _taken(file, of or file.parent)
    try:
        with naming(file):
            os.truncate(lock, 0)
            os.write(lock, json.dumps(_holder()).encode())
        yield
    finally:
        # removed while it is held: whoever waits for this very file sees that it is gone, and makes a new one
        file.unlink(missing_ok=True)
        os.close(lock)
        with contextlib.suppress(OSError):  # not empty: something was written
            for place in made:
                place.rmdir()


def _taken(file: Path, folder: Path) -> int:
    """Return the descriptor of the lock file of a folder, locked."""
    who = None
    for _ in range(_TRIES):
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = _told(os.read(lock, 1000))
        else:
            if os.fstat(lock).st_nlink:
                return lock
            who = None  # its last holder has just removed it
        os.close(lock)
        if who is not None:
            break
        time.sleep(_PAUSE_S)
    raise InputError(
        f"{folder} is in use by {who or 'another process'}. Wait until that is done, or choose another --out."
    )


def _holder() -> dict[str, object]:
    """Return who holds the lock."""
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _told(content: bytes) -> str | None:
    """Return who holds a lock, in words; None where it has only just taken it and not said so yet."""
    try:
        holder = json.loads(content)
        who = f"process {holder['pid']} on {holder['host']} since {holder['since']}"
        if holder["host"] == platform.node():
            os.kill(holder["pid"], 0)  # no signal, but an error where there is no such process
    except (ValueError, KeyError, TypeError, ProcessLookupError, OverflowError):
        return None
    except PermissionError:
        return who  # of another user
    return who
