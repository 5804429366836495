"""Distilling an MLP on cached logits: our trainer against a bare torch loop over the same batches.

Prints JSON: seconds of both in interleaved rounds, and their ratio. The trainer's seconds hold everything that
`distil_from` does for a user: tokenising, padding, validation, checkpoints with checksums, the schedule. The bare loop
gets its batches padded, and does only forward, loss, backward, clipping and AdamW; tokenising is timed apart. `ratio`
counts tokenising on both sides, `ratio_of_loops` on neither.

Student and settings are those of the built-in recipe `sst2`, without early stopping. Texts are mask-and-sample copies
of SST-2's training split. How long a step takes does not depend on the logits, so they are made up, unless `--teacher`
gives a model folder.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from angelshare.data.texts.loading import load_splits
from angelshare.data.texts.textset import Splits
from angelshare.distillation.batches import Batch, Batches, encode_texts
from angelshare.distillation.classification import distil_from
from angelshare.distillation.objectives import objective
from angelshare.distillation.spec import DistilSpec
from angelshare.distillation.step import Output, Step
from angelshare.distillation.training import Clock, schedule
from angelshare.models.checkpoint import load_scorer
from angelshare.models.students import build_student
from angelshare.models.vocabulary import build_word_tokenizer
from angelshare.recipes.entries import MlpEntry
from angelshare.recipes.reading import read_recipe
from angelshare.transfer.gather import TransferTexts, gather_texts
from angelshare.transfer.label import TransferSet, label_texts
from angelshare.transfer.spec import MaskAndSample, TransferSpec

RECIPE = read_recipe("sst2")
(ENTRY,) = (entry for entry in RECIPE.students if isinstance(entry, MlpEntry))
# the first weights cost the same wherever they come from; without a teacher at hand they are random
STUDENT = ENTRY.model_copy(update={"embeddings": "random"})
SETTINGS = ENTRY.distil.onto(RECIPE.distil)


def main() -> None:
    """Time both, in turns."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    splits = load_splits("sst2").with_roles(["validation"])
    transfer = _transfer(splits, arguments)
    tokenizer = build_word_tokenizer(transfer.batch.texts, STUDENT.vocabulary, max_length=STUDENT.max_length)
    spec = SETTINGS.model_copy(update={"epochs": arguments.epochs, "patience": None})
    # imports, and what libraries set up at their first use, belong to neither
    _ours(tokenizer, transfer, splits, spec.model_copy(update={"epochs": 0.02}), time.perf_counter)
    clock = time.process_time if arguments.processor_time else time.perf_counter
    rounds = [
        (_ours(tokenizer, transfer, splits, spec, clock), *_bare(tokenizer, transfer, spec, clock))
        for _ in range(arguments.rounds)
    ]
    n_steps = schedule(len(transfer), spec).max_steps
    print(
        json.dumps(
            {
                "n_texts": len(transfer),
                "batch": spec.batch_size,
                "n_parameters": _student(tokenizer, transfer).num_parameters(),
                "epochs": arguments.epochs,
                "n_steps": n_steps,
                "threads": arguments.threads,
                "n_processors": os.cpu_count(),
                "load_average": os.getloadavg()[0],
                "processor_time": arguments.processor_time,
                "trainer_s": [ours for ours, _, _ in rounds],
                "bare_loop_s": [bare for _, bare, _ in rounds],
                "tokenising_s": [tokenising for _, _, tokenising in rounds],
                "ratio": statistics.median(ours / (bare + tokenising) for ours, bare, tokenising in rounds),
                "ratio_of_loops": statistics.median((ours - tokenising) / bare for ours, bare, tokenising in rounds),
            },
            indent=1,
        )
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time our trainer against a bare torch loop.")
    parser.add_argument("--texts", type=int, default=140_000)
    parser.add_argument("--epochs", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--processor-time", action="store_true", help="steadier where other programs run")
    parser.add_argument("--teacher", type=Path, help="model folder; without it the logits are made up")
    return parser.parse_args()


def _transfer(splits: Splits, arguments: argparse.Namespace) -> TransferSet:
    """Return so many texts with logits."""
    recipe = TransferSpec(augment=(MaskAndSample(copies=30),), max_examples=arguments.texts)
    texts = gather_texts(recipe, splits)
    if arguments.teacher is not None:
        return label_texts(texts, load_scorer(arguments.teacher, name="teacher"), recipe)
    return _made_up(texts, splits)


def _made_up(texts: TransferTexts, splits: Splits) -> TransferSet:
    """Return the texts with random logits."""
    logits = np.random.default_rng(0).normal(scale=2, size=(len(texts), 2)).astype(np.float32)
    labels = splits.role("train").labels
    return TransferSet("binary", labels, texts.batch, logits, texts.sources, None, "0" * 64, texts.counts)


def _student(tokenizer: PreTrainedTokenizerBase, transfer: TransferSet) -> PreTrainedModel:
    """Return the untrained student."""
    return build_student(STUDENT, labels=transfer.labels, task=transfer.task, seed=0, tokenizer=tokenizer)[0]


def _ours(
    tokenizer: PreTrainedTokenizerBase, transfer: TransferSet, splits: Splits, spec: DistilSpec, clock: Clock
) -> float:
    """Return the seconds of one distillation, tokenising included."""
    student = _student(tokenizer, transfer)
    with tempfile.TemporaryDirectory() as work:
        began = clock()
        distil_from(student, tokenizer, transfer, splits.role("validation"), spec, seed=0, work=Path(work))
        return clock() - began


def _bare(
    tokenizer: PreTrainedTokenizerBase, transfer: TransferSet, spec: DistilSpec, clock: Clock
) -> tuple[float, float]:
    """Return the seconds of stepping through the same batches, and those of tokenising."""
    student = _student(tokenizer, transfer)
    began = clock()
    texts = encode_texts(tokenizer, transfer.batch, STUDENT.max_length)
    tokenising = clock() - began
    batches = Batches(texts, batch_size=spec.batch_size, seed=0, teacher_logits=transfer.logits)
    plan = schedule(len(transfer), spec)
    optimiser = torch.optim.AdamW(student.parameters(), lr=spec.learning_rate, weight_decay=0.0)
    seconds = 0.0
    for epoch in range(-(-plan.max_steps // len(batches))):
        batches.set_epoch(epoch)
        n_left = plan.max_steps - epoch * len(batches)
        at_hand = [batches[i] for i in range(min(n_left, len(batches)))]
        began = clock()
        _steps(student, at_hand, optimiser, spec)
        seconds += clock() - began
    return seconds, tokenising


def _steps(student: PreTrainedModel, batches: list[Batch], optimiser: torch.optim.Optimizer, spec: DistilSpec) -> None:
    """Step through batches, and nothing else."""
    loss_of = objective(spec.objective, "binary")
    student.train()
    for batch in batches:
        logits = student(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        torch.autograd.backward(loss_of(Step(Output(logits), Output(batch["teacher_logits"]))))
        torch.nn.utils.clip_grad_norm_(student.parameters(), spec.max_grad_norm)
        optimiser.step()
        optimiser.zero_grad()


if __name__ == "__main__":
    main()
