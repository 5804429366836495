"""The transfer set in a recipe. Loads neither torch nor transformers."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from angelshare.core.strict import NumberOfTexts, Seed, Strict
from angelshare.core.task import Role

NumberOfWords = Annotated[int, Field(ge=1, le=1_000_000)]


class TextSource(Strict):
    """Texts for the teacher; human labels, if there are any, are ignored.

    Attributes:
        source: a catalogue name, hub id, folder or file; `train` is the task's own training split.
        split: the split to take; None: all of them.
        sentences: whether to cut texts into sentences, tokenised and lower-cased like those of SST.
        min_words: the fewest words of a text; shorter ones are left out.
        max_words: the most words of a text; longer ones are left out.
        limit: the most texts to take, drawn by content hash.
    """

    source: str
    split: str | None = None
    sentences: bool = False
    min_words: NumberOfWords = 1
    max_words: NumberOfWords | None = None
    limit: NumberOfTexts | None = None


def _from_name(given: object) -> object:
    """Return a bare name as the source of that name."""
    return {"source": given} if isinstance(given, str) else given


class MaskAndSample(Strict):
    """Masking, replacement by a word of the same part of speech, n-gram sampling (Tang et al. 2019).

    Attributes:
        copies: the number of copies of each source text.
        p_mask: the share of words replaced by the mask token.
        p_pos: the share of words replaced by one of the same part of speech.
        p_ngram: the share of copies cut down to an n-gram of 1 to 5 words.
        sources: the sources to augment; None: all.
    """

    kind: Literal["mask_and_sample"] = "mask_and_sample"
    copies: Annotated[int, Field(ge=1, le=1000)] = 20
    p_mask: Annotated[float, Field(ge=0, le=1)] = 0.1
    p_pos: Annotated[float, Field(ge=0, le=1)] = 0.1
    p_ngram: Annotated[float, Field(ge=0, le=1)] = 0.25
    sources: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _one_fate(self) -> Self:
        """Refuse shares of words that sum to more than 1."""
        if self.p_mask + self.p_pos > 1:
            msg = f"p_mask {self.p_mask:g} and p_pos {self.p_pos:g} sum to more than 1. Lower one: a word has one fate."
            raise ValueError(msg)
        return self


class CounterfactualIdentity(Strict):
    """Copies of texts that mention an identity, with another identity in its place and the grammar kept.

    Attributes:
        copies: the most copies of each source text, drawn from its swaps.
        sources: the sources to augment; None: all.
    """

    kind: Literal["counterfactual"]
    copies: Annotated[int, Field(ge=1, le=1000)] = 1
    sources: tuple[str, ...] | None = None


def _masked_by_default(given: object) -> object:
    """Return an augmentation without a kind as mask-and-sample."""
    return {"kind": "mask_and_sample", **given} if isinstance(given, dict) else given


AugmentSpec = Annotated[
    Annotated[MaskAndSample | CounterfactualIdentity, Field(discriminator="kind")], BeforeValidator(_masked_by_default)
]


class EvenLabels(Strict):
    """The same number of texts for each label that the teacher chooses."""

    kind: Literal["even"]


class LabelShare(Strict):
    """As many texts as possible with a given share of a label.

    Attributes:
        label: the label; None: the positive one of a binary task.
        threshold: the least probability of the label, by the teacher, at which a text counts as having it.
        share: the share of the texts to keep that have the label.
    """

    kind: Literal["share"]
    label: str | None = None
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5


class MatchLabels(Strict):
    """As many texts as possible with the teacher's labels distributed like human ones.

    Attributes:
        split: the split whose human labels are matched.
    """

    kind: Literal["match"]
    split: Role = "train"


class EvenGroups(Strict):
    """As many texts as possible with the same share of a label, whatever identities they mention.

    Texts are grouped by the set of identities that they mention; a group in which all or none have the label is left
    out.

    Attributes:
        label: the label; None: the positive one of a binary task.
        threshold: the least probability of the label, by the teacher, at which a text counts as having it.
        share: the share in each group; None: that of all texts together.
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
        sentences_per_identity: the number of sentences about each identity; 0: none.
        seed: the seed of the choice of sentences.
    """

    sentences_per_identity: Annotated[int, Field(ge=0, le=100_000)]
    seed: Seed = 0


class TransferSpec(Strict):
    """The texts that the teacher labels for its students.

    Attributes:
        sources: the sources of texts; `max_examples` keeps earlier sources first and augmented copies last.
        augment: the altered copies to make, after texts that leak are dropped.
        max_examples: the most distinct texts for the teacher to label.
        min_confidence: the least probability of the teacher's top label at which a text is kept.
        rebalance: the proportions in which texts are drawn by the teacher's answers; `labels` means `{kind: even}`.
        size: the number of texts to keep after that, in the same proportions; a smaller set is part of a larger one.
        scope: the texts that `rebalance` and `size` choose from: `unlabelled` ones, without a human label, or `all`;
            `auto` means the unlabelled ones if there are both sorts. All other texts stay, and do not count in `size`.
        seed: the seed of the augmentation.
    """

    sources: tuple[Annotated[TextSource, BeforeValidator(_from_name)], ...] = (TextSource(source="train"),)
    augment: tuple[AugmentSpec, ...] = ()
    max_examples: NumberOfTexts | None = None
    min_confidence: Annotated[float, Field(ge=0, lt=1)] = 0.0
    rebalance: BalanceSpec | None = None
    size: NumberOfTexts | None = None
    scope: Literal["auto", "unlabelled", "all"] = "auto"
    seed: Seed = 0

    def unchosen(self) -> Self:
        """Return the settings that decide on the texts for the teacher, without those that choose by its answers."""
        return self.model_copy(update={"min_confidence": 0.0, "rebalance": None, "size": None, "scope": "auto"})
