"""Members trained side by side, one process and one thread each: small networks gain nothing from more threads."""

import os
import signal
from collections.abc import Sequence
from multiprocessing import connection, get_context, parent_process
from threading import Thread

from angelshare.core.protocols import Progress
from angelshare.distil.training import use_threads
from angelshare.recipes.members import Member, Trainer

_trainer: Trainer | None = None
"""What a worker process trains with; set once, when it begins."""


def train_members(trainer: Trainer, members: Sequence[Member], *, jobs: int, progress: Progress) -> None:
    """Train these members, as many at a time as there are jobs; what each comes to does not depend on the others.

    Args:
        trainer: of the run; a copy goes to every process.
        members: not trained yet.
        jobs: processes; 1 trains here.
        progress: told about members where there are several processes, else about steps.
    """
    if jobs == 1 or len(members) < 2:  # noqa: PLR2004  (one member needs no second process)
        for member in members:
            trainer.make(member)
        return
    quiet = trainer.for_workers(members)
    progress.start(f"training students, {jobs} at a time", len(members))
    # leaving the context ends the processes, also after an error or Ctrl-C
    with get_context("spawn").Pool(min(jobs, len(members)), initializer=_begin, initargs=(quiet,)) as pool:
        for _ in pool.imap_unordered(_make, members, chunksize=1):
            progress.advance(1)
    progress.finish()


def _begin(trainer: Trainer) -> None:
    """Prepare a worker: one thread, deaf to Ctrl-C (its parent ends it), and gone when its parent is."""
    global _trainer  # noqa: PLW0603  (a process pool has no other place for what its tasks share)
    _trainer = trainer
    use_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process as soon as its parent is gone: an orphan must not write beside the next run."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)


def _make(member: Member) -> bool:
    """Train one member in a worker."""
    assert _trainer is not None
    return _trainer.make(member)
