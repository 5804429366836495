"""What becomes of a run folder that is damaged, killed or shared: is the damage named, and does the statement stay?

Makes a small run with real weights (a teacher that is fine-tuned, students, baselines, speeds), then in copies of it:

- `damage` flips one byte of one file, drawn evenly over the kinds of files, reads the folder with `compare` and
  `rebuild`, and runs the recipe again; and puts the teacher's kept answers into the place of each student's;
- `unfinished` flips one byte of what a killed run was making, and runs again;
- `kills` ends the process with SIGKILL, after a delay, at a step of its progress or beside a rename, and runs again;
- `together` starts two or three processes in one folder.

Every process is a copy of this one, in which all is imported. Speeds are taken by a clock that is drawn at random, so
that they are the same each time. Prints the outcomes as JSON; ends with 1 if anything was wrong.

    python benchmarks/damage.py --out docs/results/benchmarks/damage.json
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, set_seed

from angelshare.audits.answers.timing import time_models
from angelshare.cli.main import main as angelshare
from angelshare.core.protocols import Silent
from angelshare.models.checkpoint import save_model
from angelshare.models.declared_task import set_labels
from angelshare.models.memory import PeakMemory
from angelshare.recipes.compare import CompareRequest, compare_releases
from angelshare.recipes.conclude.publish import pages_of
from angelshare.recipes.observe import timing
from angelshare.recipes.reading import read_recipe
from angelshare.recipes.rebuild import rebuild
from angelshare.recipes.run import prepare
from angelshare.recipes.train.transfers import gather

RECIPE = """
version: 1
name: damage
seeds: {seeds}
data: {{source: {data}, task: binary, labels: [fine, rude]}}
teacher:
  model: {model}
  fine_tune: {{epochs: 8, batch_size: 16, learning_rate: 3.0e-3, max_length: 32, precision: fp32}}
transfer:
  sources: [train]
  augment: [{{kind: mask_and_sample, copies: 2}}]
students:
  - {{name: mlp, kind: mlp, vocabulary: 60, embedding_width: 8, hidden_width: 8}}
  - {{name: one-layer, kind: transformer, layers: 1, max_length: 32, seeds: [0], distil: {{learning_rate: 3.0e-3}}}}
  - {{name: tfidf, kind: tfidf}}
distil: {{epochs: 4, batch_size: 16, learning_rate: 1.0e-2, precision: fp32}}
audits: [quality, agreement, calibration, {{kind: speed, rounds: 3, latencies: 2, n_texts: 4}}]
gates: [{{metric: accuracy, margin: 0.5}}]
"""
KINDS = {
    "weights": r".*/model\.safetensors",
    "shard of answers": r"observations/.*\.parquet",
    "speeds": r"speed/speed\.json",
    "seal of a stage": r".*/stage\.json",
    "looks": r"test_looks\.json",
    "kept answers": r"predictions/\d+\.\w+",
    "configuration": r".*/config\.json",
    "tokenizer": r".*/tokenizer.*\.json",
    "report of a training": r".*/training\.json",
    "recipe": r"recipe\.yaml",
    "transfer set": r"transfer/.*\.json",
    "journal": r"log\.jsonl",
    "list of kept answers": r"predictions/members\.json",
    "statement": r"statement\.json",
    "page": r"statement\.(html|md)",
}
"""What a kind of file is called, and the pattern of its paths in the folder of a run."""
UNFINISHED = r"(.*/)?\.[^/]+\.partial/.*"
"""The pattern of the paths of what is being made."""
SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"}
ONCE = (
    "distillation.classification",
    "recipes.run",
    "recipes.compare",
    "recipes.rebuild",
    "cli.summary",
    "api.running",
)
"""What the commands import, so that it is imported once for all copies of this process."""
REFUSED, FINISHED = 3, 0
NOT_COMPARED = ("created", "sha256")
"""Keys of a statement that differ between equal runs: when it was made, and the checksum over that."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (negative: the signal), and all that it printed."""

    pid: int
    code: int
    told: str


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The run that all others are held against.

    Attributes:
        scratch: the folder of everything. recipe: its file. folder: of the run.
        seconds: it took. n_steps, n_renames: it made.
    """

    scratch: Path
    recipe: Path
    folder: Path
    seconds: float
    n_steps: int
    n_renames: int

    @property
    def statement(self) -> dict[str, Any]:
        """The statement, as far as runs agree on it."""
        return statement_in(self.folder)

    def run(self, folder: Path, begin: Callable[[], None] = lambda: None) -> "Process":
        """Start the same recipe in a folder."""
        return Process(["run", str(self.recipe), "--out", str(folder), "--jobs", "1"], self.scratch, begin)


class Process:
    """A copy of this process that calls the command line."""

    def __init__(self, words: Sequence[str], scratch: Path, begin: Callable[[], None] = lambda: None) -> None:
        """Start it; `begin` is called in the copy, before all else."""
        number, self._told = tempfile.mkstemp(dir=scratch, suffix=".told")
        self.pid = os.fork()
        if not self.pid:
            for stream in (1, 2):
                os.dup2(number, stream)
            _call(words, begin)
        os.close(number)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> Ended:
        """Wait for its end."""
        _, status = os.waitpid(self.pid, 0)
        told = Path(self._told)
        end = Ended(self.pid, os.waitstatus_to_exitcode(status), told.read_text("utf-8", errors="replace"))
        told.unlink()
        return end


def _call(words: Sequence[str], begin: Callable[[], None]) -> None:
    """Call the command line, and end this copy with its exit code."""
    code: object = 1
    try:
        begin()
        sys.argv = ["angelshare", *words]
        angelshare()
    except SystemExit as end:
        code = end.code or 0
    finally:  # a copy must not go on as this process
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def statement_in(folder: Path) -> dict[str, Any]:
    """Return the statement in a folder, as far as equal runs agree on it; empty if there is none."""
    try:
        content = json.loads((folder / "statement.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in content.items() if key not in NOT_COMPARED}


def make_inputs(folder: Path, n_seeds: int) -> Path:
    """Write labelled texts, a network that nobody trained, and the recipe; return the recipe's file."""
    people = ["the cook", "my aunt", "a clerk", "the porter", "our guide", "that singer", "the tailor"]
    remarks = {"fine": ["is kind", "was helpful", "sings well"], "rude": ["is a fool", "was useless", "sings badly"]}
    splits = [("today", "train"), ("again", "train"), ("here", "validation"), ("at noon", "test")]
    rows = [
        {"text": f"{who} {what} {when}", "label": label, "split": split}
        for label, whats in remarks.items()
        for who in people
        for what in whats
        for when, split in splits
    ]
    pd.DataFrame(rows).to_csv(folder / "data.csv", index=False)
    words = sorted({word for row in rows for word in row["text"].split()})
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    backend = Tokenizer(WordLevel({name: place for place, name in enumerate(names)}, SPECIAL["unk_token"]))
    backend.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=32, **SPECIAL)
    config = BertConfig(
        vocab_size=len(names),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    set_labels(config, labels=("fine", "rude"), task="binary")
    set_seed(0)
    network, place = BertForSequenceClassification(config), folder / "backbone"
    save_model(network, tokenizer, place, task="binary", labels=("fine", "rude"), kind="transformer")
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(seeds=list(range(n_seeds)), data=folder / "data.csv", model=place))
    return recipe


def same_speeds() -> None:
    """Let speeds be taken by a clock that is drawn at random, the same in every copy of this process."""
    rng = np.random.default_rng(0)
    seconds = iter(np.cumsum(rng.uniform(1e-4, 1e-2, size=100_000)).tolist())
    vars(timing).update(
        time_models=partial(time_models, clock=seconds.__next__, busy_clock=seconds.__next__),
        peak_memories=lambda loadings, _: [PeakMemory(1000) for _ in loadings],
    )


def undisturbed(scratch: Path, n_seeds: int = 2) -> Undisturbed:
    """Return a run that nothing disturbed."""
    recipe, folder, counted = make_inputs(scratch, n_seeds), scratch / "undisturbed", scratch / "counted"
    plain = Undisturbed(scratch, recipe, folder, 0, 0, 0)
    known = read_recipe(str(recipe))
    gather(known, prepare(known)[0])  # catalogues and parts of speech are read once, for all copies of this process
    began = time.perf_counter()
    end = plain.run(folder, partial(count_calls, counted)).ended()
    if end.code != FINISHED:
        raise RuntimeError(end.told)
    seconds = time.perf_counter() - began
    pages_of(rebuild(folder))  # so are the audits
    compare_releases(CompareRequest(folder, folder, datetime.now(UTC)))
    return Undisturbed(scratch, recipe, folder, seconds, *json.loads(counted.read_text()))


def count_calls(place: Path) -> None:
    """Write down, in the end, how many steps of progress and renames there were."""
    n = Counter[str]()
    at_call("advance", lambda: n.update(["advance"]))
    at_call("rename", lambda: n.update(["rename"]))
    leave = os._exit

    def leaving(code: int) -> None:
        place.write_text(json.dumps([n["advance"], n["rename"]]))
        leave(code)

    os._exit = leaving  # type: ignore[assignment]


def at_call(what: str, before: Callable[[], object], after: Callable[[], object] = lambda: None) -> None:
    """Do something at each step of progress, or before and after each rename."""
    places: list[tuple[Any, str]] = [(Silent, "advance")] if what == "advance" else [(os, "rename"), (os, "replace")]

    def around(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: object, **named: object) -> object:
            before()
            result = call(*given, **named)
            after()
            return result

        return called

    for holder, name in places:
        setattr(holder, name, around(getattr(holder, name)))


def killed_at(what: str, n: int, *, after: bool = False) -> None:
    """Kill this process at the n-th call."""
    left = [n]

    def kill() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    at_call(what, *((lambda: None, kill) if after else (kill, lambda: None)))


# damage


def files_of(run: Path) -> dict[str, list[Path]]:
    """Return the files of a run by kind, each relative to its folder."""
    files = files_in(run)
    by_kind = {kind: [file for file in files if re.fullmatch(form, file.as_posix())] for kind, form in KINDS.items()}
    missing = [kind for kind, files in by_kind.items() if not files]
    if missing:
        raise RuntimeError(f"The run has no {', '.join(missing)}.")
    return by_kind


def flip(file: Path, rng: np.random.Generator) -> str:
    """Change one byte of a file, and return what was done."""
    content = bytearray(file.read_bytes())
    place, mask = int(rng.integers(len(content))), int(rng.integers(1, 256))
    content[place] ^= mask
    file.write_bytes(content)
    return f"byte {place} of {len(content)} xor {mask}"


def damage(plain: Undisturbed, n: int, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of flipped bytes, the kinds of files in turn."""
    by_kind = files_of(plain.folder)
    kinds = list(by_kind)
    for draw in range(n):
        kind = kinds[draw % len(kinds)]
        file, folder = by_kind[kind][int(rng.integers(len(by_kind[kind])))], plain.scratch / f"damaged-{draw}"
        shutil.copytree(plain.folder, folder)
        what = flip(folder / file, rng)
        yield {"kind": kind, "file": str(file), "what": what, **outcome(plain, folder, file)}
        shutil.rmtree(folder)


def swaps(plain: Undisturbed, n: int) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of the teacher's kept answers in the place of another member's, at most n for each kind."""
    listed = json.loads((plain.folder / "predictions" / "members.json").read_bytes())
    for kept in listed["sets"]:
        teacher, *others = kept["members"]
        for member in others[:n]:
            folder, file = plain.scratch / "swapped", Path("predictions", member["file"])
            shutil.copytree(plain.folder, folder)
            shutil.copy(folder / "predictions" / teacher["file"], folder / file)
            found = outcome(plain, folder, file)
            readers = ("compare", "rebuild") if kept["kind"] == "scores" else ("rebuild",)  # speeds are not compared
            accepted = [f"{command} accepts it" for command in readers if found[command] != "named"]
            yield {"kind": "answers of the teacher", "file": str(file), **found, "wrong": found["wrong"] + accepted}
            shutil.rmtree(folder)


def unfinished(plain: Undisturbed, n: int, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of flipped bytes in what a killed run was making, such as a checkpoint."""
    for draw in range(n):
        folder = plain.scratch / f"unfinished-{draw}"
        what, files = "", list[Path]()
        while not files:
            shutil.rmtree(folder, ignore_errors=True)
            what, _ = killed(plain, folder, "advance", rng)
            files = [path for path in files_in(folder) if re.fullmatch(UNFINISHED, path.as_posix())]
        file = files[int(rng.integers(len(files)))]
        what = f"{what}: {flip(folder / file, rng)}"
        yield {"kind": file.name, "file": str(file), "what": what, **outcome(plain, folder, file, ())}
        shutil.rmtree(folder)


def files_in(folder: Path) -> list[Path]:
    """Return all files in a folder that are not empty, relative to it."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    return sorted(path.relative_to(folder) for path in files)


def outcome(
    plain: Undisturbed, folder: Path, file: Path, commands: Sequence[str] = ("compare", "rebuild")
) -> dict[str, Any]:
    """Return what every command makes of a damaged folder, and what of that is wrong."""
    read = {command: reading(plain, command, folder, file) for command in commands}
    end = plain.run(folder).ended()
    named = is_named(folder / file, end)
    if end.code == REFUSED and named:
        told = "refused"
    elif end.code == FINISHED and statement_in(folder) == plain.statement:
        told = "named" if named else "harmless"
    else:
        told = "wrong"
    wrong = [command for command, how in {**read, "run": told}.items() if how == "wrong"]
    return {**read, "run": told, "wrong": [f"{command}: {end.told[-1500:]}" for command in wrong]}


def reading(plain: Undisturbed, command: str, folder: Path, file: Path) -> str:
    """Return whether a command that reads a damaged folder names the damage, or says the same as of the whole one."""
    end = read_by(command, folder, plain)
    if end.code == REFUSED and is_named(folder / file, end):
        return "named"
    return "harmless" if spoken(end, folder) == said_of_the_whole(command, plain) else "wrong"


@cache
def said_of_the_whole(command: str, plain: Undisturbed) -> tuple[int, str]:
    """Return what a command says of the folder that nothing damaged.

    Raises:
        RuntimeError: if it does not end well.
    """
    end = read_by(command, plain.folder, plain)
    if end.code != FINISHED:
        raise RuntimeError(end.told)
    return spoken(end, plain.folder)


def read_by(command: str, folder: Path, plain: Undisturbed) -> Ended:
    """Read a folder with a command."""
    gated = ["compare", str(plain.folder), str(folder), "--margin", "accuracy=0.5", "--json"]
    words = {"compare": gated, "rebuild": ["rebuild", str(folder)]}
    return Process(words[command], plain.scratch).ended()


def spoken(end: Ended, folder: Path) -> tuple[int, str]:
    """Return an exit code and what was said, without the folder and the time."""
    return end.code, re.sub(r'"created": "[^"]*"', "", end.told.replace(str(folder), "FOLDER"))


def is_named(file: Path, end: Ended) -> bool:
    """Whether a file was named, with its folder, as damaged and not as written; and nothing broke."""
    told = end.told.replace(f"The statement: {file}", "")
    return file.name in told and str(file.parent) in told and "Traceback" not in told


# kills


def kills(plain: Undisturbed, n: int, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of killed runs: in a new folder, and while a finished one is written anew."""
    for draw in range(n):
        folder, how = plain.scratch / f"killed-{draw}", ("delay", "advance", "rename", "again")[draw % 4]
        if how == "again":
            shutil.copytree(plain.folder, folder)
        what, end = killed(plain, folder, how, rng)
        left = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
        again = plain.run(folder).ended()
        wrong = [] if statement_in(folder) == plain.statement else ["another statement"]
        wrong += [] if again.code == FINISHED else [again.told[-1500:]]
        wrong += [f"left behind: {name}" for name in left_behind(plain, folder)]
        yield {"kind": how, "what": what, "ended": end.code, "files": len(left), "wrong": wrong}
        shutil.rmtree(folder)


def killed(plain: Undisturbed, folder: Path, how: str, rng: np.random.Generator) -> tuple[str, Ended]:
    """Kill a run, and return where."""
    if how == "delay":
        seconds = float(rng.uniform(0, 0.8 * plain.seconds))  # a run that ends before is none that was killed
        process = plain.run(folder)
        time.sleep(seconds)
        process.kill()
        return f"after {seconds:.2f} s", process.ended()
    if how == "advance":
        n = int(rng.integers(1, plain.n_steps + 1))
        return f"step {n} of {plain.n_steps}", plain.run(folder, partial(killed_at, "advance", n)).ended()
    n, after = int(rng.integers(1, plain.n_renames + 1 if how == "rename" else 9)), bool(rng.integers(2))
    process = plain.run(folder, partial(killed_at, "rename", n, after=after))
    return f"{'after' if after else 'before'} rename {n}", process.ended()


def left_behind(plain: Undisturbed, folder: Path) -> list[str]:
    """Return the files and folders that an undisturbed run does not have; shards may be cut elsewhere."""
    there, usual = ({path.relative_to(run).as_posix() for path in run.rglob("*")} for run in (folder, plain.folder))
    return sorted(name for name in there - usual if not re.fullmatch(KINDS["shard of answers"], name))


# together


def together(plain: Undisturbed, n: int, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of processes that begin in one folder within a second, half of them in a finished one."""
    for draw in range(n):
        folder, n_processes = plain.scratch / f"shared-{draw}", 2 + draw % 2
        if draw % 4 > 1:
            shutil.copytree(plain.folder, folder)
        processes = []
        for pause in [0.0, *rng.choice([0.0, 0.01, 0.2], size=n_processes - 1)]:
            time.sleep(pause)
            processes.append(plain.run(folder))
        ends = [process.ended() for process in processes]
        winners = [end.pid for end in ends if end.code == FINISHED]
        wrong = [] if winners else ["none finished"]
        wrong += [] if statement_in(folder) == plain.statement else ["another statement"]
        wrong += [f"left behind: {name}" for name in left_behind(plain, folder)]
        for end in ends:
            who = [f"process {pid} on {platform.node()} since" for pid in winners]
            if end.code != FINISHED and not (end.code == REFUSED and any(each in end.told for each in who)):
                wrong.append(f"exit code {end.code}: {end.told[-1500:]}")
        yield {"kind": f"{n_processes} processes", "finished": len(winners), "wrong": wrong}
        shutil.rmtree(folder)


# report


def report(outcomes: Sequence[dict[str, Any]], *keys: str) -> dict[str, Any]:
    """Return how often each outcome was seen, by kind, and all that was wrong."""
    counts: dict[str, Counter[str]] = {}
    for each in outcomes:
        seen = counts.setdefault(each["kind"], Counter())
        seen.update(f"{key}: {each[key]}" for key in keys)
    return {
        "draws": len(outcomes),
        "wrong": sum(bool(each["wrong"]) for each in outcomes),
        "outcomes": {kind: dict(sorted(seen.items())) for kind, seen in counts.items()},
        "mistakes": [each for each in outcomes if each["wrong"]],
    }


def main() -> None:
    """Damage, kill and share, print what came of it and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--damage", type=int, default=200, metavar="N", help="Flipped bytes.")
    parser.add_argument("--swaps", type=int, default=10, metavar="N", help="Members given their teacher's answers.")
    parser.add_argument("--unfinished", type=int, default=25, metavar="N", help="Flipped bytes after a kill.")
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="Killed runs.")
    parser.add_argument("--together", type=int, default=30, metavar="N", help="Rounds of two or three processes.")
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="Of the students over words.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="Keep the result here too.")
    given = parser.parse_args()
    torch.set_num_threads(1)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # as is wise where processes are copied
    same_speeds()
    with tempfile.TemporaryDirectory() as scratch:
        plain = undisturbed(Path(scratch), given.seeds)
        damages, halves, killings, rounds = (np.random.default_rng([given.seed, part]) for part in range(4))
        result = {
            "seed": given.seed,
            "seconds_undisturbed": round(plain.seconds, 1),
            "damage": report(list(damage(plain, given.damage, damages)), "compare", "rebuild", "run"),
            "swaps": report(list(swaps(plain, given.swaps)), "compare", "rebuild", "run"),
            "unfinished": report(list(unfinished(plain, given.unfinished, halves)), "run"),
            "kills": report(list(kills(plain, given.kills, killings)), "ended"),
            "together": report(list(together(plain, given.together, rounds)), "finished"),
        }
    text = json.dumps(result, indent=1)
    print(text)
    if given.out:
        given.out.write_text(f"{text}\n")
    sys.exit(any(part["wrong"] for part in result.values() if isinstance(part, dict)))


if __name__ == "__main__":
    main()
