"""What a recipe may say. Reading it loads no network library."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from angelshare.core.strict import Strict
from angelshare.core.student_spec import BilstmSpec, CnnSpec, MlpSpec, TfidfSpec, TransformerSpec
from angelshare.core.task import Task
from angelshare.distil.spec import DistilSpec, FineTuneSpec, TrainingOverrides
from angelshare.transfer.spec import TransferSpec

Seeds = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]


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

    metric: str
    margin: Annotated[float, Field(ge=0)]


class Recipe(Strict):
    """From data to statement.

    Attributes:
        name: of the statement.
        seeds: every student and baseline is trained once with each.
        margins: per metric, for rows that no gate names.
    """

    version: Literal[1]
    name: str
    seeds: Seeds = (0,)
    data: DataSpec
    teacher: TeacherSpec
    transfer: TransferSpec = TransferSpec()
    students: Annotated[tuple[StudentEntry, ...], Field(min_length=1)]
    distil: DistilSpec = DistilSpec()
    audits: tuple[str, ...] = ("quality", "agreement")
    gates: tuple[GateSpec, ...] = ()
    margins: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        """Two students of one name would overwrite each other; two equal seeds are one."""
        names = [student.name for student in self.students]
        for values, what in ((names, "student names"), ([str(seed) for seed in self.seeds], "seeds")):
            repeated = sorted({value for value in values if values.count(value) > 1})
            if repeated:
                raise ValueError(f"The {what} must differ; {', '.join(repeated)} appears more than once.")
        return self
