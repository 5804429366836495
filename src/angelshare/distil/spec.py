"""What a recipe says about training. Loads neither torch nor transformers."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from angelshare.core.strict import Strict

Need = Literal["teacher", "labels", "hidden_states", "attentions"]
"""What an objective may look at beside the student's logits: the teacher's logits, human labels, and what goes on
inside of the networks (of student and teacher)."""

Needs = frozenset[Need]

_TEACHER: Needs = frozenset({"teacher"})
_LABELS: Needs = frozenset({"labels"})


class SoftTargets(Strict):
    """T^2 KL(softmax(z_t / T) || softmax(z_s / T)), batch mean (Hinton et al. 2015).

    Attributes:
        temperature: T, which softens both.
    """

    needs: ClassVar[Needs] = _TEACHER
    kind: Literal["soft_targets"] = "soft_targets"
    temperature: Annotated[float, Field(gt=0)] = 1.0


class SoftCrossEntropy(Strict):
    """T^2 times the cross-entropy to the teacher's softened probabilities: soft targets up to a constant.

    Attributes:
        temperature: T, which softens both.
    """

    needs: ClassVar[Needs] = _TEACHER
    kind: Literal["soft_cross_entropy"]
    temperature: Annotated[float, Field(gt=0)] = 1.0


class LogitMse(Strict):
    """Mean squared error between logits (Ba & Caruana 2014)."""

    needs: ClassVar[Needs] = _TEACHER
    kind: Literal["logit_mse"]


class HardLabels(Strict):
    """Cross-entropy to the human labels; items without one do not count."""

    needs: ClassVar[Needs] = _LABELS
    kind: Literal["hard_labels"]


class HumanOrTeacher(Strict):
    """Cross-entropy to the human label where an item has one, to the teacher's probabilities elsewhere; batch mean.

    What Chvasta et al. (2022) train students with: their transfer set, scored by the teacher, beside the human-labelled
    one. Human labels may be fractions; for regression it is the squared distance to the label or the teacher's value.
    """

    needs: ClassVar[Needs] = _TEACHER | _LABELS
    kind: Literal["human_or_teacher"]


class Weighted(Strict):
    """A weighted sum of objectives.

    Attributes:
        terms: of the sum.
    """

    kind: Literal["weighted"]
    terms: Annotated[tuple["WeightedTerm", ...], Field(min_length=1)]

    @property
    def needs(self) -> Needs:
        """What any of its terms needs."""
        return frozenset().union(*(term.objective.needs for term in self.terms))


ObjectiveSpec = Annotated[
    SoftTargets | SoftCrossEntropy | LogitMse | HardLabels | HumanOrTeacher | Weighted, Field(discriminator="kind")
]


class WeightedTerm(Strict):
    """One term of a weighted sum.

    Attributes:
        weight: what the objective is multiplied by.
        objective: what is summed.
    """

    weight: Annotated[float, Field(gt=0)]
    objective: ObjectiveSpec


Weighted.model_rebuild()


def _with_teacher(spec: ObjectiveSpec) -> ObjectiveSpec:
    """Refuse an objective by which nothing would be distilled."""
    if "teacher" not in spec.needs:
        raise ValueError(
            "The objective has hard labels only, so nothing would be distilled. Add a term with the teacher's logits."
        )
    return spec


DistilObjective = Annotated[ObjectiveSpec, AfterValidator(_with_teacher)]

Precision = Literal["auto", "fp32", "bf16"]

ClassWeights = Literal["balanced"] | dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]]
"""`balanced`: n / (classes times n of the class), of mean 1 over the items. Or label -> weight, 1 where not named."""


class TrainingSpec(Strict):
    """How a model is trained.

    Attributes:
        epochs: over the training texts, or over the transfer set.
        batch_size: texts per step.
        learning_rate: peak of AdamW's.
        weight_decay: AdamW's; with 0 it is Adam.
        warmup: share of the steps in which the rate rises.
        schedule: of the rate after that.
        max_grad_norm: longer gradients are shortened to this.
        patience: evaluations without improvement on the validation split before training stops; None: never.
        evaluations_per_epoch: how often the validation split is looked at.
        precision: `auto` takes bf16 for transformers where the processor has it, fp32 for the rest.
        class_weights: what the loss to a human label is multiplied by, class by class; losses to a teacher are not.
    """

    epochs: Annotated[float, Field(gt=0)] = 3
    batch_size: Annotated[int, Field(ge=1)] = 32
    learning_rate: Annotated[float, Field(gt=0)] = 5e-5
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.0
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    max_grad_norm: Annotated[float, Field(gt=0)] = 1.0
    patience: Annotated[int, Field(ge=1)] | None = None
    evaluations_per_epoch: Annotated[int, Field(ge=1)] = 1
    precision: Precision = "auto"
    class_weights: ClassWeights | None = None


class FineTuneSpec(TrainingSpec):
    """How the teacher is fine-tuned on human labels.

    Attributes:
        freeze_embeddings: leave the word embeddings, half of a small model's weights, as they were pretrained.
        max_length: in tokens; longer texts are cut, here and whenever the teacher reads.
        seed: of the new output layer, dropout and order of texts.
    """

    freeze_embeddings: bool = False
    max_length: Annotated[int, Field(ge=2)] = 128
    seed: int = 0


class DistilSpec(TrainingSpec):
    """How students are distilled. Their baselines get the same steps, batches, rates and stopping rule.

    Attributes:
        objective: what the student's outputs are drawn towards.
    """

    objective: DistilObjective = SoftTargets()
    batch_size: Annotated[int, Field(ge=1)] = 256
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    epochs: Annotated[float, Field(gt=0)] = 10


class TrainingOverrides(Strict):
    """Settings of one student that differ from the recipe's; what is None is the recipe's.

    Attributes:
        objective, epochs, batch_size, learning_rate, weight_decay, warmup, schedule, max_grad_norm, patience,
            evaluations_per_epoch, precision, class_weights: as in the recipe's `distil`.
    """

    objective: DistilObjective | None = None
    epochs: Annotated[float, Field(gt=0)] | None = None
    batch_size: Annotated[int, Field(ge=1)] | None = None
    learning_rate: Annotated[float, Field(gt=0)] | None = None
    weight_decay: Annotated[float, Field(ge=0)] | None = None
    warmup: Annotated[float, Field(ge=0, lt=1)] | None = None
    schedule: Literal["linear", "cosine", "constant"] | None = None
    max_grad_norm: Annotated[float, Field(gt=0)] | None = None
    patience: Annotated[int, Field(ge=1)] | None = None
    evaluations_per_epoch: Annotated[int, Field(ge=1)] | None = None
    precision: Precision | None = None
    class_weights: ClassWeights | None = None

    def onto(self, spec: DistilSpec) -> DistilSpec:
        """Return the recipe's settings with these in their place."""
        return spec.model_copy(update={k: getattr(self, k) for k in self.model_fields_set})
