"""What a recipe may say. Reading it loads no network library."""

from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_serializer, model_validator

from angelshare.audits.frame.registry import DEFAULT_AUDITS, Choice
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.strict import Strict
from angelshare.core.student_spec import (
    NAME,
    BilstmSpec,
    CnnSpec,
    MlpSpec,
    PretrainedSpec,
    TfidfSpec,
    TransformerSpec,
)
from angelshare.core.task import Role, Task
from angelshare.data.slices.specs import SliceSpec
from angelshare.data.suites.gathering import SuiteChoice
from angelshare.distillation.spec import DistilSpec, FineTuneSpec, TrainingOverrides
from angelshare.statement.gate_rules import parse_gate
from angelshare.statement.gates import Gate, GateContrast, distinct
from angelshare.statement.margins import check_margin, judged_metric
from angelshare.transfer.spec import NeutralSentences, TransferSpec


def _distinct(seeds: tuple[int, ...]) -> tuple[int, ...]:
    """Refuse a seed given twice: two members would be one."""
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"The seeds must differ; {list(seeds)} repeats one.")
    return seeds


def _known_metric(name: str) -> str:
    """Refuse a metric that no audit measures."""
    _held(judged_metric, name)
    return name


def _held(check: Callable[..., object], *given: object) -> None:
    """Refuse what a check refuses, as a mistake in the recipe."""
    try:
        check(*given)
    except InputError as error:
        raise ValueError(str(error)) from error


def _fitting(margins: dict[str, float]) -> dict[str, float]:
    """Refuse margins that their metrics cannot have."""
    for metric, margin in margins.items():
        _held(check_margin, metric, margin)
    return margins


Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1), AfterValidator(_distinct)]
MetricName = Annotated[str, AfterValidator(_known_metric)]
Margin = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class MoreData(Strict):
    """Another labelled set of the same task and labels.

    Attributes:
        source: a catalogue name, a hub id, a folder, or a CSV, JSONL or Parquet file.
        columns: our name to the file's, such as {text: comment}.
    """

    source: Annotated[str, Field(min_length=1)]
    columns: dict[str, str] = Field(default_factory=dict)


def _from_name(given: object) -> object:
    """Return a bare name as the set of that name."""
    return {"source": given} if isinstance(given, str) else given


class DataSpec(Strict):
    """The labelled set.

    Attributes:
        source: a catalogue name, a hub id, a folder, or a CSV, JSONL or Parquet file.
        task, labels: needed where no card declares them.
        columns: our name to the file's, such as {text: comment}.
        more: sets that are joined with it, role by role; every set is a slice, `source=NAME`.
        limits: role -> at most so many texts, drawn by content hash.
        fractional_labels: train on the column `fraction`, the share of annotators who give the positive label.
    """

    source: Annotated[str, Field(min_length=1)]
    task: Task | None = None
    labels: tuple[str, ...] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    more: tuple[Annotated[MoreData, BeforeValidator(_from_name)], ...] = ()
    limits: dict[Role, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    fractional_labels: bool = False

    def first(self) -> MoreData:
        """Return the first set, as the others are given."""
        return MoreData(source=self.source, columns=self.columns)


class TeacherSpec(Strict):
    """The big model.

    Attributes:
        model: `minilm` (the pinned package), a folder or a hub id.
        fine_tune: how it is trained on the human labels; null where it already answers the task.
    """

    model: str
    fine_tune: FineTuneSpec | None = FineTuneSpec()


class Mitigation(NeutralSentences):
    """Neutral sentences, and whose training they go into.

    Attributes:
        trains: written `in`: of the teacher, of the students (and their baselines), or both.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    trains: Annotated[tuple[Literal["teacher", "students"], ...], Field(min_length=1, alias="in")] = (
        "teacher",
        "students",
    )

    def sentences(self) -> NeutralSentences:
        """Return which sentences, whoever learns from them."""
        return NeutralSentences(sentences_per_identity=self.sentences_per_identity, seed=self.seed)


class _Entry(Strict):
    """What the recipe adds to an architecture.

    Attributes:
        seeds: instead of the recipe's.
        baseline: also train the same student on human labels only.
        distil: training settings that differ from the recipe's.
        transfer: instead of the recipe's.
        mitigation: instead of the recipe's; 0 sentences: none.
    """

    seeds: Seeds | None = None
    baseline: bool = True
    distil: TrainingOverrides = TrainingOverrides()
    transfer: TransferSpec | None = None
    mitigation: NeutralSentences | None = None


class MlpEntry(MlpSpec, _Entry):
    """An MLP over a bag of embeddings."""


class BilstmEntry(BilstmSpec, _Entry):
    """A bidirectional LSTM."""


class CnnEntry(CnnSpec, _Entry):
    """An n-gram CNN."""


class TransformerEntry(TransformerSpec, _Entry):
    """Some of the teacher's layers."""


class PretrainedEntry(PretrainedSpec, _Entry):
    """A small pretrained encoder."""


class TfidfEntry(TfidfSpec):
    """A reference that sees human labels only: it is not distilled, and one fit is all there is."""


NeuralEntry = MlpEntry | BilstmEntry | CnnEntry | TransformerEntry | PretrainedEntry
StudentEntry = Annotated[NeuralEntry | TfidfEntry, Field(discriminator="kind")]


class GateSpec(Strict):
    """A metric that no student may lose more of than the margin; `auc[slice=women] >= -0.01` is another form of it.

    Attributes:
        metric, margin: no student may lose more of the metric than this.
        slice: of the items; None: all of them.
        output: the label that a metric of one label is about; None: every one.
        student: None: every student.
        data: the text set; None: every one.
        contrast: between whom: most gates are about the student less its teacher.
    """

    metric: MetricName
    margin: Margin
    slice: str | None = None
    output: str | None = None
    student: str | None = None
    data: str | None = None
    contrast: GateContrast = "student-teacher"

    @model_validator(mode="before")
    @classmethod
    def _from_rule(cls, given: object) -> object:
        """Read the form in one line."""
        if not isinstance(given, str):
            return given
        try:
            gate = parse_gate(given, "recipe")
        except InputError as error:
            raise ValueError(str(error)) from error
        return {name: getattr(gate, name) for name in cls.model_fields}

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        """Refuse a rule that says nothing, such as a margin of 1 for accuracy."""
        try:
            self.gate()
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    def gate(self) -> Gate:
        """Return the gate."""
        return Gate(**self.model_dump(), source="recipe")


class AuditEntry(Strict):
    """An audit: its name, or `{kind: NAME, ...}` with options of its own, which the sections below list.

    Attributes:
        kind: the name.
    """

    model_config = ConfigDict(extra="allow")

    kind: str

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: object) -> object:
        """Return a bare name as an audit without options."""
        return {"kind": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        """Refuse an audit or an option that there is not."""
        try:
            self.choice.load()
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    @model_serializer
    def _as_written(self) -> object:
        """Return the name alone where there are no options."""
        options = self.choice.options
        return {"kind": self.kind, **options} if options else self.kind

    @property
    def choice(self) -> Choice:
        """Return the audit with its options."""
        return Choice(self.kind, dict(self.model_extra or {}))


class Recipe(Strict):
    """From data to statement.

    Attributes:
        version: of the format.
        name: of the statement, and of the run folder.
        seeds: every student and baseline is trained once with each.
        data: what the models learn and are measured on.
        teacher: the big model.
        transfer: texts that the teacher labels for its students.
        students: the small models.
        distil: how students are trained.
        gates: what must hold; each may also be a rule such as "accuracy >= -0.01".
        mitigation: neutral sentences about identities in the training data; null: none.
        suites: further test sets that every model is measured on.
        audits: names, or `{kind: NAME, ...}` with the audit's own options.
        slices: of the test set, beside those that come with the data.
        margins: per metric, for rows that no gate names.
    """

    version: Literal[1]
    name: Annotated[str, Field(pattern=NAME)]
    seeds: Seeds = (0,)
    data: DataSpec
    teacher: TeacherSpec
    transfer: TransferSpec = TransferSpec()
    mitigation: Mitigation | None = None
    students: Annotated[tuple[StudentEntry, ...], Field(min_length=1)]
    distil: DistilSpec = DistilSpec()
    audits: tuple[AuditEntry, ...] = tuple(AuditEntry(kind=choice.kind) for choice in DEFAULT_AUDITS)
    suites: Annotated[tuple[SuiteChoice, ...], Field(max_length=1)] = ()
    slices: tuple[SliceSpec, ...] = ()
    gates: tuple[GateSpec, ...] = ()
    margins: Annotated[dict[MetricName, Margin], AfterValidator(_fitting)] = Field(default_factory=dict)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return the audits with their options."""
        return tuple(entry.choice for entry in self.audits)

    @model_validator(mode="after")
    def _gates_can_be_held(self) -> Self:
        """Refuse gates on students that there are not, and two gates that contradict each other."""
        students = tuple(student.name for student in self.students if not isinstance(student, TfidfEntry))
        for gate in self.gates:
            if gate.student not in (None, *students):
                raise ValueError(unknown_name("student", str(gate.student), students))
        try:
            distinct(gate.gate() for gate in self.gates)
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    @model_validator(mode="after")
    def _mitigation_has_a_learner(self) -> Self:
        """Refuse sentences for the training of a teacher that is not trained."""
        if self.mitigation is not None and "students" not in self.mitigation.trains and self.teacher.fine_tune is None:
            raise ValueError("mitigation is for the teacher alone, which is not trained. Give fine_tune, or drop it.")
        return self

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        """Two students of one name would overwrite each other, and one called teacher would pass for it."""
        names = [student.name.lower() for student in self.students]  # some file systems do not tell case apart
        if "teacher" in names:
            raise ValueError("A student is called teacher, as the teacher is. Give it another name.")
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"The student names must differ; {', '.join(repeated)} appears more than once.")
        return self
