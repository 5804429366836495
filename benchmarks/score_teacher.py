"""Texts per second of `observe` against `transformers.pipeline`, with the same model, texts and threads.

The peer is `pipeline("text-classification")` in float32, with truncation and dynamic padding, at batch sizes 1, 8 and
32. It gets the texts in their given order, as from its users. All contestants take turns on the same chunk of texts, in
rotating order, so that other load falls on all alike. A peer more than a tenth slower than the best peer on the first
chunk drops out. Prints JSON.

    python benchmarks/score_teacher.py --n 20000 --max-length 256 --out result.json
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import transformers
from transformers import TextClassificationPipeline

from angelshare.core.text import TextBatch
from angelshare.models.checkpoint import load_backbone, load_model, load_scorer, save_model
from angelshare.models.encoding import encode_batch, padded
from angelshare.models.observe import observe

LABELS = ("civil", "toxic")
BATCH_SIZES = (1, 8, 32)
Contestant = Callable[[list[str]], list[str]]


def main() -> None:
    """Measure, and print the result."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    comments = pd.read_parquet(arguments.data)
    texts = comments.sample(min(arguments.n, len(comments)), random_state=0)["text"].tolist()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(arguments.model) if arguments.model else _quick_teacher(comments, Path(scratch) / "teacher")
        result = _race(_contestants(folder, arguments.max_length), texts, arguments.rounds)
    result |= {
        "n": len(texts),
        "max_length": arguments.max_length,
        "threads": arguments.threads,
        "processor": platform.processor() or platform.machine(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    text = json.dumps(result, indent=1)
    print(text)
    if arguments.out:
        Path(arguments.out).write_text(text + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sets = Path(os.environ.get("ANGELSHARE_DATA", "../shared/data"))
    parser.add_argument("--n", type=int, default=20_000, help="texts")
    parser.add_argument("--model", help="folder of a fine-tuned classifier; without it MiniLM is fine-tuned briefly")
    parser.add_argument("--data", type=Path, default=sets / "wiki_toxicity" / "wiki_toxicity.parquet")
    parser.add_argument("--max-length", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=4, help="chunks of texts, on each of which all take turns")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", help="write the JSON here as well")
    return parser.parse_args()


def _contestants(folder: Path, max_length: int) -> dict[str, Contestant]:
    """Return what takes part, each from texts to labels."""
    scorer = load_scorer(folder, max_length=max_length)

    def ours(texts: list[str]) -> list[str]:
        logits = observe(scorer, TextBatch(tuple(texts)))
        return [scorer.card.labels[i] for i in logits.argmax(axis=1)]

    model, tokenizer = load_model(folder)
    peer: Any = TextClassificationPipeline(model=model, tokenizer=tokenizer, device="cpu")  # Any: its answers

    def at(batch_size: int) -> Contestant:
        def answer(texts: list[str]) -> list[str]:
            answers = peer(texts, batch_size=batch_size, truncation=True, max_length=max_length)
            return [answer["label"] for answer in answers]

        return answer

    return {f"observe ({scorer.card.precision})": ours} | {f"pipeline, batch {size}": at(size) for size in BATCH_SIZES}


def _race(contestants: dict[str, Contestant], texts: list[str], n_rounds: int) -> dict[str, Any]:
    """Return texts per second of each contestant, and how often the first one's labels equal the best peer's."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    labels: dict[str, list[str]] = {name: [] for name in contestants}
    ours, *peers = contestants
    running = list(contestants)
    chunks = np.array_split(np.arange(len(texts)), n_rounds)
    for name in running:
        contestants[name](texts[:32])
    for number, chunk in enumerate(chunks):
        turn = number % len(running)
        for name in running[turn:] + running[:turn]:
            start = time.perf_counter()
            labels[name] += contestants[name]([texts[i] for i in chunk])
            seconds[name].append(time.perf_counter() - start)
        quickest = min(seconds[name][0] for name in peers)
        running = [name for name in running if name == ours or seconds[name][0] <= 1.1 * quickest]
    speed = {name: len(labels[name]) / sum(spent) for name, spent in seconds.items()}
    best = max((name for name in peers if name in running), key=speed.__getitem__)
    ratios = [theirs / mine for mine, theirs in zip(seconds[ours], seconds[best], strict=True)]
    same = np.mean([a == b for a, b in zip(labels[ours], labels[best], strict=True)])
    return {
        "texts_per_second": {name: round(value, 1) for name, value in speed.items()},
        "n_texts": {name: len(answers) for name, answers in labels.items()},
        "best_peer": best,
        "speed_up": round(speed[ours] / speed[best], 2),
        "speed_up_by_round": [round(ratio, 2) for ratio in ratios],
        "label_agreement": round(float(same), 5),
    }


def _quick_teacher(comments: pd.DataFrame, folder: Path, n: int = 3_200) -> Path:
    """Return the folder of a MiniLM after one pass over a few thousand comments, so that its margins are not random."""
    train = comments[comments["split"] == "train"].sample(n, random_state=1)
    model, tokenizer = load_backbone("minilm", labels=LABELS, task="binary", seed=0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4)
    model.train()
    for start in range(0, n, 32):
        rows = train.iloc[start : start + 32]
        inputs = padded(encode_batch(tokenizer, TextBatch(tuple(rows["text"])), 64), tokenizer)
        model(**inputs, labels=torch.tensor(rows["label"].to_numpy())).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    save_model(model, tokenizer, folder, task="binary", labels=LABELS, kind="transformer", max_length=256)
    return folder


if __name__ == "__main__":
    main()
