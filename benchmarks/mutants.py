"""How many mutants the tests killed, by module, and which survived: `make mutants`.

Reads the folder that mutmut leaves, and prints the table of `docs/results/mutants.md`.
"""

import json
from collections import Counter
from pathlib import Path

FOLDER = Path("mutants/src/angelshare")
TIMED_OUT = -24, 24, 36, 152, 255
OUTCOMES = {1: "killed", 3: "killed"} | dict.fromkeys(TIMED_OUT, "timed out")


def outcomes(meta: Path) -> dict[str, str]:
    """Return the outcome of every mutant of a module; one on which the tests time out counts as detected."""
    codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return {name: OUTCOMES.get(code, "survived") for name, code in codes.items()}


def main() -> None:
    """Print a row for every module, the sum, and the names of the survivors."""
    print("| module | mutants | killed | timed out | survived | killed or timed out |\n|---|--:|--:|--:|--:|--:|")
    total: Counter[str] = Counter()
    survivors = []
    for meta in sorted(FOLDER.rglob("*.py.meta")):
        by_mutant = outcomes(meta)
        if by_mutant:
            counts = Counter(by_mutant.values())
            total += counts
            survivors += [name for name, outcome in by_mutant.items() if outcome == "survived"]
            print(row(str(meta.relative_to(FOLDER)).removesuffix(".meta"), counts))
    print(row("all", total))
    print("\nSurvivors (`mutmut show NAME` shows the change):\n")
    print("\n".join(f"- {name}" for name in survivors))


def row(name: str, counts: Counter[str]) -> str:
    """Return one line of the table."""
    n, survived = counts.total(), counts["survived"]
    return f"| {name} | {n} | {counts['killed']} | {counts['timed out']} | {survived} | {(n - survived) / n:.1%} |"


if __name__ == "__main__":
    main()
