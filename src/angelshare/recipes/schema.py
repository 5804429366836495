"""The keys of a recipe. Reading one loads no network library."""

from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, model_serializer, model_validator

from angelshare.audits.frame.registry import DEFAULT_AUDITS, Choice, refuse_repeated
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.strict import Strict
from angelshare.core.student_spec import NAME
from angelshare.data.slices.specs import SliceSpec
from angelshare.data.suites.gathering import SuiteChoice
from angelshare.distillation.spec import DistilSpec
from angelshare.recipes.entries import DataSpec, Mitigation, Seeds, StudentEntry, TeacherSpec, TfidfEntry
from angelshare.statement.gate_rules import parse_gate
from angelshare.statement.gates import Gate, GateContrast, distinct
from angelshare.statement.margins import check_margin, judged_metric
from angelshare.transfer.spec import TransferSpec

T = TypeVar("T")


def _known_metric(name: str) -> str:
    """Refuse a metric that no audit measures."""
    _accepted(judged_metric, name)
    return name


def _accepted(function: Callable[..., T], *given: object) -> T:
    """Return what a function returns; what it refuses is a mistake in the recipe."""
    try:
        return function(*given)
    except InputError as error:
        raise ValueError(str(error)) from error


def _fitting(margins: dict[str, float]) -> dict[str, float]:
    """Refuse margins that their metrics cannot have."""
    for metric, margin in margins.items():
        _accepted(check_margin, metric, margin)
    return margins


MetricName = Annotated[str, AfterValidator(_known_metric)]
Margin = Annotated[float, Field(ge=0, le=1e30, allow_inf_nan=False)]


class GateSpec(Strict):
    """The most that a student may lose of a metric; `auc[slice=women] >= -0.01` is a short form.

    Attributes:
        metric: the name of the metric.
        margin: the most that a student may lose of it.
        slice: the slice of the items; None for all items.
        output: the label, for metrics of one label; None for every label.
        student: the student; None for every student.
        data: the text set; None for every set.
        contrast: what is compared, by default the student with its teacher.
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
        """Read the short form."""
        if not isinstance(given, str):
            return given
        gate = _accepted(parse_gate, given, "recipe")
        return {name: getattr(gate, name) for name in cls.model_fields}

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        """Refuse a rule that every student keeps, such as a margin of 1 for accuracy."""
        _accepted(self.gate)
        return self

    def gate(self) -> Gate:
        """Return the gate that it describes."""
        return Gate(**self.model_dump(), source="recipe")


class AuditEntry(Strict):
    """An audit: its name, or `{kind: NAME, ...}` with its options, which the sections below list.

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
        """Refuse an unknown audit or option."""
        _accepted(self.choice.load)
        return self

    @model_serializer
    def _as_written(self) -> object:
        """Return the name alone if there are no options."""
        options = self.choice.options
        return {"kind": self.kind, **options} if options else self.kind

    @property
    def choice(self) -> Choice:
        """Return the audit with its options."""
        return Choice(self.kind, dict(self.model_extra or {}))


def _once(audits: tuple[AuditEntry, ...]) -> tuple[AuditEntry, ...]:
    """Refuse an audit that is chosen twice."""
    _accepted(refuse_repeated, [entry.choice for entry in audits])
    return audits


class Recipe(Strict):
    """From data to statement.

    Attributes:
        version: of the format.
        name: of the statement, and of the run folder.
        seeds: those of students and baselines, which are trained once with each.
        data: the labelled set that the models learn from and are measured on.
        teacher: the big model.
        transfer: texts that the teacher labels for its students.
        students: the small models.
        distil: how students are trained.
        gates: what must hold; each may also be a rule such as "accuracy >= -0.01".
        mitigation: neutral sentences about identities in the training data; null for none.
        suites: further test sets for all models.
        audits: names, or `{kind: NAME, ...}` with the audit's options.
        slices: of the test set, in addition to those in the data.
        margins: by metric, for rows that no gate names.
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
    audits: Annotated[tuple[AuditEntry, ...], Field(min_length=1), AfterValidator(_once)] = tuple(
        AuditEntry(kind=choice.kind) for choice in DEFAULT_AUDITS
    )
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
        """Refuse gates on unknown students, and gates that contradict each other."""
        students = tuple(student.name for student in self.students if not isinstance(student, TfidfEntry))
        for gate in self.gates:
            if gate.student not in (None, *students):
                raise ValueError(unknown_name("student", str(gate.student), students))
        _accepted(distinct, [gate.gate() for gate in self.gates])
        return self

    @model_validator(mode="after")
    def _mitigation_has_a_learner(self) -> Self:
        """Refuse sentences for the training of a teacher that is not trained."""
        if self.mitigation is not None and "students" not in self.mitigation.trains and self.teacher.fine_tune is None:
            raise ValueError("mitigation is for the teacher alone, which is not trained. Give fine_tune, or drop it.")
        return self

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        """Refuse two students of one name, which would overwrite each other, and one that is named teacher."""
        names = [student.name.lower() for student in self.students]  # some file systems ignore case
        if "teacher" in names:
            raise ValueError("A student has the name of the teacher. Give it another.")
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"The student names must differ; {', '.join(repeated)} appears more than once.")
        return self
