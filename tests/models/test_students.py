"""Tests of students as a recipe describes them."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from angelshare.core.errors import LabelError, ModelError
from angelshare.core.student_spec import BilstmSpec, CnnSpec, MlpSpec, PretrainedSpec, TransformerSpec
from angelshare.core.text import TextBatch
from angelshare.models.checkpoint import load_scorer, save_model
from angelshare.models.cnn import CnnConfig, CnnForSequenceClassification
from angelshare.models.declared_task import set_labels
from angelshare.models.students import build_student, start_from_teacher
from angelshare.models.vocabulary import build_word_tokenizer

LABELS = ("bad", "good")
SPECS = [
    MlpSpec(name="mlp", kind="mlp", vocabulary=40, embedding_width=4),
    MlpSpec(name="mlp-t", kind="mlp", vocabulary=40, embedding_width=4, embeddings="teacher"),
    MlpSpec(name="mlp-p", kind="mlp", tokenizer="teacher", embedding_width=4),
    BilstmSpec(name="bilstm", kind="bilstm", vocabulary=40, embedding_width=4, hidden_width=5),
    CnnSpec(name="cnn", kind="cnn", vocabulary=40, embedding_width=4, filters=3, ngrams=(1, 2)),
    TransformerSpec(name="cut", kind="transformer", layers=2, max_length=16),
    TransformerSpec(name="cut-r", kind="transformer", layers=2, init="random", max_length=16),
]
TEXTS = ["warm soup and stale bread", "the soup was good", "tea by the window"]


def words(spec=SPECS[0], texts=TEXTS):
    """Return a tokenizer over these texts."""
    return build_word_tokenizer(texts, spec.vocabulary, max_length=spec.max_length)


def weights(model):
    """Return all weights in one vector."""
    return torch.cat([weight.flatten() for weight in model.state_dict().values()])


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_the_same_seed_gives_the_same_weights_and_leaves_chance_alone(spec, bert, word_tokenizer):
    """A baseline starts where its student starts."""
    say = {"labels": LABELS, "task": "binary", "tokenizer": words(), "teacher": (bert, word_tokenizer)}
    torch.manual_seed(9)
    expected = torch.rand(1)
    torch.manual_seed(9)
    first, tokenizer = build_student(spec, seed=0, **say)
    assert torch.equal(torch.rand(1), expected)
    same, _ = build_student(spec, seed=0, **say)
    other, _ = build_student(spec, seed=1, **say)
    assert torch.equal(weights(first), weights(same))
    if spec.name != "cut":
        assert not torch.equal(weights(first), weights(other))
    assert first.config.id2label == {0: "bad", 1: "good"}
    assert tokenizer.model_max_length == spec.max_length


def test_teacher_embeddings_are_its_principal_components(bert, word_tokenizer):
    """At full width the distances between words are the teacher's, up to one factor; the spread is as at random."""
    spec = MlpSpec(name="mlp", kind="mlp", embedding_width=16)
    student, _ = build_student(spec, labels=LABELS, task="binary", seed=0, tokenizer=word_tokenizer)
    random = student.embeddings.weight.detach().clone()
    start_from_teacher(student, word_tokenizer, (bert, word_tokenizer))
    reduced = student.embeddings.weight.detach()[4:]
    original = bert.get_input_embeddings().weight.detach()[4:]
    ratio = torch.pdist(reduced) / torch.pdist(original)
    assert torch.allclose(ratio, ratio.mean().expand_as(ratio), rtol=1e-3)
    assert np.isclose(reduced.numpy().std(), 0.1, rtol=1e-3)
    assert torch.equal(student.embeddings.weight[:4], random[:4])


def test_a_word_takes_the_mean_of_its_pieces(bert, word_tokenizer):
    """A teacher that splits `soup-bread` in three words gives their mean; an unknown word stays random."""
    spec = MlpSpec(name="mlp", kind="mlp", embedding_width=16, vocabulary=40)
    vocabulary = words(spec, ["warm soup bread zebra"])
    say = {"labels": LABELS, "task": "binary", "seed": 0, "tokenizer": vocabulary, "teacher": (bert, word_tokenizer)}
    random, _ = build_student(spec, **say)
    student, tokenizer = build_student(spec.model_copy(update={"embeddings": "teacher"}), **say)
    zebra, soup = tokenizer.get_vocab()["zebra"], tokenizer.get_vocab()["soup"]
    assert torch.equal(student.embeddings.weight[zebra], random.embeddings.weight[zebra])
    assert not torch.equal(student.embeddings.weight[soup], random.embeddings.weight[soup])


def test_a_narrower_teacher_leaves_the_last_columns_random(bert, word_tokenizer):
    """It has 16 columns to give to 20."""
    spec = MlpSpec(name="mlp", kind="mlp", embedding_width=20)
    student, _ = build_student(spec, labels=LABELS, task="binary", seed=0, tokenizer=word_tokenizer)
    random = student.embeddings.weight.detach().clone()
    start_from_teacher(student, word_tokenizer, (bert, word_tokenizer))
    assert torch.equal(student.embeddings.weight[:, 16:], random[:, 16:])
    assert not torch.equal(student.embeddings.weight[4:, :16], random[4:, :16])


def test_what_is_missing_is_said():
    """A tokenizer, or a teacher."""
    with pytest.raises(ModelError, match="give its tokenizer"):
        build_student(SPECS[0], labels=LABELS, task="binary", seed=0)
    with pytest.raises(ModelError, match="takes parts of the teacher"):
        build_student(SPECS[5], labels=LABELS, task="binary", seed=0)


def test_labels_in_another_order_than_the_teachers_are_refused(bert, word_tokenizer):
    """The head would answer the opposite."""
    with pytest.raises(LabelError, match=r"The teacher answers with .* the student cut has .* in another order"):
        build_student(SPECS[5], labels=("good", "bad"), task="binary", seed=0, teacher=(bert, word_tokenizer))


def test_labels_must_fit_the_task():
    """Three answers are not binary, and a name counts once."""
    with pytest.raises(LabelError, match="binary task cannot have the 3 labels"):
        build_student(SPECS[0], labels=("a", "b", "c"), task="binary", seed=0, tokenizer=words())
    with pytest.raises(LabelError, match="repeat a name"):
        build_student(SPECS[0], labels=("a", "a"), task="binary", seed=0, tokenizer=words())


def test_layers_of_a_teacher_read_no_further_than_it_does(bert, word_tokenizer):
    """It has 32 positions; a word network has no such end."""
    say = {"labels": LABELS, "task": "binary", "seed": 0, "teacher": (bert, word_tokenizer), "tokenizer": words()}
    for length, spec in ((32, SPECS[5]), (33, SPECS[0])):
        assert build_student(spec.model_copy(update={"max_length": length}), **say)
    with pytest.raises(ModelError, match="The student cut, as its teacher, has 32 positions: a maximum length of 33"):
        build_student(SPECS[5].model_copy(update={"max_length": 33}), **say)


COPIED = CnnSpec(
    name="copied", kind="cnn", tokenizer="teacher", embeddings="copied", embedding_width="teacher", filters=3,
    ngrams=(1, 2), max_length=1536,
)  # fmt: skip


def test_copied_embeddings_are_the_teachers_but_for_padding(bert, word_tokenizer):
    """Word for word, at its width."""
    student, _ = build_student(COPIED, labels=LABELS, task="binary", seed=0, teacher=(bert, word_tokenizer))
    mine, theirs = student.embeddings.weight, bert.get_input_embeddings().weight
    assert torch.equal(mine[1:], theirs[1:])
    assert not mine[0].any()


def test_embeddings_of_another_width_are_not_copied(bert, word_tokenizer):
    """The message names both widths and the ways out; another tokenizer is a mistake in the recipe."""
    narrow = COPIED.model_copy(update={"embedding_width": 4})
    with pytest.raises(ModelError, match="4 wide, its teacher 16"):
        build_student(narrow, labels=LABELS, task="binary", seed=0, teacher=(bert, word_tokenizer))
    with pytest.raises(ValidationError, match="Write tokenizer: teacher"):
        CnnSpec(name="x", kind="cnn", embeddings="copied")


def test_a_cnn_reads_further_than_its_teacher(bert, word_tokenizer, tmp_path):
    """The teacher stops at 32 words, the student at 1,536: a word near the end changes its answer, saved and loaded."""
    student, tokenizer = build_student(COPIED, labels=LABELS, task="binary", seed=0, teacher=(bert, word_tokenizer))
    save_model(student, tokenizer, tmp_path / "s", task="binary", labels=LABELS, kind="cnn", max_length=1536)
    scorer = load_scorer(tmp_path / "s")
    soup = " ".join(["the soup was warm"] * 383)
    good, other = scorer.score(TextBatch((f"{soup} and good", f"{soup} and stale")))
    assert not np.allclose(good, other)
    assert len(scorer.encode(TextBatch((soup * 9,)))[0]) == 1536
    assert bert.config.max_position_embeddings < 1536


def test_the_cnn_of_the_paper_has_28_million_parameters():
    """30,522 x 768 + 300 x 768 x (2+3+4+5+6) + 5 x 300 + 1,500 x 2 + 2 = 23,440,896 + 4,609,500 + 3,002."""
    config = CnnConfig(vocab_size=30_522, embedding_width=768)
    set_labels(config, labels=LABELS, task="binary")
    with torch.device("meta"):
        student = CnnForSequenceClassification(config)
    assert sum(p.numel() for p in student.parameters()) == 28_053_398


def test_a_pretrained_student_brings_its_own_weights_and_tokenizer(bert, bert_folder):
    """Its backbone is as it was, its head is new and drawn under the seed."""
    spec = PretrainedSpec(name="small", kind="pretrained", model=str(bert_folder), max_length=12)
    first, tokenizer = build_student(spec, labels=LABELS, task="binary", seed=0)
    other, _ = build_student(spec, labels=LABELS, task="binary", seed=1)
    assert tokenizer.model_max_length == 12
    assert torch.equal(first.base_model.get_input_embeddings().weight, bert.get_input_embeddings().weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    with pytest.raises(ModelError, match="32 positions"):
        build_student(spec.model_copy(update={"max_length": 64}), labels=LABELS, task="binary", seed=0)
