"""Cells computed side by side, block by block, each kept as soon as it is done."""

import ast
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from angelshare.core.atomic import write_text
from calibration import counts, nulls, power, rankings, shares, values
from calibration.worlds import Block, Cell, World, coverage

STUDIES: dict[str, Callable[..., World]] = {
    "one_pair": shares.one_pair,
    "recipe": shares.recipe,
    "clustered": shares.clustered,
    "weighted": shares.weighted,
    "excess": shares.excess,
    "ranking": rankings.ranking,
    "counted": counts.counted,
    "mean": values.mean,
    "correlation": values.correlation,
}
OTHERS: dict[str, Callable[..., dict[str, Any]]] = {"null_pairs": nulls.null_pairs, "power": power.power}


def run(cells: Sequence[Cell], folder: Path, *, n_blocks: int, jobs: int) -> list[dict[str, Any]]:
    """Return the cells with their results, in order; blocks that lie in the folder are not computed again.

    Args:
        cells: the grid.
        folder: where results are kept, by settings and source.
        n_blocks: of every cell; the first of all cells come before the second of any.
        jobs: processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    blocks = [Block(cell, number) for number in range(n_blocks) for cell in cells]
    files = {block.settings: folder / f"{block_key(block)}.json" for block in blocks}
    missing = [block for block in blocks if not files[block.settings].exists()]
    say(f"{len(blocks)} blocks of {len(cells)} cells, {len(missing)} of them to compute")
    started = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        waiting = {pool.submit(compute, block): block for block in missing}
        for n_done, future in enumerate(as_completed(waiting), 1):
            block = waiting[future]
            file = files[block.settings]
            write_text(file, json.dumps(future.result()))
            took = time.monotonic() - started
            say(f"{n_done}/{len(missing)} after {took:.0f} s: {block.cell.study}, {block.cell.name}, {block.number}")
    return [_merged(cell, [files[Block(cell, number).settings] for number in range(n_blocks)]) for cell in cells]


def compute(block: Block) -> dict[str, Any]:
    """Return the results of one block; chance depends on its settings alone."""
    cell, rng = block.cell, np.random.default_rng(list(hashlib.sha256(block.settings.encode()).digest()[:16]))
    if cell.study in OTHERS:
        return OTHERS[cell.study](**cell.settings, n_repetitions=cell.n_repetitions, rng=rng)
    world = STUDIES[cell.study](**cell.settings)
    return {"truth": world.truth, **coverage(world, cell.n_repetitions, rng)}


def _merged(cell: Cell, files: Sequence[Path]) -> dict[str, Any]:
    """Return a cell's settings and its results over all blocks: counts are added up."""
    blocks = [json.loads(file.read_text(encoding="ascii")) for file in files]
    merged: dict[str, Any] = {"study": cell.study, "settings": dict(cell.settings)}
    for key, first in blocks[0].items():
        values = [block[key] for block in blocks]
        if key in ("truth", "mde"):
            merged[key] = sum(values) / len(values)
        elif isinstance(first, dict):
            merged[key] = dict(sum((Counter(value) for value in values), Counter()))
        else:
            merged[key] = sum(values)
    return merged


def block_key(block: Block) -> str:
    """Return a digest of the settings and of the source that the result depends on."""
    return hashlib.sha256((block.settings + _source(block.cell.study)).encode()).hexdigest()[:32]


@cache
def _source(study: str) -> str:
    """Return a digest of all modules, of the package and of this one, that a study imports, or that those import."""
    waiting, known = [{**STUDIES, **OTHERS}[study].__module__], dict[str, bytes]()
    while waiting:
        module = waiting.pop()
        if module not in known:
            known[module] = _file(module).read_bytes()
            waiting += _imports(known[module])
    return hashlib.sha256(b"".join(name.encode() + known[name] for name in sorted(known))).hexdigest()


def _file(module: str) -> Path:
    """Return the file of a module."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


def _imports(source: bytes) -> list[str]:
    """Return the modules that a source imports from the package and from this one."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module]
    named = [
        f"{node.module}.{alias.name}" if node.module == "calibration" else node.module
        for node in nodes
        for alias in node.names
    ]
    return [name for name in dict.fromkeys(named) if name and name.split(".")[0] in ("angelshare", "calibration")]


def say(sentence: str) -> None:
    """Tell how far it is."""
    print(sentence, file=sys.stderr, flush=True)
