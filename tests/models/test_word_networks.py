"""Tests of the networks over word embeddings: bag, BiLSTM and CNN."""

import numpy as np
import pytest
import torch
from transformers import pipeline

from angelshare.core.text import TextBatch
from angelshare.models.bag import MlpConfig, MlpForSequenceClassification
from angelshare.models.bilstm import BilstmConfig, BilstmForSequenceClassification
from angelshare.models.checkpoint import load_model, save_model
from angelshare.models.cnn import CnnConfig, CnnForSequenceClassification, StrongestWindow
from angelshare.models.declared_task import set_labels
from angelshare.models.encoding import encode_batch, padded

NETWORKS = {
    "mlp": (MlpConfig, MlpForSequenceClassification, {}),
    "bilstm-max": (BilstmConfig, BilstmForSequenceClassification, {"pooling": "max", "hidden_width": 8}),
    "bilstm-mean": (BilstmConfig, BilstmForSequenceClassification, {"pooling": "mean", "hidden_width": 8}),
    "bilstm-last": (BilstmConfig, BilstmForSequenceClassification, {"pooling": "last", "hidden_width": 8}),
    "cnn": (CnnConfig, CnnForSequenceClassification, {"filters": 8}),
}


def build(kind, *, labels=("bad", "good"), task="binary", **more):
    """Return a small network of this kind under a fixed seed."""
    config_class, network, settings = NETWORKS[kind]
    config = config_class(**{"vocab_size": 40, "embedding_width": 6, **settings, **more})
    set_labels(config, labels=labels, task=task)
    torch.manual_seed(0)
    return network(config).eval()


@pytest.fixture(params=NETWORKS)
def network(request):
    """Every kind in turn."""
    return build(request.param)


def test_the_bag_of_5000_times_16_has_81218_parameters():
    """5000 x 16 + (16 x 64 + 64) + (64 x 2 + 2) = 80000 + 1088 + 130."""
    model = MlpForSequenceClassification(MlpConfig())
    assert sum(p.numel() for p in model.parameters()) == 81_218


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_word_embeddings_are_the_input_embeddings(kind):
    """As with any model of transformers, so that they can be frozen."""
    model = build(kind)
    assert model.get_input_embeddings() is model.embeddings


def test_a_bag_is_the_mean_word_through_the_layers():
    """The definition, computed by hand from the weights."""
    model = build("mlp")
    ids = torch.tensor([[5, 7, 7, 0]])
    mean = (model.embeddings.weight[5] + 2 * model.embeddings.weight[7]) / 3
    expected = model.output(torch.relu(model.hidden(mean)))
    assert torch.allclose(model(ids).logits[0], expected, atol=1e-6)


def test_root_pooling_is_the_sum_of_words_over_the_square_root_of_their_number():
    """Two words: sqrt(2) times their mean; padding does not count."""
    mean = build("mlp", dropout=0.0)
    root = build("mlp", dropout=0.0, pooling="root")
    root.load_state_dict(mean.state_dict())
    words = torch.tensor([[5, 6, 0]])
    with torch.no_grad():
        bag = mean.embeddings.weight[[5, 6]].sum(dim=0) / 2**0.5
        expected = root.output(root.activation(root.hidden(bag)))
        assert torch.allclose(root(words).logits[0], expected, atol=1e-6)
        assert not torch.allclose(mean(words).logits[0], expected, atol=1e-6)


def test_a_bag_does_not_see_the_order_of_words():
    """That is what it must lose."""
    model = build("mlp")
    assert torch.allclose(model(torch.tensor([[5, 6, 7]])).logits, model(torch.tensor([[7, 5, 6]])).logits, atol=1e-6)


def test_reading_both_ways_equals_packed_sequences():
    """The oracle is the bidirectional LSTM of torch over packed sequences."""
    model = build("bilstm-mean")
    oracle = torch.nn.LSTM(6, 8, batch_first=True, bidirectional=True)
    weights = dict(model.forwards.state_dict())
    weights |= {f"{name}_reverse": value for name, value in model.backwards.state_dict().items()}
    oracle.load_state_dict(weights)
    ids = torch.tensor([[5, 6, 7, 8], [9, 5, 0, 0]])
    lengths = torch.tensor([4, 2])
    packed = torch.nn.utils.rnn.pack_padded_sequence(model.embeddings(ids), lengths, batch_first=True)
    states, _ = torch.nn.utils.rnn.pad_packed_sequence(oracle(packed)[0], batch_first=True)
    expected = model.output(states.sum(dim=1) / lengths[:, None])
    assert torch.allclose(model(ids).logits, expected, atol=1e-6)


def test_padding_never_wins_the_maximum_of_a_convolution():
    """A filter that gives -5 everywhere but +9 on padding still answers as if the padding were not there."""
    model = build("cnn", ngrams=(2,), filters=1)
    with torch.no_grad():
        model.embeddings.weight[5] = -1.0
        model.convolutions[0].weight.fill_(1.0)
        model.convolutions[0].bias.fill_(9.0)
    alone = model.features(torch.tensor([[5, 5]]), torch.ones(1, 2, dtype=torch.bool))
    assert alone.item() == 0.0  # relu(2 words x 6 x -1 + 9) = relu(-3)
    beside = model.features(torch.tensor([[5, 5, 0, 0]]), torch.tensor([[True, True, False, False]]))
    assert beside.item() == 0.0


def test_logits_do_not_depend_on_the_rest_of_the_batch(network, word_tokenizer):
    """Empty, short and long texts together give what each gives alone."""
    texts = ("warm soup", "", "the soup was warm and good , nobody liked the bread", "bread")
    together = network(**padded(encode_batch(word_tokenizer, TextBatch(texts), 16), word_tokenizer)).logits
    for text, row in zip(texts, together, strict=True):
        alone = network(**padded(encode_batch(word_tokenizer, TextBatch((text,)), 16), word_tokenizer)).logits[0]
        assert torch.allclose(alone, row, atol=1e-6)
    assert torch.isfinite(together).all()


def test_the_mask_defaults_to_what_is_not_padding(network):
    """Without an attention mask the padding word is left out all the same."""
    ids = torch.tensor([[5, 6, 0, 0]])
    assert torch.equal(network(ids).logits, network(ids, attention_mask=torch.tensor([[1, 1, 0, 0]])).logits)


def test_the_loss_is_there_only_with_labels_and_fits_the_task(network):
    """Cross-entropy for one label, with torch as the oracle."""
    ids = torch.tensor([[5, 6, 7], [8, 9, 0]])
    labels = torch.tensor([1, 0])
    assert network(ids).loss is None
    answer = network(ids, labels=labels)
    assert torch.allclose(answer.loss, torch.nn.functional.cross_entropy(answer.logits, labels))


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_multi_label_and_regression_have_their_own_losses(kind):
    """Binary cross-entropy per label, and the squared error."""
    ids = torch.tensor([[5, 6, 7], [8, 9, 0]])
    many = build(kind, labels=("rude", "late", "cold"), task="multi_label")
    targets = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    answer = many(ids, labels=targets)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(answer.logits, targets)
    assert torch.allclose(answer.loss, expected)
    regressor = build(kind, labels=("value",), task="regression")
    answer = regressor(ids, labels=torch.tensor([2.0, 3.0]))
    assert torch.allclose(answer.loss, ((answer.logits[:, 0] - torch.tensor([2.0, 3.0])) ** 2).mean())


def test_word_dropout_replaces_words_in_training_only():
    """With nearly all words dropped, two texts of one length look alike in training and differ in evaluation."""
    model = build("mlp", word_dropout=0.999999, dropout=0.0)
    first, other = torch.tensor([[5, 6]]), torch.tensor([[7, 8]])
    assert not torch.allclose(model(first).logits, model(other).logits)
    model.train()
    assert torch.allclose(model(first).logits, model(other).logits)
    assert torch.allclose(model(first).logits, model(torch.tensor([[1, 1]])).logits)


def test_the_padding_word_gets_no_gradient(network):
    """Its embedding stays zero however long one trains."""
    network(torch.tensor([[5, 6, 0]]), labels=torch.tensor([1])).loss.backward()
    assert network.embeddings.weight.grad[0].abs().sum() == 0
    assert network.embeddings.weight[0].abs().sum() == 0


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_saved_network_works_in_a_pipeline_with_its_labels(kind, word_tokenizer, tmp_path):
    """The folder is an ordinary Hugging Face folder; weights and answers survive."""
    model = build(kind, labels=("dull", "lively"), vocab_size=len(word_tokenizer))
    save_model(
        model, word_tokenizer, tmp_path / "m", task="binary", labels=("dull", "lively"), kind=kind, max_length=16
    )
    loaded, _ = load_model(tmp_path / "m")
    assert all(
        torch.equal(a, b) for a, b in zip(model.state_dict().values(), loaded.state_dict().values(), strict=True)
    )
    answers = pipeline("text-classification", str(tmp_path / "m"), device="cpu")(["warm soup", ""], top_k=None)
    inputs = padded(encode_batch(word_tokenizer, TextBatch(("warm soup",)), 16), word_tokenizer)
    expected = model(**inputs).logits.softmax(dim=1)[0].tolist()
    scores = {answer["label"]: answer["score"] for answer in answers[0]}
    assert scores == pytest.approx({"dull": expected[0], "lively": expected[1]}, abs=1e-6)


@pytest.mark.parametrize(("task", "labels"), [("multi_label", ("rude", "late")), ("regression", ("value",))])
def test_pipelines_apply_what_the_task_needs(task, labels, word_tokenizer, tmp_path):
    """A sigmoid per label, and nothing for a regression."""
    model = build("mlp", labels=labels, task=task, vocab_size=len(word_tokenizer))
    save_model(model, word_tokenizer, tmp_path / "m", task=task, labels=labels, kind="mlp")
    answers = pipeline("text-classification", str(tmp_path / "m"), device="cpu")("warm soup", top_k=None)
    inputs = padded(encode_batch(word_tokenizer, TextBatch(("warm soup",)), 16), word_tokenizer)
    logits = model(**inputs).logits[0].detach().double().numpy()
    expected = logits if task == "regression" else 1 / (1 + np.exp(-logits))
    scores = {answer["label"]: answer["score"] for answer in answers}
    assert scores == pytest.approx(dict(zip(labels, expected, strict=True)), abs=1e-6)


@pytest.mark.parametrize("precision", [torch.float32, torch.float64])
def test_the_strongest_window_is_the_maximum_of_a_convolution_with_its_gradients(precision):
    """Values and all three gradients are those of torch's convolution and maximum."""
    draw = torch.Generator().manual_seed(0)
    inputs = [torch.randn(*shape, generator=draw, dtype=precision) for shape in ((5, 9, 4), (7, 4, 3), (7,))]
    n_windows = torch.tensor([[1], [7], [3], [2], [6]])

    def plain(words, weight, bias, n_windows):
        answers = torch.nn.functional.conv1d(words.transpose(1, 2), weight, bias)
        return answers.masked_fill((torch.arange(7) >= n_windows)[:, None], -torch.inf).amax(dim=2)

    gradients = []
    for strongest in (StrongestWindow.apply, plain):
        given = [tensor.clone().requires_grad_() for tensor in inputs]
        values = strongest(*given, n_windows)
        values.sin().sum().backward()
        gradients.append([values, *(tensor.grad for tensor in given)])
    for mine, torchs in zip(*gradients, strict=True):
        torch.testing.assert_close(mine, torchs)


def test_a_convolution_answers_alike_with_and_without_gradients(word_tokenizer):
    """Training and scoring take different ways to the same numbers; bfloat16 trains, too."""
    model = build("cnn")
    batch = padded(
        encode_batch(word_tokenizer, TextBatch(("good soup", "warm bread by the window")), 16), word_tokenizer
    )
    with torch.inference_mode():
        scored = model(**batch).logits
    assert torch.equal(model(**batch).logits, scored)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        model(**batch).logits.float().sum().backward()
    assert model.embeddings.weight.grad.isfinite().all()
