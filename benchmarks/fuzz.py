"""Damaged inputs for every reader: none may end in a traceback.

    python benchmarks/fuzz.py [--inputs 10000] [--seed 0]

Valid files of every kind are changed by a seeded generator: bytes flipped, cut, doubled and inserted, values replaced
by such as no reader expects. Each is read by the functions that the command line calls, in this process, and ends as
the command line would: accepted, refused with exit code 3, or with a traceback. Every fourth file of predictions that
is accepted is audited too. The counts go to docs/results/benchmarks/fuzz.json.
"""

import argparse
import io
import json
import os
import sys
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from angelshare.api.auditing import audit
from angelshare.cli.ends import INPUT_ERROR, end_of
from angelshare.core.text import as_utf8
from angelshare.data.identities.terms import read_terms
from angelshare.data.predictions.files import read_population
from angelshare.data.predictions.observation_files import read_continuations, read_embeddings, read_likelihoods
from angelshare.data.predictions.timing_files import read_timings
from angelshare.data.slices.specs import parse_slice
from angelshare.data.texts.loading import load_splits
from angelshare.recipes.reading import BUILTIN, read_recipe
from angelshare.report.pages.html import render_html
from angelshare.report.pages.markdown import render_markdown
from angelshare.statement.build import read_statement, regate
from angelshare.statement.gates import Gate

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "docs" / "results" / "benchmarks" / "fuzz.json"
N_ITEMS = 30
AUDITED = 4
"""One in so many accepted files of predictions is audited."""

VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        "",
        " ",
        0,
        -1,
        0.5,
        1e16,
        1e29,
        1e59,
        1e308,
        -1e308,
        5e-324,
        float("nan"),
        float("inf"),
        2**63,
        10**60,
    ),
    *(
        "nan",
        "1e999",
        "7" * 60,
        "x" * 5000,
        "\x1b[2J\u202e",
        "\ud800",
        "\0",
        "id",
        "i1",
        "\ufeff",
        [],
        [[]],
        {},
        [1e308],
        ["a"],
    ),
)
TOKENS = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *(
            "\ufeff",
            "\0",
            '"',
            "\n",
            ",",
            "{",
            "[",
            "]",
            "}",
            ":",
            "- ",
            "*a",
            "&a ",
            "!!python/name:os.system ",
            "NaN",
            "null",
        ),
        *(
            "1e308",
            "-1e308",
            "1e59",
            "7" * 60,
            "\x1b[2J",
            "\u202e",
            "\ud800",
            "[" * 2000,
            "'",
            "\\u0000",
            "logit:",
            "slice:",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of file.

    Attributes:
        suffix: of the file's name.
        content: a valid one.
        read: what the command line does with one.
        altered: content with odd values at odd places, still well formed; None: only bytes are changed.
    """

    suffix: str
    content: bytes
    read: Callable[[Path], object]
    altered: Callable[[np.random.Generator], bytes] | None = None


def table() -> pd.DataFrame:
    """Return a valid file of predictions."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, N_ITEMS)
    margin = rng.normal(2 * truth - 1, 1)
    return pd.DataFrame(
        {
            "id": [f"i{i}" for i in range(N_ITEMS)],
            "logit:no": -margin,
            "logit:yes": margin,
            "truth": np.where(truth, "yes", "no"),
            "text": [f"text {i}, with a comma" for i in range(N_ITEMS)],
            "slice:even": truth,
            "weight": 1.0 + truth,
            "cluster": [f"c{i // 3}" for i in range(N_ITEMS)],
        }
    )


def lines(rows: list[Any]) -> bytes:
    """Return JSON lines; lone surrogates are escaped."""
    return "\n".join(map(json.dumps, rows)).encode()


def altered_rows(rows: list[Any], written: Callable[[list[Any]], bytes], rng: np.random.Generator) -> bytes:
    """Return rows with odd values at one to three places, at any depth."""
    changed = json.loads(json.dumps(rows))
    for _ in range(rng.integers(1, 4)):
        _alter(changed, rng)
    return written(changed)


def _alter(content: Any, rng: np.random.Generator) -> None:
    """Replace a value somewhere below, or leave it out, or add one."""
    while True:
        places = list(content) if isinstance(content, dict) else range(len(content))
        if not len(places):
            return
        place = places[rng.integers(len(places))]
        below = content[place]
        if not isinstance(below, dict | list) or not below or rng.random() < 0.1:
            break
        content = below
    match rng.integers(4):
        case 0:
            del content[place]
        case 1 if isinstance(content, dict):
            content[as_utf8(str(VALUES[rng.integers(len(VALUES))]))] = below
        case _:
            content[place] = deepcopy(VALUES[rng.integers(len(VALUES))])


def csv(rows: list[Any]) -> bytes:
    """Return rows as CSV."""
    return (
        pd.DataFrame([row for row in rows if isinstance(row, dict)], dtype=object)
        .to_csv(index=False)
        .encode("utf-8", "surrogatepass")
    )


def parquet(rows: list[Any], rng: np.random.Generator) -> bytes:
    """Return rows as Parquet with odd types and metadata; what Parquet cannot hold becomes text."""
    frame = pd.DataFrame([row for row in rows if isinstance(row, dict)], dtype=object)
    for name in frame.columns:
        match rng.integers(12):
            case 0:
                frame[name] = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(len(frame)), "s")
            case 1:
                frame[name] = pd.to_timedelta(np.arange(len(frame)), "s")
            case 2:
                frame[name] = frame[name].map(ascii).astype("category")
            case _:
                pass
    columns = {}
    for name in frame.columns:
        try:
            columns[str(name)] = pa.array(frame[name], from_pandas=bool(rng.integers(2)))
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            columns[str(name)] = pa.array([ascii(value) for value in frame[name]])
    odd = [b"\xff\x00", b"{", b'{"index_columns": 3}', b'["yes", "no"]', b"binary", b"nan", b"[" * 3000]
    keys = [b"pandas", b"angelshare.task", b"angelshare.labels", b"angelshare.threshold", b"angelshare.kind", b"\xff"]
    said = {keys[i]: odd[rng.integers(len(odd))] for i in rng.choice(len(keys), rng.integers(3), replace=False)}
    out = io.BytesIO()
    pq.write_table(pa.table(columns).replace_schema_metadata(said), out)
    return out.getvalue()


def inspect_log(samples: list[Any]) -> bytes:
    """Return an archive of inspect_ai."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for header in samples[:1]:
            archive.writestr("header.json", json.dumps(header))
        for i, sample in enumerate(samples[1:]):
            archive.writestr(f"samples/{i}_epoch_1.json", json.dumps(sample))
    return out.getvalue()


def readers(folder: Path) -> Mapping[str, Reader]:
    """Return every kind of file that the command line reads; `folder` has room for a teacher."""
    frame = table()
    rows = frame.to_dict("records")
    teacher = folder / "teacher.csv"
    frame.assign(**{"logit:yes": frame["logit:yes"] + 0.1}).to_csv(teacher, index=False)
    turn = Counter[str]()

    def predictions(path: Path, **more: Any) -> None:
        read_population([path], "student", "s", **more)
        turn["accepted"] += 1
        if turn["accepted"] % AUDITED == 0:
            against = teacher if "task" in more else path.with_name(f"teacher{path.suffix}")
            audit(str(against), str(path), **more)

    choices = [
        {
            "doc_id": i,
            "doc": {"q": f"q{i}"},
            "target": str(i % 2),
            "arguments": [[f"q{i}", " a"], [f"q{i}", " b"]],
            "resps": [[["-1.0", "False"]], [["-2.0", "True"]]],
            "filtered_resps": [["-1.0", "False"], ["-2.0", "True"]],
            "acc": float(i % 2 == 0),
        }
        for i in range(N_ITEMS)
    ]
    header = {"version": 2, "status": "success", "eval": {"dataset": {"sample_ids": [*range(N_ITEMS)]}, "config": {}}}
    samples = [
        {
            "id": i,
            "epoch": 1,
            "input": f"q{i}",
            "target": "a",
            "scores": {"match": {"value": "CI"[i % 2], "answer": "a"}},
        }
        for i in range(N_ITEMS)
    ]
    vectors = [{"id": f"i{i}", "embedding": [0.1 * i, 1.0, 2.0], "text": f"t{i}"} for i in range(N_ITEMS)]
    likely = [{"id": f"i{i}", "nats": 1.5 * i, "tokens": i + 1, "bytes": i + 2} for i in range(N_ITEMS)]
    continued = [{"id": f"i{i}", "continuations": ["on", "and on"], "text": f"t{i}"} for i in range(N_ITEMS)]
    texts = [{"id": f"i{i}", "text": f"some text {i}", "label": "ab"[i % 2], "split": "test"} for i in range(N_ITEMS)]
    timings = {
        f"{role}/0": {"texts_per_second": [9.0, 8.0], "latency_ms": [[1.0], [2.0]], "busy": [0.1, 0.2], "n_texts": 5}
        for role in ("teacher t", "student s")
    }
    terms = [{"name": name, "noun": name, "plural": f"{name}s"} for name in ("heir", "miller")]
    recipe = yaml.safe_load(BUILTIN.joinpath("demo.yaml").read_text("utf-8"))
    statement = json.loads((ROOT / "docs/results/sst2/statement.json").read_text("utf-8"))
    del statement["sha256"]
    for suffix, content in ((".jsonl", lines(choices)), (".eval", inspect_log([header, *samples]))):
        folder.joinpath(f"teacher{suffix}").write_bytes(content)

    def of(
        suffix: str, given: list[Any], written: Callable[[list[Any]], bytes], read: Callable[[Path], object]
    ) -> Reader:
        return Reader(suffix, written(given), read, partial(altered_rows, given, written))

    def one(written: Callable[[Any], str]) -> Callable[[list[Any]], bytes]:
        return lambda given: written(given[0]).encode("utf-8", "replace") if given else b""

    def typed(rng: np.random.Generator) -> bytes:
        return parquet(json.loads(altered_rows(rows, lambda given: json.dumps(given).encode(), rng)), rng)

    binary = partial(predictions, task="binary")
    plain = json.dumps
    return {
        "predictions, CSV": of(".csv", rows, csv, binary),
        "predictions, JSON lines": of(".jsonl", rows, lines, binary),
        "predictions, Parquet": Reader(".parquet", frame.to_parquet(), binary, typed),
        "log of lm-evaluation-harness": of(".jsonl", choices, lines, predictions),
        "log of inspect_ai": of(".eval", [header, *samples], inspect_log, predictions),
        "log of inspect_ai, JSON": of(
            ".json", [header | {"samples": samples}], one(plain), lambda path: read_population([path], "student", "s")
        ),
        "embeddings": of(".jsonl", vectors, lines, lambda path: read_embeddings(path, name="s/0")),
        "likelihoods": of(".csv", likely, csv, lambda path: read_likelihoods(path, name="s/0")),
        "continuations": of(".jsonl", continued, lines, lambda path: read_continuations(path, name="s/0")),
        "timings": of(".json", [timings], one(plain), read_timings),
        "texts": of(".csv", texts, csv, lambda path: load_splits(str(path), task="binary")),
        "recipe": of(
            ".yaml", [recipe], one(lambda given: str(yaml.safe_dump(given))), lambda path: read_recipe(str(path))
        ),
        "statement": of(".json", [statement], one(plain), show_statement),
        "word list": Reader(".txt", b"one\ntwo words\nthree\n", lambda path: parse_slice(f"words:mine={path}")),
        "identity terms": of(".csv", terms, csv, read_terms),
        "identity terms, YAML": of(".yaml", terms, lambda given: yaml.safe_dump(given).encode(), read_terms),
    }


def show_statement(path: Path) -> None:
    """Read a statement, judge it by other gates, and draw its pages."""
    statement = regate(read_statement(path), [Gate("accuracy", 0.01, "command line")])
    render_markdown(statement)
    render_html(statement)


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """Return bytes with one to four changes."""
    for _ in range(rng.integers(1, 5)):
        at, to = (int(place) for place in np.sort(rng.integers(0, len(content) + 1, 2)))
        match rng.integers(6):
            case 0:
                content = content[:at]
            case 1:
                content = content[:at] + content[min(to, at + 50) :]
            case 2:
                content = content[:to] + content[at:to][:200] + content[to:]
            case 3:
                content = content[:at] + bytes([rng.integers(256)]) + content[at + 1 :]
            case _:
                content = content[:at] + TOKENS[rng.integers(len(TOKENS))] + content[at:]
    return content


def fuzz(folder: Path, *, inputs: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield for every input its reader, how it ended (accepted, refused, traceback), and the last word."""
    kinds = readers(folder)
    for i in range(inputs):
        name, reader = list(kinds.items())[i % len(kinds)]
        rng = np.random.default_rng((seed, i))
        content = reader.content if reader.altered is None or rng.random() < 0.3 else reader.altered(rng)
        content = content if rng.random() < 0.6 and reader.altered else damaged(content, rng)
        path = folder / f"input{reader.suffix}"
        path.write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reader.read(path)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is counted)
            word, code = end_of(error)
            yield name, "refused" if code == INPUT_ERROR else "traceback", word
            if code != INPUT_ERROR:
                path.rename(folder / f"traceback-{i}{reader.suffix}")
        else:
            yield name, "accepted", ""


def main() -> None:
    """Count how damaged inputs end, and keep the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    with TemporaryDirectory() as folder:
        for name, end, word in fuzz(Path(folder), inputs=given.inputs, seed=given.seed):
            counts.setdefault(name, Counter())[end] += 1
            if end == "traceback":
                print(f"{name}: {word[-1500:]}\n", file=sys.stderr)
    ends = ("accepted", "refused", "traceback")
    total = {end: sum(count[end] for count in counts.values()) for end in ends}
    result = {
        "inputs": given.inputs,
        "seed": given.seed,
        **total,
        "readers": {name: {end: count[end] for end in ends} for name, count in counts.items()},
    }
    RESULT.write_text(f"{json.dumps(result, indent=1)}\n")
    print(total)


if __name__ == "__main__":
    main()
