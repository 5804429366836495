"""What a recipe may say. Reading it loads no network library."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from angelshare.audit.suite import AUDITS
from angelshare.core.errors import InputError
from angelshare.core.registry import unknown_name
from angelshare.core.strict import Strict
from angelshare.core.student_spec import NAME, BilstmSpec, CnnSpec, MlpSpec, TfidfSpec, TransformerSpec
from angelshare.core.task import Task
from angelshare.distil.spec import DistilSpec, FineTuneSpec, TrainingOverrides
from angelshare.statement.gates import check_margin
from angelshare.statement.margins import DEFAULT_MARGINS
from angelshare.transfer.spec import TransferSpec


def _distinct(seeds: tuple[int, ...]) -> tuple[int, ...]:
    """Refuse a seed given twice: two members would be one."""
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"The seeds must differ; {list(seeds)} repeats one.")
    return seeds


def _known_audit(name: str) -> str:
    """Refuse an audit that there is not."""
    if name not in AUDITS.names():
        raise ValueError(unknown_name("audit", name, AUDITS.names()))
    return name


def _known_metric(name: str) -> str:
    """Refuse a metric that no audit measures."""
    if name not in DEFAULT_MARGINS:
        raise ValueError(unknown_name("metric", name, tuple(DEFAULT_MARGINS)))
    return name


def _check_margin(metric: str, margin: float) -> None:
    """Refuse a margin that the metric cannot have, as a mistake in the recipe."""
    try:
        check_margin(metric, margin)
    except InputError as error:
        raise ValueError(str(error)) from error


def _fitting(margins: dict[str, float]) -> dict[str, float]:
    """Refuse margins that their metrics cannot have."""
    for metric, margin in margins.items():
        _check_margin(metric, margin)
    return margins


Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1), AfterValidator(_distinct)]
AuditName = Annotated[str, AfterValidator(_known_audit)]
MetricName = Annotated[str, AfterValidator(_known_metric)]
Margin = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class DataSpec(Strict):
    """The labelled set.

    Attributes:
        source: a catalogue name, a hub id, a folder, or a CSV, JSONL or Parquet file.
        task, labels: needed where no card declares them.
        columns: our name to the file's, such as {text: comment}.
    """

    source: str
    task: Task | None = None
    labels: tuple[str, ...] | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class TeacherSpec(Strict):
    """The big model.

    Attributes:
        model: `minilm` (the pinned package), a folder or a hub id.
        fine_tune: how it is trained on the human labels; null where it already answers the task.
    """

    model: str
    fine_tune: FineTuneSpec | None = FineTuneSpec()


class _Entry(Strict):
    """What the recipe adds to an architecture.

    Attributes:
        seeds: instead of the recipe's.
        baseline: also train the same student on human labels only.
        distil: training settings that differ from the recipe's.
    """

    seeds: Seeds | None = None
    baseline: bool = True
    distil: TrainingOverrides = TrainingOverrides()


class MlpEntry(MlpSpec, _Entry):
    """An MLP over a bag of embeddings."""


class BilstmEntry(BilstmSpec, _Entry):
    """A bidirectional LSTM."""


class CnnEntry(CnnSpec, _Entry):
    """An n-gram CNN."""


class TransformerEntry(TransformerSpec, _Entry):
    """Some of the teacher's layers."""


class TfidfEntry(TfidfSpec):
    """A reference that sees human labels only: it is not distilled, and one fit is all there is."""


NeuralEntry = MlpEntry | BilstmEntry | CnnEntry | TransformerEntry
StudentEntry = Annotated[NeuralEntry | TfidfEntry, Field(discriminator="kind")]


class GateSpec(Strict):
    """A metric that no student may lose more of than the margin."""

    metric: MetricName
    margin: Margin

    @model_validator(mode="after")
    def _margin_fits(self) -> Self:
        """Refuse a margin that the metric cannot have, such as 1 for accuracy."""
        _check_margin(self.metric, self.margin)
        return self


class Recipe(Strict):
    """From data to statement.

    Attributes:
        name: of the statement.
        seeds: every student and baseline is trained once with each.
        margins: per metric, for rows that no gate names.
    """

    version: Literal[1]
    name: Annotated[str, Field(pattern=NAME)]
    seeds: Seeds = (0,)
    data: DataSpec
    teacher: TeacherSpec
    transfer: TransferSpec = TransferSpec()
    students: Annotated[tuple[StudentEntry, ...], Field(min_length=1)]
    distil: DistilSpec = DistilSpec()
    audits: tuple[AuditName, ...] = ("quality", "agreement")
    gates: tuple[GateSpec, ...] = ()
    margins: Annotated[dict[MetricName, Margin], AfterValidator(_fitting)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        """Two students of one name would overwrite each other."""
        names = [student.name.lower() for student in self.students]  # some file systems do not tell case apart
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"The student names must differ; {', '.join(repeated)} appears more than once.")
        return self
