"""A folder that one process at a time writes into."""

import contextlib
import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from angelshare.core.errors import InputError

if sys.platform != "win32":
    import fcntl

LOCK_FILE = ".angelshare.lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder, which is made if need be.

    The system takes the lock from a process that ends, however it ends, so one that was killed leaves none behind. The
    lock file says who holds it. There is no lock on Windows.

    Raises:
        InputError: if another process holds the lock, naming it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    file = folder / LOCK_FILE
    lock = _taken(file)
    try:
        os.truncate(lock, 0)
        os.write(lock, json.dumps(_holder()).encode())
        yield
    finally:
        # removed while it is held: whoever waits for this very file sees that it is gone, and makes a new one
        file.unlink(missing_ok=True)
        os.close(lock)


def _taken(file: Path) -> int:
    """Return the descriptor of the lock file, locked."""
    while True:
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = _told(os.read(lock, 1000))
            os.close(lock)
            raise InputError(
                f"{file.parent} is in use by {who}. Wait until that is done, or choose another --out."
            ) from None
        if os.fstat(lock).st_nlink:
            return lock
        os.close(lock)


def _holder() -> dict[str, object]:
    """Return who holds the lock."""
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _told(content: bytes) -> str:
    """Return who holds a lock, in words."""
    try:
        holder = json.loads(content)
        return f"process {holder['pid']} on {holder['host']} since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"  # which has only just taken it
