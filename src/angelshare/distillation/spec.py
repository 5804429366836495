"""Training in a recipe. Loads neither torch nor transformers."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from angelshare.core.strict import Factor, MaxLength, Seed, Strict

Need = Literal["teacher", "labels", "hidden_states", "attentions"]
"""What an objective may use besides the student's logits: the teacher's logits, human labels, and the hidden states and
attentions of both networks."""

Needs = frozenset[Need]

_TEACHER: Needs = frozenset({"teacher"})
_LABELS: Needs = frozenset({"labels"})

Temperature = Annotated[float, Field(ge=0.001, le=1000)]
Epochs = Annotated[float, Field(gt=0, le=100_000)]
BatchSize = Annotated[int, Field(ge=1, le=1_000_000)]
LearningRate = Annotated[float, Field(gt=0, le=1000)]
WeightDecay = Annotated[float, Field(ge=0, le=1000)]
Evaluations = Annotated[int, Field(ge=1, le=10_000)]


class SoftTargets(Strict):
    """T^2 KL(softmax(z_t / T) || softmax(z_s / T)), batch mean (Hinton et al. 2015).

    Attributes:
        temperature: T, by which both logits are divided.
    """

    needs: ClassVar[Needs] = _TEACHER
    kind: Literal["soft_targets"] = "soft_targets"
    temperature: Temperature = 1.0


class SoftCrossEntropy(Strict):
    """T^2 times the cross-entropy to the teacher's softened probabilities: soft targets up to a constant.

    Attributes:
        temperature: T, by which both logits are divided.
    """

    needs: ClassVar[Needs] = _TEACHER
    kind: Literal["soft_cross_entropy"]
    temperature: Temperature = 1.0


class LogitMse(Strict):
    """Mean squared error between logits (Ba & Caruana 2014)."""

    needs: ClassVar[Needs] = _TEACHER
    kind: Literal["logit_mse"]


class HardLabels(Strict):
    """Cross-entropy to the human labels; items without one do not count."""

    needs: ClassVar[Needs] = _LABELS
    kind: Literal["hard_labels"]


class HumanOrTeacher(Strict):
    """Cross-entropy to the human label of an item, or else to the teacher's probabilities; batch mean.

    Chvasta et al. (2022) train students so, on a transfer set scored by the teacher together with the human-labelled
    set. Human labels may be fractions; for regression it is the squared distance to the label or the teacher's value.
    """

    needs: ClassVar[Needs] = _TEACHER | _LABELS
    kind: Literal["human_or_teacher"]


class Weighted(Strict):
    """A weighted sum of objectives.

    Attributes:
        terms: the terms of the sum.
    """

    kind: Literal["weighted"]
    terms: Annotated[tuple["WeightedTerm", ...], Field(min_length=1)]

    @property
    def needs(self) -> Needs:
        """Return all that its terms need."""
        return frozenset().union(*(term.objective.needs for term in self.terms))


ObjectiveSpec = Annotated[
    SoftTargets | SoftCrossEntropy | LogitMse | HardLabels | HumanOrTeacher | Weighted, Field(discriminator="kind")
]


class WeightedTerm(Strict):
    """One term of a weighted sum.

    Attributes:
        weight: the factor of the objective.
        objective: the objective.
    """

    weight: Factor
    objective: ObjectiveSpec


Weighted.model_rebuild()


def _with_teacher(spec: ObjectiveSpec) -> ObjectiveSpec:
    """Refuse an objective without the teacher, since nothing would be distilled."""
    if "teacher" not in spec.needs:
        raise ValueError(
            "The objective has hard labels only, so nothing would be distilled. Add a term with the teacher's logits."
        )
    return spec


DistilObjective = Annotated[ObjectiveSpec, AfterValidator(_with_teacher)]

Precision = Literal["auto", "fp32", "bf16"]

ClassWeights = Literal["balanced"] | dict[str, Factor]
"""`balanced`, n / (number of classes times n of the class), whose mean over the items is 1; or label -> weight, 1 for
labels that are not named."""


class TrainingSpec(Strict):
    """The training of a model.

    Attributes:
        epochs: the number of passes over the training texts or the transfer set.
        batch_size: the number of texts per step.
        learning_rate: the peak learning rate of AdamW.
        weight_decay: the weight decay of AdamW; with 0 it is Adam.
        warmup: the share of steps in which the rate rises to its peak.
        schedule: the course of the rate after its peak.
        max_grad_norm: the largest norm of a gradient; longer ones are scaled down to it.
        patience: the number of evaluations without improvement on validation before training stops; None: it never
            stops early.
        evaluations_per_epoch: the number of evaluations on validation in an epoch.
        precision: `auto` is bf16 for transformers where the processor has it, and fp32 otherwise.
        class_weights: factors of losses to human labels, by class; losses to a teacher have none.
    """

    epochs: Epochs = 3
    batch_size: BatchSize = 32
    learning_rate: LearningRate = 5e-5
    weight_decay: WeightDecay = 0.0
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.0
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    max_grad_norm: Factor = 1.0
    patience: Evaluations | None = None
    evaluations_per_epoch: Evaluations = 1
    precision: Precision = "auto"
    class_weights: ClassWeights | None = None


class FineTuneSpec(TrainingSpec):
    """Fine-tuning of the teacher on human labels.

    Attributes:
        freeze_embeddings: whether word embeddings, half the weights of a small model, stay as they were pretrained.
        max_length: the maximum length of a text in tokens; longer texts are cut, here and whenever the teacher reads.
        seed: the seed of the new output layer, of dropout and of the order of texts.
    """

    freeze_embeddings: bool = False
    max_length: MaxLength = 128
    seed: Seed = 0


class DistilSpec(TrainingSpec):
    """Distillation of students; their baselines get the same steps, batches, rates and stopping rule.

    Attributes:
        objective: the loss that the student minimises.
    """

    objective: DistilObjective = SoftTargets()
    batch_size: BatchSize = 256
    learning_rate: LearningRate = 1e-3
    epochs: Epochs = 10


class TrainingOverrides(Strict):
    """Training settings of one student; those that are None are the recipe's.

    Attributes:
        objective, epochs, batch_size, learning_rate, weight_decay, warmup, schedule, max_grad_norm, patience,
            evaluations_per_epoch, precision, class_weights: the student's setting, instead of the one in `distil`.
    """

    objective: DistilObjective | None = None
    epochs: Epochs | None = None
    batch_size: BatchSize | None = None
    learning_rate: LearningRate | None = None
    weight_decay: WeightDecay | None = None
    warmup: Annotated[float, Field(ge=0, lt=1)] | None = None
    schedule: Literal["linear", "cosine", "constant"] | None = None
    max_grad_norm: Factor | None = None
    patience: Evaluations | None = None
    evaluations_per_epoch: Evaluations | None = None
    precision: Precision | None = None
    class_weights: ClassWeights | None = None

    def onto(self, spec: DistilSpec) -> DistilSpec:
        """Return the recipe's settings, replaced by these where they are given."""
        return spec.model_copy(update={k: getattr(self, k) for k in self.model_fields_set})
