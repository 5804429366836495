"""What a recipe says about the transfer set. Loads neither torch nor transformers."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from angelshare.core.strict import Strict


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
        p_mask: share of words replaced by the mask token; p_pos: by a word of the same part of speech;
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


class TransferSpec(Strict):
    """Which texts the teacher labels.

    Attributes:
        sources: in order; where `max_examples` cuts, earlier sources are kept first, augmented copies last.
        augment: what is made from them, after leaking texts are dropped.
        max_examples: at most so many distinct texts.
        min_confidence: drop texts whose teacher probability of its top label is lower.
        rebalance: `labels` evens out the teacher's labels by dropping from the larger classes.
        seed: of the augmentation.
    """

    sources: tuple[Annotated[TextSource, BeforeValidator(_from_name)], ...] = (TextSource(source="train"),)
    augment: tuple[MaskAndSample, ...] = ()
    max_examples: Annotated[int, Field(ge=1)] | None = None
    min_confidence: Annotated[float, Field(ge=0, lt=1)] = 0.0
    rebalance: Literal["labels"] | None = None
    seed: int = 0
