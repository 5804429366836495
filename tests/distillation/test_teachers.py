"""Sources of a teacher's output: what was cached, and the teacher itself, on small networks and on real weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from films import LABELS, Heard, film_set, film_texts, film_transfer, small_student, small_transformer
from torch.nn import functional

from angelshare.core.errors import InputError, LabelError, ModelError
from angelshare.core.protocols import ModelCard, Silent
from angelshare.core.student_spec import MlpSpec
from angelshare.core.text import TextBatch
from angelshare.distillation.batches import Batches, encode_texts
from angelshare.distillation.classification import distil_from
from angelshare.distillation.objectives import objective
from angelshare.distillation.spec import DistilSpec
from angelshare.distillation.step import Step
from angelshare.distillation.teachers import CachedLogits, OnlineTeacher
from angelshare.distillation.training import Course, run_training, schedule
from angelshare.models.checkpoint import load_backbone
from angelshare.models.encoder import EncoderScorer
from angelshare.models.shrink import cut
from angelshare.models.students import build_student
from angelshare.models.vocabulary import build_word_tokenizer
from angelshare.transfer.gather import TransferTexts
from angelshare.transfer.label import label_texts

LOGITS = frozenset({"teacher"})
INSIDE = frozenset({"teacher", "hidden_states", "attentions"})
SPEC = DistilSpec(epochs=4, batch_size=16, learning_rate=0.01, precision="fp32")


class HiddenStates:
    """An objective that only layer-wise distillation could have: the student's layers against some of the teacher's."""

    needs = frozenset({"teacher", "hidden_states"})

    def __init__(self, layers):
        """Name the teacher's layer for every layer of the student; 0 are the embeddings."""
        self.layers = layers

    def __call__(self, step: Step):
        """Return the mean squared distance over the tokens."""
        kept = step.mask.bool()
        pairs = zip(step.student.hidden_states, self.layers, strict=True)
        distances = [functional.mse_loss(state[kept], step.teacher.hidden_states[i][kept]) for state, i in pairs]
        return torch.stack(distances).sum()


def labelled_by(model, tokenizer, n):
    """Return n texts about films with the logits that this model gives them in float32."""
    texts = tuple(dict.fromkeys(film_texts(4 * n)[0]))[:n]
    card = ModelCard("teacher", "binary", LABELS, "a" * 64, max_length=16)
    return label_texts(TransferTexts(TextBatch(texts), ("films",) * n, None, {}), EncoderScorer(model, tokenizer, card))


def trained(work, model, tokenizer, loss, teacher, *, spec=SPEC, progress=None):
    """Train on films and return the report."""
    transfer = film_transfer(48)
    batches = Batches(encode_texts(tokenizer, transfer.batch, 16), batch_size=spec.batch_size, seed=0)
    course = Course("student", schedule(48, spec), 0, work, progress or Silent())
    return run_training(model, batches, None, spec, loss=loss, task="binary", course=course, teacher=teacher)


@pytest.fixture(scope="module")
def minilm():
    """MiniLM-L6 with a random head, and its tokenizer."""
    model, tokenizer = load_backbone("minilm", labels=LABELS, task="binary", seed=0)
    return model.eval(), tokenizer


def test_cached_logits_are_the_batchs():
    """As they came."""
    logits = torch.tensor([[1.0, 2.0]])
    assert CachedLogits().output({"teacher_logits": logits}, LOGITS).logits is logits


def test_a_cache_of_logits_has_nothing_of_the_inside():
    """The sentence names what is needed and what helps."""
    with pytest.raises(InputError, match=r"teacher's attentions and hidden states, and only its logits .* online"):
        CachedLogits().output({"teacher_logits": torch.zeros(1, 2)}, INSIDE)


def test_an_online_teacher_is_neither_trained_nor_noisy():
    """No gradients, no dropout, and the generator stays where it was."""
    model, tokenizer = small_transformer()
    batch = Batches(encode_texts(tokenizer, film_set(8).batch, 16), batch_size=8, seed=0, labels=np.arange(8))[0]
    teacher = OnlineTeacher(model.train(), tokenizer)
    state = torch.get_rng_state()
    first, second = (teacher.output(batch, LOGITS) for _ in range(2))
    assert torch.equal(first.logits, second.logits)
    assert not first.logits.requires_grad
    assert torch.equal(torch.get_rng_state(), state)


def test_a_student_learns_from_layers_that_its_teacher_gives_online(tmp_path):
    """Its embeddings and its one layer, towards the embeddings and the second layer of the teacher."""
    teacher, tokenizer = small_transformer(n_layers=2)
    student, _ = small_transformer(seed=1)
    report = trained(tmp_path, student, tokenizer, HiddenStates((0, 2)), OnlineTeacher(teacher, tokenizer))
    losses = [entry.loss for entry in report.history]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.5 * losses[0]


def test_a_training_does_not_go_on_under_another_teacher(tmp_path):
    """The same teacher's training is only read back; another teacher's begins anew."""
    heard = []
    for seed in (0, 0, 5):
        teacher, tokenizer = small_transformer(seed)
        heard.append(Heard())
        source = OnlineTeacher(teacher, tokenizer)
        loss = objective(SPEC.objective, "binary")
        trained(tmp_path, small_transformer(1)[0], tokenizer, loss, source, progress=heard[-1])
    assert [progress.done for progress in heard] == [12, 0, 12]


def test_an_online_teacher_that_reads_other_tokens_is_refused(tmp_path):
    """Other words, the same words in another order, or other padding."""
    teacher = OnlineTeacher(*small_transformer())
    student, tokenizer = small_student()
    few = build_word_tokenizer(film_texts(200)[0], 12, max_length=16)
    left = small_student()[1]
    left.padding_side = "left"
    for other in (few, left):
        with pytest.raises(ModelError, match="student's tokenizer is not its teacher's"):
            teacher.check_fits(film_transfer(20), other, 16)
    teacher.check_fits(film_transfer(20), tokenizer, 16)
    with pytest.raises(ModelError, match="student's tokenizer is not its teacher's"):
        distil_from(student, few, film_transfer(20), film_set(9, 1), SPEC, seed=0, work=tmp_path, teacher=teacher)


def test_an_online_teacher_with_other_labels_or_too_few_positions_is_refused():
    """Before any step."""
    teacher, tokenizer = OnlineTeacher(*small_transformer()), small_student()[1]
    with pytest.raises(LabelError, match="in another order"):
        teacher.check_fits(replace(film_transfer(20), labels=("good", "bad")), tokenizer, 16)
    with pytest.raises(ModelError, match="The teacher has 512 positions"):
        teacher.check_fits(film_transfer(20), tokenizer, 513)


@pytest.mark.real_weights
def test_online_logits_are_the_cached_ones(minilm):
    """Of the real MiniLM, whatever texts share a batch."""
    model, tokenizer = minilm
    transfer = labelled_by(model, tokenizer, 24)
    texts = encode_texts(tokenizer, transfer.batch, 16)
    batches = Batches(texts, batch_size=8, seed=0, teacher_logits=transfer.logits)
    teacher = OnlineTeacher(model, tokenizer)
    for i in range(len(batches)):
        online, cached = (source.output(batches[i], LOGITS) for source in (teacher, CachedLogits()))
        torch.testing.assert_close(online.logits.cpu(), cached.logits, atol=1e-5, rtol=1e-5)


@pytest.mark.real_weights
def test_the_real_teacher_shows_what_is_inside(minilm):
    """MiniLM-L6: embeddings and six layers, 384 wide; six times twelve heads."""
    model, tokenizer = minilm
    batch = Batches(encode_texts(tokenizer, film_set(5).batch, 16), batch_size=5, seed=0)[0]
    n_tokens = batch["input_ids"].shape[1]
    output = OnlineTeacher(model, tokenizer).output(batch, INSIDE)
    assert [tuple(state.shape) for state in output.hidden_states] == [(5, n_tokens, 384)] * 7
    assert [tuple(layer.shape) for layer in output.attentions] == [(5, 12, n_tokens, n_tokens)] * 6


@pytest.mark.real_weights
def test_a_student_distilled_online_is_the_one_distilled_from_cached_logits(minilm, tmp_path):
    """A bag of the teacher's word pieces learns either way, to weights that differ by rounding only."""
    model, tokenizer = minilm
    transfer = labelled_by(model, tokenizer, 40)
    spec = MlpSpec(name="mlp", kind="mlp", tokenizer="teacher", embedding_width=4, hidden_width=8, max_length=16)
    weights = []
    for source in (None, OnlineTeacher(model, tokenizer)):
        student, pieces = build_student(spec, labels=LABELS, task="binary", seed=0, teacher=(model, tokenizer))
        work = tmp_path / str(len(weights))
        settings = SPEC.model_copy(update={"epochs": 10})
        silent = film_set(9, 1, labelled=False)
        report = distil_from(
            student, pieces, transfer, silent, settings, seed=0, work=work, max_length=16, teacher=source
        )
        losses = [entry.loss for entry in report.history]
        assert np.isfinite(losses).all()
        assert losses[-1] < losses[0]
        weights.append(torch.cat([parameter.detach().flatten() for parameter in student.parameters()]))
    torch.testing.assert_close(*weights, atol=1e-4, rtol=1e-4)


@pytest.mark.real_weights
def test_layers_of_the_real_teacher_teach_a_student_of_fewer(minilm, tmp_path):
    """Two random layers towards the third and the sixth of MiniLM."""
    model, tokenizer = minilm
    student = cut(model, layers=2, init="random", seed=0)
    spec = SPEC.model_copy(update={"epochs": 1, "batch_size": 8, "learning_rate": 1e-3})
    loss = HiddenStates((0, 3, 6))
    report = trained(tmp_path, student, tokenizer, loss, OnlineTeacher(model, tokenizer), spec=spec)
    losses = [entry.loss for entry in report.history]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.8 * losses[0]
