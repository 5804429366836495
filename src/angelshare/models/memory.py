"""The peak memory of models, each measured in its own process."""

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
from angelshare.models.opening import one_error
from angelshare.models.tfidf import MODEL_TYPE as TFIDF

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""Written to clear_refs, it resets the peak of the resident memory to its present size."""


@dataclass(frozen=True, slots=True)
class Loading:
    """The arguments of `load_scorer`, with which another process can load the same model."""

    source: str
    task: Task | None = None
    max_length: int | None = None
    precision: Precision = "auto"
    trust_remote_code: bool = False
    allow_pickle: bool = False


@dataclass(frozen=True, slots=True)
class PeakMemory:
    """The peak memory of a model in bytes; None where it was not measured, with the reason as a sentence."""

    n_bytes: int | None
    problem: str | None = None


def peak_memories(loadings: Sequence[Loading], texts: TextBatch) -> list[PeakMemory]:
    """Return the peak of main memory while each model is loaded and scores these texts in bulk.

    A fresh interpreter imports all libraries once. For each model it forks a copy of itself, which also imports that
    model's classes. The figure is the peak of the copy's resident memory from then on, less its memory at that moment:
    weights, tokenizer, texts and activations that are in memory at the same time, and no imported library. Two caveats:
    weights are mapped from their file, so that rows of an embedding that no text needs are not in memory; and library
    code first touched while computing counts, which is ten or twenty megabytes for any model. Linux only.
    """
    if not _RESET.exists():
        return [PeakMemory(None, "Only Linux tells the peak memory of a process.")] * len(loadings)
    request = {"loadings": [asdict(loading) for loading in loadings], "texts": texts.texts, "pairs": texts.pairs}
    command = [sys.executable, "-P", "-W", "ignore", "-m", "angelshare.models.memory"]  # -P: nothing from this folder
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=False)  # noqa: S603  (it runs this interpreter, without a shell)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return [PeakMemory(None, f"The process that measures ended with {done.returncode}: {last}")] * len(loadings)
    return [PeakMemory(**fields) for fields in json.loads(done.stdout)]


def _answer(request: Mapping[str, Any]) -> list[dict[str, Any]]:  # Any: JSON
    """Return the answer to one request of `peak_memories`."""
    texts = TextBatch(tuple(request["texts"]), None if request["pairs"] is None else tuple(request["pairs"]))
    return [asdict(_in_a_copy(Loading(**loading), texts)) for loading in request["loadings"]]


def _in_a_copy(loading: Loading, texts: TextBatch) -> PeakMemory:
    """Return the peak of a copy of this process that loads and scores."""
    # forking is safe here, as no thread runs yet, and it saves the imports
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as copy:
        try:
            return PeakMemory(copy.submit(_peak, loading, texts).result())
        except BrokenProcessPool:
            return PeakMemory(None, "The process that loaded it was killed, perhaps for lack of memory.")
        except (AngelshareError, OSError) as error:
            return PeakMemory(None, str(error))


def _peak(loading: Loading, texts: TextBatch) -> int:
    """Return the peak of this process while it loads and scores."""
    _import_classes(loading)
    _RESET.write_text(_RESET_PEAK, "ascii")
    before = _memory("VmRSS")
    options = {name: value for name, value in asdict(loading).items() if name != "source"}
    observe(load_scorer(loading.source, **options), texts)
    return _memory("VmHWM") - before


def _import_classes(loading: Loading) -> None:
    """Import the classes of a model, which transformers does late, by building it without weights."""
    folder = find_model(loading.source, trust_remote_code=loading.trust_remote_code, allow_pickle=loading.allow_pickle)
    if read_config(folder).get("model_type") == TFIDF:
        return
    with one_error(folder), torch.device("meta"):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=loading.trust_remote_code)
        AutoModelForSequenceClassification.from_config(config, trust_remote_code=loading.trust_remote_code)


def _memory(field: str) -> int:
    """Return a figure of /proc/self/status in bytes."""
    lines = dict(line.split(":", 1) for line in _STATUS.read_text("ascii").splitlines())
    return int(lines[field].split()[0]) * 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_answer(json.load(sys.stdin))))
