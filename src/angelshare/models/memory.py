"""The most memory that models take, each measured in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification

from angelshare.core.errors import AngelshareError
from angelshare.core.task import Task
from angelshare.core.text import TextBatch
from angelshare.models.checkpoint import load_scorer
from angelshare.models.encoder import Precision
from angelshare.models.folders import find_model, read_config
from angelshare.models.observe import observe
from angelshare.models.tfidf import MODEL_TYPE as TFIDF

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""What Linux takes for: let the peak begin anew from what is held now."""


@dataclass(frozen=True, slots=True)
class Loading:
    """How a model came to be in memory, so that another process can do the same; see `load_scorer`."""

    source: str
    task: Task | None = None
    max_length: int | None = None
    precision: Precision = "auto"
    trust_remote_code: bool = False
    allow_pickle: bool = False


@dataclass(frozen=True, slots=True)
class PeakMemory:
    """The bytes that a model takes at most; None where they are not measured, and why, as a sentence."""

    n_bytes: int | None
    problem: str | None = None


def peak_memories(loadings: Sequence[Loading], texts: TextBatch) -> list[PeakMemory]:
    """Return the main memory that it takes at most to load each model and to score these texts in bulk.

    A fresh interpreter imports all libraries once. For every model it starts a copy of itself, which imports that
    model's classes too. What the copy holds then does not count: the figure is the peak of its resident memory from
    there on, less that. So it is weights, tokenizer, texts and activations, as far as they are in memory at the same
    time, and no imported library. Two things to know: weights are mapped from their file, so that rows of an embedding
    that no text needs are not in memory; and code of a library that computing is the first to touch counts, ten or
    twenty megabytes whatever the model. Only Linux tells it.
    """
    if not _RESET.exists():
        return [PeakMemory(None, "Only Linux tells the peak memory of a process.")] * len(loadings)
    request = {"loadings": [asdict(loading) for loading in loadings], "texts": texts.texts, "pairs": texts.pairs}
    command = [sys.executable, "-P", "-W", "ignore", "-m", "angelshare.models.memory"]  # -P: nothing from this folder
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=False)  # noqa: S603  (this interpreter)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return [PeakMemory(None, f"The process that measures ended with {done.returncode}: {last}")] * len(loadings)
    return [PeakMemory(**found) for found in json.loads(done.stdout)]


def _answer(request: Mapping[str, Any]) -> list[dict[str, Any]]:  # Any: JSON
    """Return the answer to one request of `peak_memories`."""
    texts = TextBatch(tuple(request["texts"]), None if request["pairs"] is None else tuple(request["pairs"]))
    return [asdict(_of_a_copy(Loading(**loading), texts)) for loading in request["loadings"]]


def _of_a_copy(loading: Loading, texts: TextBatch) -> PeakMemory:
    """Return the peak of a copy of this process that loads and scores."""
    # to fork is safe here: no thread runs yet, and importing is what takes long
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as copy:
        try:
            return PeakMemory(copy.submit(_peak, loading, texts).result())
        except BrokenProcessPool:
            return PeakMemory(None, "The process that loaded it was killed, perhaps for want of memory.")
        except (AngelshareError, OSError) as error:
            return PeakMemory(None, str(error))


def _peak(loading: Loading, texts: TextBatch) -> int:
    """Return the peak of this process while it loads and scores."""
    _import_classes(loading)
    _RESET.write_text(_RESET_PEAK, "ascii")
    before = _held("VmRSS")
    options = {name: value for name, value in asdict(loading).items() if name != "source"}
    observe(load_scorer(loading.source, **options), texts)
    return _held("VmHWM") - before


def _import_classes(loading: Loading) -> None:
    """Import the classes of a model, which transformers does as late as it can: built without weights."""
    folder = find_model(loading.source, trust_remote_code=loading.trust_remote_code, allow_pickle=loading.allow_pickle)
    if read_config(folder).get("model_type") == TFIDF:
        return
    config = AutoConfig.from_pretrained(folder, trust_remote_code=loading.trust_remote_code)
    with torch.device("meta"):
        AutoModelForSequenceClassification.from_config(config, trust_remote_code=loading.trust_remote_code)


def _held(field: str) -> int:
    """Return a figure of /proc/self/status in bytes."""
    lines = dict(line.split(":", 1) for line in _STATUS.read_text("ascii").splitlines())
    return int(lines[field].split()[0]) * 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_answer(json.load(sys.stdin))))
