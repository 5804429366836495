"""Seconds until `angelshare --help` has printed and `import angelshare` is done, of the installed wheel, on one core.

Builds the wheel, installs it into a fresh environment without the extra `models`, and starts each command in
interleaved rounds, beside the bare interpreter and `import typer`, which bound it from below. Prints the medians of
wall and processor (user + sys) seconds as JSON, and the slowest imports behind the help.

    python benchmarks/startup.py --out docs/results/benchmarks/startup.json
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parents[1]
MOST = 6
"""Packages listed by the time of their imports."""


def main() -> None:
    """Measure, print and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--out", type=Path, help="Keep the result here too.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        python = installed(Path(scratch))
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        commands = {
            "angelshare --help": [str(python.parent / "angelshare"), "--help"],
            "angelshare audit --help": [str(python.parent / "angelshare"), "audit", "--help"],
            "import angelshare": [str(python), "-c", "import angelshare"],
            "import typer": [str(python), "-c", "import typer"],
            "python": [str(python), "-c", "pass"],
        }
        result = {
            "rounds": given.rounds,
            "python": sys.version.split()[0],
            "seconds": seconds_of(commands, given.rounds),
            "import_milliseconds_of_help": imports(python),
        }
    text = json.dumps(result, indent=1)
    print(text)
    if given.out:
        given.out.write_text(f"{text}\n")


def installed(folder: Path) -> Path:
    """Return the interpreter of a fresh environment that holds the wheel and what it needs."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, REPOSITORY], check=True)
    venv.create(folder / "environment", with_pip=False)
    python = folder / "environment" / "bin" / "python"
    (wheel,) = folder.glob("angelshare-*.whl")
    subprocess.run([*pip, "--python", python, "install", wheel], check=True)
    return python


def seconds_of(commands: dict[str, list[str]], rounds: int) -> dict[str, dict[str, float]]:
    """Return the median seconds of every command, without the first round, which compiles and fills the file cache."""
    runs = [{name: started(command) for name, command in commands.items()} for _ in range(rounds + 1)][1:]
    return {
        name: {
            "wall": round(median(run[name][0] for run in runs), 3),
            "processor": round(median(run[name][1] for run in runs), 3),
        }
        for name in commands
    }


def started(command: list[str]) -> tuple[float, float]:
    """Return the wall and the processor seconds of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{command} ended with {status}.")
    process.returncode = 0
    return wall, used.ru_utime + used.ru_stime


def imports(python: Path) -> dict[str, float]:
    """Return the milliseconds of the imports behind the help by package, the slowest first."""
    timed = [str(python), "-X", "importtime", "-c", "import angelshare.cli.commands"]
    lines = subprocess.run(timed, capture_output=True, text=True, check=True).stderr.splitlines()
    spent: Counter[str] = Counter()
    for line in lines[1:]:
        microseconds, _, name = line.removeprefix("import time:").split("|")
        package = name.strip().partition(".")[0]
        spent["standard library" if package in sys.stdlib_module_names else package] += int(microseconds)
    return {package: round(microseconds / 1000, 1) for package, microseconds in spent.most_common(MOST)}


if __name__ == "__main__":
    main()
