"""Options that several commands share, and what their texts mean."""

from pathlib import Path
from typing import Annotated

import typer

from angelshare.core.errors import InputError
from angelshare.statement.gate_rules import parse_gate, parse_margin
from angelshare.statement.gates import Gate, distinct

MOST_JOBS = 4
INTERRUPTED = 130
"""The exit code after Ctrl-C."""


def folder_of(given: str) -> Path:
    """Return the folder that `--out` names.

    Raises:
        InputError: if it is blank, which would be the folder in which the command was called.
    """
    if not given.strip():
        raise InputError("--out is blank. Name a folder; the one that you are in is `--out .`.")
    return Path(given)


Margins = Annotated[
    list[str] | None,
    typer.Option("--margin", metavar="METRIC=VALUE", help="A gate: no student may lose more than VALUE of METRIC."),
]
GateRules = Annotated[
    list[str] | None,
    typer.Option("--gate", metavar="RULE", help='A gate such as "auc[slice=women] >= -0.01"; see docs/margins.md.'),
]
Slices = Annotated[
    list[str] | None,
    typer.Option(
        "--slice",
        metavar="KIND[:NAME]=WHAT",
        help="Measure a part too: column=COLUMN, column:COLUMN=EDGE,EDGE, words:NAME=FILE, words:NAME=WORD,WORD, "
        "length=EDGE,EDGE, length:quantiles=NUMBER, cross=SLICE*SLICE.",
    ),
]
Identities = Annotated[
    list[str] | None,
    typer.Option(
        "--identities",
        metavar="PATTERN",
        help="Which slices are identities for --audit identity_auc; mentions_* and identity* by default.",
    ),
]
Redact = Annotated[bool, typer.Option("--redact-texts", help="Leave users' texts out of the statement.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the statement as JSON, and nothing else.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", min=1, help="Students trained side by side; one per processor, at most 4, by default."),
]
Out = Annotated[
    Path,
    typer.Option("--out", metavar="PATH", parser=folder_of, help="Folder for the statement and all that leads to it."),
]


def gates_of(margins: list[str] | None, rules: list[str] | None) -> tuple[Gate, ...]:
    """Return the gates of the command line.

    Raises:
        InputError: if one is none, or two contradict each other.
    """
    return distinct([*map(parse_margin, margins or []), *map(parse_gate, rules or [])])


def columns_of(given: str | None) -> dict[str, str]:
    """Return `ours=theirs,...` as a mapping.

    Raises:
        InputError: if a part has another form, or a name is mapped twice.
    """
    columns = {}
    for part in (given or "").split(",") if given else ():
        ours, separator, theirs = part.partition("=")
        if not (separator and ours.strip() and theirs.strip()):
            raise InputError(f"--columns {part!r} is not OURS=THEIRS. Write it like id=case_id,truth=label_gold.")
        if ours.strip() in columns:
            raise InputError(f"--columns {given!r} maps {ours.strip()!r} more than once. Map every name once.")
        columns[ours.strip()] = theirs.strip()
    return columns
