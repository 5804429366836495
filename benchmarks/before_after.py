"""Processor time and memory of four long commands, by the code of an earlier commit and by today's, in turns.

Files: an audit of two files of 100,000 items with six slices. Identities: the audit of 24 identities in two files of
300,000 items. Scoring: two fine-tuned MiniLMs read 1,500 texts. MLP: a student is distilled on cached logits. Items,
texts and models are made here, once, and every command starts with nothing cached.

    python benchmarks/before_after.py --out docs/results/benchmarks/before_after.json
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import yaml

from angelshare.data.texts.loading import load_splits

BEFORE = "8c2958f"
"""The last commit before items were told apart from answers."""
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure, print and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", default=BEFORE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="Keep the result here too.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        old = scratch / "before"
        subprocess.run(["git", "worktree", "add", "--detach", str(old), given.before], cwd=ROOT, check=True)
        try:
            sources = {"before": old / "src", "now": ROOT / "src"}
            commands = prepared(scratch)
            measured = {}
            for name, command in commands.items():
                measured[name] = in_turns(command, sources, scratch, given.rounds)
                print(name, json.dumps(measured[name]), file=sys.stderr, flush=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True)
    text = json.dumps({"before": given.before, "rounds": given.rounds, "commands": measured}, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(f"{text}\n")


def prepared(scratch: Path) -> dict[str, list[str]]:
    """Return the commands, after making what they read."""
    teacher, student = models(scratch)
    texts(scratch / "texts.csv", 1_500)
    files(scratch, "files", n_items=100_000, n_slices=6)
    files(scratch, "identities", n_items=300_000, n_slices=24)
    recipe = {
        "version": 1,
        "name": "mlp",
        "seeds": [0],
        "data": {"source": "demo"},
        "teacher": {"model": str(teacher)},
        "transfer": {"sources": ["train"], "augment": [{"kind": "mask_and_sample", "copies": 1}]},
        "students": [{"name": "mlp", "kind": "mlp", "vocabulary": 1000, "baseline": False}],
        "distil": {"epochs": 4, "batch_size": 128, "learning_rate": 1e-3},
        "audits": ["quality"],
    }
    (scratch / "mlp.yaml").write_text(yaml.safe_dump(recipe))
    both = [
        "--teacher",
        str(teacher),
        "--student",
        str(student),
        "--data",
        str(scratch / "texts.csv"),
        "--task",
        "binary",
    ]
    return {
        "files": ["audit", *_two(scratch, "files")],
        "identities": ["audit", *_two(scratch, "identities"), "--audit", "identity_auc"],
        "scoring": ["audit", *both, "--audit", "quality"],
        "mlp": ["run", str(scratch / "mlp.yaml")],
    }


def _two(scratch: Path, name: str) -> list[str]:
    """Return the two files of a command as its arguments."""
    files = {side: str(scratch / f"{name}-{side}.parquet") for side in ("teacher", "student")}
    return ["--teacher", files["teacher"], "--student", files["student"], "--task", "binary"]


def models(scratch: Path) -> tuple[Path, Path]:
    """Return the folders of two MiniLMs, fine-tuned a little on the demo's texts by today's code."""
    fine_tune = {"epochs": 0.2, "learning_rate": 1e-4, "batch_size": 32, "max_length": 48}
    made = []
    for seed in (0, 1):
        recipe = {
            "version": 1,
            "name": "teacher",
            "data": {"source": "demo"},
            "teacher": {"model": "minilm", "fine_tune": {**fine_tune, "seed": seed}},
            "students": [{"name": "tfidf", "kind": "tfidf"}],
            "audits": ["quality"],
        }
        file, out = scratch / f"teacher-{seed}.yaml", scratch / f"model-{seed}"
        file.write_text(yaml.safe_dump(recipe))
        run(ROOT / "src", ["run", str(file), "--out", str(out)])
        made.append(out / "teacher")
    return made[0], made[1]


def texts(file: Path, n: int) -> None:
    """Write labelled texts, all different, of the demo's words."""
    train = load_splits("demo").role("train")
    assert train.truth is not None
    names = np.array(train.labels)[train.truth]
    rows = [{"text": f"{train.batch.texts[i % len(train)]} {i}", "label": str(names[i % len(train)])} for i in range(n)]
    pd.DataFrame(rows).to_csv(file, index=False)


def files(scratch: Path, name: str, *, n_items: int, n_slices: int) -> None:
    """Write two files of predictions on the same items."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, n_items)
    slices = {f"slice:mentions_{k}": (rng.random(n_items) < 0.02 + 0.003 * k).astype(np.int8) for k in range(n_slices)}
    for side, noise in (("teacher", 1.0), ("student", 1.3)):
        logits = (2.0 * (truth - 0.5) + rng.normal(0, noise, n_items)).astype(np.float32)
        columns = {
            "id": [f"i{i:07d}" for i in range(n_items)],
            "logit:no": np.zeros(n_items, np.float32),
            "logit:yes": logits,
            "truth": np.where(truth == 1, "yes", "no"),
            **slices,
        }
        pd.DataFrame(columns).to_parquet(scratch / f"{name}-{side}.parquet")


def in_turns(
    command: Sequence[str], sources: Mapping[str, Path], scratch: Path, rounds: int
) -> dict[str, dict[str, float] | float]:
    """Return the medians of both codes, and the median of the ratios round by round; a first round is not counted."""
    seconds: dict[str, list[float]] = {code: [] for code in sources}
    megabytes: dict[str, list[float]] = {code: [] for code in sources}
    for number in range(rounds + 1):
        for code, source in sources.items():
            out = scratch / "out"
            used = run(source, [*command, "--out", str(out)])
            shutil.rmtree(out)
            if number:
                seconds[code].append(used[0])
                megabytes[code].append(used[1])
    ratios = [now / before for now, before in zip(seconds["now"], seconds["before"], strict=True)]
    return {
        "processor_seconds": {code: round(median(values), 2) for code, values in seconds.items()},
        "peak_megabytes": {code: round(median(values)) for code, values in megabytes.items()},
        "ratio_of_seconds": round(median(ratios), 3),
    }


def run(source: Path, arguments: Sequence[str]) -> tuple[float, float]:
    """Return processor seconds and peak megabytes of one command, by the code below `source`."""
    environment = {**os.environ, "PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "angelshare", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):  # 4: a gate did not hold
        raise SystemExit(told.decode())
    return used.ru_utime + used.ru_stime, used.ru_maxrss / (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
