"""Students in a recipe. Loads neither torch nor transformers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from angelshare.core.strict import MaxLength, Strict, Width

Layer = Annotated[int, Field(ge=1, le=1000)]
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""Names become folders, so they contain no separators."""


class StudentSpec(Strict):
    """The settings of any kind of student; the recipe adds seeds and training settings.

    Attributes:
        name: the student's name, which its seeds share.
        max_length: the maximum length of a text, in tokens of the student's tokenizer; longer texts are cut.
    """

    name: Annotated[str, Field(pattern=NAME)]
    max_length: MaxLength = 128


class WordStudentSpec(StudentSpec):
    """A student that reads words, or the teacher's tokens.

    Attributes:
        tokenizer: `words`, built from the training and transfer texts, or `teacher`.
        vocabulary: the number of words, special tokens included.
        embedding_width: the width of a word's vector; `teacher`: that of the teacher's input embeddings.
        embeddings: `random`; `teacher`: the teacher's input embeddings (mean over a word's pieces), reduced by PCA; or
            `copied`: these embeddings unchanged, for the teacher's tokenizer and width.
        dropout: the dropout after the embeddings and before the output.
        word_dropout: the share of words replaced by the unknown word in training.
    """

    tokenizer: Literal["words", "teacher"] = "words"
    vocabulary: Annotated[int, Field(ge=10, le=10_000_000)] = 5000
    embedding_width: Width | Literal["teacher"] = 16
    embeddings: Literal["random", "teacher", "copied"] = "random"
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    word_dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @model_validator(mode="after")
    def _same_pieces(self) -> Self:
        """Refuse to copy embeddings for another tokenizer."""
        if self.embeddings == "copied" and self.tokenizer != "teacher":
            raise ValueError("embeddings: copied are the teacher's, piece by piece. Write tokenizer: teacher, too.")
        return self

    @property
    def needs_teacher(self) -> bool:
        """Return whether it takes tokens, embeddings or width from its teacher."""
        return "teacher" in (self.tokenizer, self.embeddings, self.embedding_width)


class MlpSpec(WordStudentSpec):
    """A bag of embeddings and one hidden layer.

    Attributes:
        pooling: the pooling over words: `mean`, or `root`, which is the sum divided by the square root of the number.
        hidden_width: the width of the hidden layer.
    """

    kind: Literal["mlp"]
    pooling: Literal["mean", "root"] = "mean"
    hidden_width: Width = 64


class BilstmSpec(WordStudentSpec):
    """A bidirectional LSTM over word embeddings, pooled over the states.

    Attributes:
        hidden_width: the width of the states in one direction.
        pooling: the pooling over states: the largest, the mean or the last.
    """

    kind: Literal["bilstm"]
    embedding_width: Width | Literal["teacher"] = 64
    hidden_width: Width = 64
    pooling: Literal["max", "mean", "last"] = "max"


class CnnSpec(WordStudentSpec):
    """N-gram convolutions with max-pooling (Kim 2014; Chvasta et al. 2022 use 2- to 6-grams, 300 filters each).

    Attributes:
        ngrams: the lengths of the convolutions, in words.
        filters: the number of filters of each length.
    """

    kind: Literal["cnn"]
    embedding_width: Width | Literal["teacher"] = 64
    ngrams: Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], Field(min_length=1)] = (2, 3, 4, 5, 6)
    filters: Width = 300


class TransformerSpec(StudentSpec):
    """Some of the teacher's layers.

    Attributes:
        layers: the number of layers (spread evenly, the last among them), or their numbers counted from 1.
        init: the initial weights: the teacher's, or random ones.
    """

    kind: Literal["transformer"]
    layers: Layer | tuple[Layer, ...] = 3
    init: Literal["teacher", "random"] = "teacher"


class PretrainedSpec(StudentSpec):
    """A small pretrained encoder with its own tokenizer, such as a BERT of two or four layers (Turc et al. 2019).

    Attributes:
        model: the encoder: `minilm`, a folder or a hub id.
    """

    kind: Literal["pretrained"]
    model: str


class TfidfSpec(StudentSpec):
    """TF-IDF and logistic regression on human labels: a reference, reported as a baseline of its own.

    Attributes:
        ngrams: the most words of a feature.
        max_features: the number of features, of which the most frequent are kept.
        regularisation: the inverse strength of the penalty (C): larger is weaker.
    """

    kind: Literal["tfidf"]
    ngrams: Annotated[int, Field(ge=1, le=3)] = 2
    max_features: Annotated[int, Field(ge=1, le=100_000_000)] = 50_000
    regularisation: Annotated[float, Field(gt=0, le=1e9)] = 1.0


WordSpec = MlpSpec | BilstmSpec | CnnSpec
"""Students with a vocabulary of their own; `models/register.py` has the network of each kind."""
NeuralSpec = WordSpec | TransformerSpec | PretrainedSpec
"""Students that are distilled."""
