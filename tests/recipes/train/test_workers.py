"""Tests of members trained side by side."""

from multiprocessing import TimeoutError as NothingYet
from types import SimpleNamespace

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.train import workers


class Results:
    """Two results, after the first of which nothing comes for a while."""

    def __init__(self):
        self.left = [True, NothingYet(), True]

    def next(self, timeout):
        if not self.left:
            raise StopIteration
        result = self.left.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


def test_workers_that_take_their_time_are_waited_for(monkeypatch):
    """All their results arrive."""
    monkeypatch.setattr(workers, "active_children", lambda: [SimpleNamespace(pid=1)])
    assert list(workers._each(Results())) == [True, True]


def test_a_killed_worker_ends_the_run_in_a_sentence(monkeypatch):
    """The pool replaces it, and would wait for its result for ever."""
    pids = iter([1, 2])
    monkeypatch.setattr(workers, "active_children", lambda: [SimpleNamespace(pid=next(pids))])
    with pytest.raises(InputError, match=r"was killed, perhaps for lack of memory\. The same command goes on where it"):
        list(workers._each(Results()))
