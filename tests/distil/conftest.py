"""One thread: these tests train models of a few numbers."""

import gc
import sys
from pathlib import Path

import pytest
import torch

# pytest imports tests from their files, so what they share must be found beside them
sys.path.append(str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _little_garbage():
    """Keep what the imports made from being searched: every training begins with a full collection."""
    gc.freeze()
    yield
    gc.unfreeze()
