"""Options that several commands share, and the parsing of their values."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from angelshare.core.atomic import folder_of
from angelshare.core.errors import InputError

if TYPE_CHECKING:  # showing help needs none of these
    from angelshare.recipes.observe.sides import Side
    from angelshare.statement.gates import Gate


Teacher = Annotated[
    list[str],
    typer.Option("--teacher", metavar="PATH", help="A model folder or hub id; several are seeds."),
]
Students = Annotated[
    list[str],
    typer.Option("--student", metavar="[NAME=]PATH", help="The same for a student; several of one name are seeds."),
]
Baselines = Annotated[
    list[str] | None,
    typer.Option("--baseline", metavar="[NAME=]PATH", help="The same student, trained on human labels only."),
]
LabelNames = Annotated[
    str | None,
    typer.Option("--labels", metavar="LABEL,LABEL", help="The labels of the models' outputs, in order."),
]
Margins = Annotated[
    list[str] | None,
    typer.Option(
        "--margin",
        metavar="METRIC=VALUE",
        help="A gate: no student may lose more than VALUE of METRIC, as in accuracy=0.01.",
    ),
]
GateRules = Annotated[
    list[str] | None,
    typer.Option(
        "--gate",
        metavar="RULE",
        help='A narrower gate, as in "auc[slice=women] >= -0.01"; it can name slice, output, student, data, contrast.',
    ),
]
Slices = Annotated[
    list[str] | None,
    typer.Option(
        "--slice",
        metavar="KIND[:NAME]=WHAT",
        help="A slice to measure: column=COLUMN, column:COLUMN=EDGE,EDGE, words:NAME=FILE, words:NAME=WORD,WORD, "
        "length=EDGE,EDGE, length:quantiles=NUMBER, cross=SLICE*SLICE.",
    ),
]
Identities = Annotated[
    list[str] | None,
    typer.Option(
        "--identities",
        metavar="PATTERN",
        help="Slices that are identities for identity_auc; by default mentions_* and identity*.",
    ),
]
MaxLength = Annotated[
    int | None,
    typer.Option(
        "--max-length", metavar="TOKENS", min=2, help="The length to which texts are cut; by default the model's."
    ),
]
TrustRemoteCode = Annotated[bool, typer.Option("--trust-remote-code", help="Run code that comes with models.")]
AllowPickle = Annotated[bool, typer.Option("--allow-pickle", help="Load pickled weights, which may run code.")]
Redact = Annotated[bool, typer.Option("--redact-texts", help="Leave users' texts out of the statement.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace a statement of another origin instead of keeping it beside.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="NUMBER",
        min=1,
        help="Students trained side by side; by default one per processor, at most 4.",
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out", metavar="PATH", parser=folder_of, help="Folder for the statement and all intermediate results."
    ),
]


def gates_of(margins: list[str] | None, rules: list[str] | None) -> tuple["Gate", ...]:
    """Return the gates of the command line.

    Raises:
        InputError: if one is none, or two contradict each other.
    """
    from angelshare.statement.gate_rules import parse_gate, parse_margin
    from angelshare.statement.gates import distinct

    return distinct([*map(parse_margin, margins or []), *map(parse_gate, rules or [])])


def sides_of(teacher: list[str], student: list[str], baseline: list[str]) -> tuple["Side", ...]:
    """Return the sides of the comparison.

    Raises:
        InputError: if a name or a path is blank.
    """
    from angelshare.recipes.observe.sides import parse_side

    return (
        *(parse_side("teacher", given) for given in teacher),
        *(parse_side("student", given) for given in student),
        *(parse_side("baseline", given) for given in baseline),
    )


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


def labels_of(given: str | None) -> tuple[str, ...] | None:
    """Return `A,B,...` as labels, in order."""
    return None if given is None else tuple(given.split(","))
