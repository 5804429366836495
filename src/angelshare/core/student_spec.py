"""What a recipe says about students. Loads neither torch nor transformers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from angelshare.core.strict import Strict

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""Names become folders, so they hold no separators."""


class StudentSpec(Strict):
    """Settings of every kind of student; the recipe adds seeds and training settings.

    Attributes:
        name: of the student; its seeds share it.
        max_length: of a text, in tokens of the student's tokenizer; longer texts are cut.
    """

    name: Annotated[str, Field(pattern=NAME)]
    max_length: Annotated[int, Field(ge=2)] = 128


class WordStudentSpec(StudentSpec):
    """A student with a vocabulary of its own.

    Attributes:
        tokenizer: `words`, built from the training and transfer texts, or `teacher`.
        vocabulary: number of words, special tokens included.
        embedding_width: of a word; `teacher`: that of the teacher's input embeddings.
        embeddings: `random`; `teacher`: the teacher's input embeddings (mean over a word's pieces), reduced by PCA; or
            `copied`: these as they are, for the teacher's tokenizer and width.
        dropout: on the embeddings and before the output.
        word_dropout: share of words replaced by the unknown word in training.
    """

    tokenizer: Literal["words", "teacher"] = "words"
    vocabulary: Annotated[int, Field(ge=10, le=10_000_000)] = 5000
    embedding_width: Annotated[int, Field(ge=1)] | Literal["teacher"] = 16
    embeddings: Literal["random", "teacher", "copied"] = "random"
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    word_dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @model_validator(mode="after")
    def _same_pieces(self) -> Self:
        """Refuse to copy embeddings of other words."""
        if self.embeddings == "copied" and self.tokenizer != "teacher":
            raise ValueError("embeddings: copied are the teacher's, piece by piece. Write tokenizer: teacher, too.")
        return self

    @property
    def needs_teacher(self) -> bool:
        """Whether it starts from anything of its teacher's."""
        return "teacher" in (self.tokenizer, self.embeddings, self.embedding_width)


class MlpSpec(WordStudentSpec):
    """A bag of embeddings and one hidden layer.

    Attributes:
        pooling: `mean` over words, or `root`: their sum divided by the square root of their number.
        hidden_width: of the hidden layer.
    """

    kind: Literal["mlp"]
    pooling: Literal["mean", "root"] = "mean"
    hidden_width: Annotated[int, Field(ge=1)] = 64


class BilstmSpec(WordStudentSpec):
    """A bidirectional LSTM over word embeddings, pooled over the states.

    Attributes:
        hidden_width: of the states, in either direction.
        pooling: largest, mean or last of the states.
    """

    kind: Literal["bilstm"]
    embedding_width: Annotated[int, Field(ge=1)] | Literal["teacher"] = 64
    hidden_width: Annotated[int, Field(ge=1)] = 64
    pooling: Literal["max", "mean", "last"] = "max"


class CnnSpec(WordStudentSpec):
    """N-gram convolutions with max-pooling (Kim 2014; Chvasta et al. 2022 use 2- to 6-grams, 300 filters each).

    Attributes:
        ngrams: lengths of the convolutions, in words.
        filters: of each length.
    """

    kind: Literal["cnn"]
    embedding_width: Annotated[int, Field(ge=1)] | Literal["teacher"] = 64
    ngrams: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (2, 3, 4, 5, 6)
    filters: Annotated[int, Field(ge=1)] = 300


class TransformerSpec(StudentSpec):
    """Some of the teacher's layers.

    Attributes:
        layers: number of layers (spread evenly, the last always among them), or which, counted from 1.
        init: from the teacher's weights, or at random.
    """

    kind: Literal["transformer"]
    layers: Annotated[int, Field(ge=1)] | tuple[Annotated[int, Field(ge=1)], ...] = 3
    init: Literal["teacher", "random"] = "teacher"


class PretrainedSpec(StudentSpec):
    """A small pretrained encoder with its own tokenizer, such as a BERT of two or four layers (Turc et al. 2019).

    Attributes:
        model: `minilm`, a folder or a hub id.
    """

    kind: Literal["pretrained"]
    model: str


class TfidfSpec(StudentSpec):
    """TF-IDF and logistic regression on human labels: a reference, reported as a baseline of its own.

    Attributes:
        ngrams: words and runs of up to so many words are features.
        max_features: the most frequent ones are kept.
        regularisation: larger is weaker: the inverse strength of the penalty (C).
    """

    kind: Literal["tfidf"]
    ngrams: Annotated[int, Field(ge=1, le=3)] = 2
    max_features: Annotated[int, Field(ge=1)] = 50_000
    regularisation: Annotated[float, Field(gt=0)] = 1.0
