"""What a recipe says about the transfer set. Loads neither torch nor transformers."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from angelshare.core.strict import Strict
from angelshare.core.task import Role


class TextSource(Strict):
    """Unlabelled text: human labels, if it has any, are not looked at.

    Attributes:
        source: a catalogue name, hub id, folder or file; `train` is the task's own training split.
        split: which split; None takes every split.
        sentences: cut long texts into sentences, tokenised and lower-cased the way SST is.
        max_words, min_words: longer and shorter ones are left out.
        limit: take at most so many, drawn by content hash.
    """

    source: str
    split: str | None = None
    sentences: bool = False
    min_words: Annotated[int, Field(ge=1)] = 1
    max_words: Annotated[int, Field(ge=1)] | None = None
    limit: Annotated[int, Field(ge=1)] | None = None


def _from_name(given: object) -> object:
    """Return a bare name as the source of that name."""
    return {"source": given} if isinstance(given, str) else given


class MaskAndSample(Strict):
    """Masking, replacement by a word of the same part of speech, n-gram sampling (Tang et al. 2019).

    Attributes:
        copies: per source text.
        p_mask: share of words replaced by the mask token.
        p_pos: share of words replaced by one of the same part of speech.
        p_ngram: share of texts cut down to an n-gram of 1 to 5 words.
        sources: which sources are augmented; None: all.
    """

    kind: Literal["mask_and_sample"] = "mask_and_sample"
    copies: Annotated[int, Field(ge=1)] = 20
    p_mask: Annotated[float, Field(ge=0, le=1)] = 0.1
    p_pos: Annotated[float, Field(ge=0, le=1)] = 0.1
    p_ngram: Annotated[float, Field(ge=0, le=1)] = 0.25
    sources: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _one_fate(self) -> Self:
        """Refuse shares of words that sum to more than all words."""
        if self.p_mask + self.p_pos > 1:
            msg = f"p_mask {self.p_mask:g} and p_pos {self.p_pos:g} sum to more than 1. Lower one: a word has one fate."
            raise ValueError(msg)
        return self


class CounterfactualIdentity(Strict):
    """Copies of texts that mention an identity, which mention another one instead, with the grammar kept.

    Attributes:
        copies: per source text, at most: drawn from its swaps.
        sources: which sources are augmented; None: all.
    """

    kind: Literal["counterfactual"]
    copies: Annotated[int, Field(ge=1)] = 1
    sources: tuple[str, ...] | None = None


def _masked_by_default(given: object) -> object:
    """Return an augmentation without a kind as mask-and-sample."""
    return {"kind": "mask_and_sample", **given} if isinstance(given, dict) else given


AugmentSpec = Annotated[
    Annotated[MaskAndSample | CounterfactualIdentity, Field(discriminator="kind")], BeforeValidator(_masked_by_default)
]


class EvenLabels(Strict):
    """As many texts of each label that the teacher chooses."""

    kind: Literal["even"]


class LabelShare(Strict):
    """As many texts as possible of which a given share is called by a label.

    Attributes:
        label: None: the positive one of a binary task.
        threshold: a text counts as called so where the teacher's probability of the label is at least this.
        share: of the texts that are kept.
    """

    kind: Literal["share"]
    label: str | None = None
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5


class MatchLabels(Strict):
    """As many texts as possible whose labels, as the teacher chooses them, are distributed as human labels are.

    Attributes:
        split: whose human labels.
    """

    kind: Literal["match"]
    split: Role = "train"


class EvenGroups(Strict):
    """As many texts as possible that are called by a label equally often whatever identities they mention.

    Texts are grouped by which identities they mention together; a group of which all or none are called so has no
    such share, and is left out.

    Attributes:
        label: None: the positive one of a binary task.
        threshold: a text counts as called so where the teacher's probability of the label is at least this.
        share: of each group; None: as often as all texts together are.
        groups: names of identity terms; None: all that are known.
    """

    kind: Literal["groups"]
    label: str | None = None
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    groups: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


def _from_word(given: object) -> object:
    """Return the word `labels` as the balance that it stands for."""
    return {"kind": "even" if given == "labels" else given} if isinstance(given, str) else given


Balance = EvenLabels | LabelShare | MatchLabels | EvenGroups
BalanceSpec = Annotated[Annotated[Balance, Field(discriminator="kind")], BeforeValidator(_from_word)]


class NeutralSentences(Strict):
    """Neutral sentences about every identity, with the negative label of a binary task (Dixon et al. 2018).

    Attributes:
        sentences_per_identity: how many about each; 0: none.
        seed: of which ones.
    """

    sentences_per_identity: Annotated[int, Field(ge=0)]
    seed: Annotated[int, Field(ge=0)] = 0


class TransferSpec(Strict):
    """Which texts the teacher labels.

    Attributes:
        sources: in order; where `max_examples` cuts, earlier sources are kept first, augmented copies last.
        augment: what is made from them, after leaking texts are dropped.
        max_examples: at most so many distinct texts, before the teacher looks at them.
        min_confidence: drop texts whose teacher probability of its top label is lower.
        rebalance: draw texts by what the teacher answers: `labels` is `{kind: even}`.
        size: keep so many of them after that, in the same proportions; a smaller set is part of a larger one.
        scope: which texts rebalance and size choose among: those without a human label, all, or `auto`: those without
            where there are both sorts, else all. The others stay, and do not count in `size`.
        seed: of the augmentation.
    """

    sources: tuple[Annotated[TextSource, BeforeValidator(_from_name)], ...] = (TextSource(source="train"),)
    augment: tuple[AugmentSpec, ...] = ()
    max_examples: Annotated[int, Field(ge=1)] | None = None
    min_confidence: Annotated[float, Field(ge=0, lt=1)] = 0.0
    rebalance: BalanceSpec | None = None
    size: Annotated[int, Field(ge=1)] | None = None
    scope: Literal["auto", "unlabelled", "all"] = "auto"
    seed: int = 0

    def unchosen(self) -> Self:
        """Return what decides which texts the teacher looks at, without what is chosen by its answers."""
        return self.model_copy(update={"min_confidence": 0.0, "rebalance": None, "size": None, "scope": "auto"})
