"""Members trained side by side, one process and one thread each: small networks gain nothing from more threads."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import TimeoutError as NothingYet
from multiprocessing import active_children, connection, get_context, parent_process
from multiprocessing.pool import IMapIterator
from threading import Thread

from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress
from angelshare.core.shown import show_logs
from angelshare.recipes.train.members import Member, MemberMaker

_PATIENCE_S = 5.0
"""Seconds without a result after which the workers are checked to be alive."""

_maker: MemberMaker | None = None
"""The maker of a worker process; set once, when it begins."""


def train_members(maker: MemberMaker, members: Sequence[Member], *, jobs: int, progress: Progress) -> None:
    """Train these members, as many at a time as there are jobs; their weights do not depend on each other.

    Args:
        maker: of the run; every process gets a copy.
        members: those to train.
        jobs: the number of processes; 1 trains in this one.
        progress: informed of members if there are several processes, else of training steps.
    """
    if jobs == 1 or len(members) <= 1:
        for member in members:
            maker.make(member)
        return
    quiet = maker.for_workers(members)
    progress.start(f"training students, {jobs} at a time", len(members))
    n_processes = min(jobs, len(members))
    # leaving the context ends the processes, also after an error or Ctrl-C
    with _apart_from_main(), get_context("spawn").Pool(n_processes, initializer=_begin, initargs=(quiet,)) as pool:
        for _ in _each(pool.imap_unordered(_make, members, chunksize=1)):
            progress.advance(1)
    progress.finish()


@contextmanager
def _apart_from_main() -> Iterator[None]:
    """Keep workers from running the user's script, which they would do first, up to the call that started them."""
    main = vars(sys.modules["__main__"])
    file, spec = main.pop("__file__", None), main["__spec__"]
    main["__spec__"] = None
    try:
        yield
    finally:
        main["__spec__"] = spec
        if file is not None:
            main["__file__"] = file


def _each(results: "IMapIterator[bool]") -> Iterator[bool]:
    """Yield what the workers return.

    Raises:
        InputError: if a worker died, for whose result the pool would wait for ever.
    """
    workers = {process.pid for process in active_children()}
    while True:
        try:
            yield results.next(timeout=_PATIENCE_S)
        except StopIteration:
            return
        except NothingYet:
            if {process.pid for process in active_children()} != workers:
                raise InputError(
                    "A process that trained a student was killed, perhaps for lack of memory. "
                    "The same command goes on where it stood; with --jobs 1 it needs less memory."
                ) from None


def _begin(maker: MemberMaker) -> None:
    """Prepare a worker, which ignores Ctrl-C (its parent ends it) and ends with its parent."""
    global _maker  # noqa: PLW0603  (a process pool has no other place for what its tasks share)
    _maker = maker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    show_logs()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process as soon as its parent is gone, since an orphan must not write into the next run's folder."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)


def _make(member: Member) -> bool:
    """Train one member in a worker."""
    assert _maker is not None
    return _maker.make(member)
