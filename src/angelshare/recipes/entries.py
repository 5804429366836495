"""Data, teacher and students, as a recipe describes them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from angelshare.core.strict import NumberOfTexts, Strict
from angelshare.core.student_spec import BilstmSpec, CnnSpec, MlpSpec, PretrainedSpec, TfidfSpec, TransformerSpec
from angelshare.core.task import Role, Task
from angelshare.distillation.spec import FineTuneSpec, TrainingOverrides
from angelshare.transfer.spec import NeutralSentences, TransferSpec


def _distinct(seeds: tuple[int, ...]) -> tuple[int, ...]:
    """Refuse a seed that is given twice, since both members would be the same."""
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"The seeds must differ; {list(seeds)} repeats one.")
    return seeds


Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1), AfterValidator(_distinct)]


class MoreData(Strict):
    """Another labelled set of the same task and labels.

    Attributes:
        source: a catalogue name, a hub id, a folder, or a CSV, JSONL or Parquet file.
        columns: our name -> the file's, such as {text: comment}.
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
        task, labels: required unless the set's card declares them.
        columns: our name -> the file's, such as {text: comment}.
        more: further sets, joined with it role by role; every set is then a slice, `source=NAME`.
        limits: role -> the most texts, drawn by content hash.
        fractional_labels: whether to train on the column `fraction`, the share of annotators with the positive label.
    """

    source: Annotated[str, Field(min_length=1)]
    task: Task | None = None
    labels: tuple[str, ...] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    more: tuple[Annotated[MoreData, BeforeValidator(_from_name)], ...] = ()
    limits: dict[Role, NumberOfTexts] = Field(default_factory=dict)
    fractional_labels: bool = False

    def first(self) -> MoreData:
        """Return the first set in the form of the others."""
        return MoreData(source=self.source, columns=self.columns)


class TeacherSpec(Strict):
    """The big model.

    Attributes:
        model: `minilm` (the pinned package), a folder or a hub id.
        fine_tune: how it is trained on the human labels; null if it already fits the task.
    """

    model: str
    fine_tune: FineTuneSpec | None = FineTuneSpec()


class Mitigation(NeutralSentences):
    """Neutral sentences, and the training data that they are added to.

    Attributes:
        trains: written `in`: those of the teacher, of the students (and their baselines), or both.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    trains: Annotated[tuple[Literal["teacher", "students"], ...], Field(min_length=1, alias="in")] = (
        "teacher",
        "students",
    )

    def sentences(self) -> NeutralSentences:
        """Return the sentences, whoever learns from them."""
        return NeutralSentences(sentences_per_identity=self.sentences_per_identity, seed=self.seed)


class _Entry(Strict):
    """Keys of a student besides those of its architecture.

    Attributes:
        seeds: instead of the recipe's.
        baseline: whether the same student is also trained on human labels alone.
        distil: training settings that differ from the recipe's.
        transfer: instead of the recipe's.
        mitigation: instead of the recipe's; with 0 sentences, none.
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
    """A reference that learns from human labels only: it is not distilled, and has a single seed."""


NeuralEntry = MlpEntry | BilstmEntry | CnnEntry | TransformerEntry | PretrainedEntry
StudentEntry = Annotated[NeuralEntry | TfidfEntry, Field(discriminator="kind")]
