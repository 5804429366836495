"""Training: what is learnt, what is kept, when it stops, and that an interruption changes nothing."""

import itertools
import json
import logging

import numpy as np
import pytest
import torch
from films import Heard, film_set, film_transfer, small_student

from angelshare.core.errors import InputError
from angelshare.core.protocols import Silent
from angelshare.distillation.batches import Batches, encode_texts
from angelshare.distillation.objectives import objective
from angelshare.distillation.spec import DistilSpec, HardLabels
from angelshare.distillation.step import Output, Step
from angelshare.distillation.teachers import CachedLogits
from angelshare.distillation.training import Course, Schedule, run_training, schedule
from angelshare.distillation.watch import SCORE

SPEC = DistilSpec(epochs=6, batch_size=16, learning_rate=0.05, evaluations_per_epoch=2, warmup=0.1)


def trained(work, *, spec=SPEC, seed=0, model=None, n=100, validate=True, progress=None, clock=None):
    """Train a small student and return it with its report."""
    model, tokenizer = model or small_student(seed, word_dropout=0.1)
    transfer, held_out = film_transfer(n), film_set(40, seed=1)
    batches = Batches(
        encode_texts(tokenizer, transfer.batch, 16),
        batch_size=spec.batch_size,
        seed=seed,
        teacher_logits=transfer.logits,
    )
    validation = Batches(encode_texts(tokenizer, held_out.batch, 16), batch_size=16, seed=None, labels=held_out.truth)
    course = Course(
        "mlp/0", schedule(n, spec), seed, work, progress or Silent(), clock or itertools.count(step=0).__next__
    )
    report = run_training(
        model,
        batches,
        validation if validate else None,
        spec,
        loss=objective(spec.objective, "binary"),
        task="binary",
        course=course,
        teacher=CachedLogits(),
    )
    return model, report


def weights(model):
    """Return all weights as one vector."""
    return torch.cat([parameter.detach().reshape(-1) for parameter in model.parameters()])


class Interrupts(Heard):
    """Progress that is interrupted after so many steps, as by Ctrl-C."""

    def __init__(self, after):
        """Interrupt after `after` steps."""
        super().__init__()
        self.after = after

    def advance(self, n):
        """Count, and interrupt."""
        super().advance(n)
        if self.done >= self.after:
            raise KeyboardInterrupt


def test_a_student_learns_what_its_teacher_says(tmp_path):
    """One adjective decides; a bag of words finds it."""
    model, report = trained(tmp_path)
    assert report.best_validation == 1.0
    assert report.history[-1].loss < report.history[0].loss
    assert not model.training


def test_steps_and_epochs_count_texts_not_batches(tmp_path):
    """100 texts in batches of 16 are 7 steps an epoch; 6 epochs are 42, looked at every 4 (7 / 2, rounded)."""
    clock = itertools.count()
    _, report = trained(tmp_path, clock=clock.__next__)
    assert (report.steps, report.epochs, report.max_steps, report.evaluate_every) == (42, 6.0, 42, 4)
    assert [entry.step for entry in report.history] == [1, *range(4, 42, 4), 42]
    assert report.history[0].score is None
    assert all(entry.score is not None for entry in report.history[1:])
    assert report.seconds == next(clock) - 1


@pytest.mark.parametrize(
    ("n", "epochs", "per_epoch", "expected"),
    [
        (100, 6, 2, Schedule(42, 4)),
        (1, 1, 5, Schedule(1, 1)),
        (64, 2.5, 1, Schedule(10, 4)),
        (16, 0.1, 1, Schedule(1, 1)),
    ],
)
def test_a_schedule_follows_from_the_number_of_texts(n, epochs, per_epoch, expected):
    """Parts of epochs count, and there is always a step."""
    assert schedule(n, DistilSpec(epochs=epochs, batch_size=16, evaluations_per_epoch=per_epoch)) == expected


def test_the_first_step_is_adamw_on_the_batch_mean(tmp_path):
    """One step of the trainer equals one step written out with torch."""
    spec = DistilSpec(epochs=1, batch_size=100, learning_rate=0.01, weight_decay=0.1, max_grad_norm=0.05)
    expected, tokenizer = small_student(3)
    transfer = film_transfer(100)
    inputs = tokenizer(list(transfer.batch.texts), padding=True, return_tensors="pt")
    expected.dropout.p = 0.0
    step = Step(Output(expected(**inputs).logits), Output(torch.from_numpy(transfer.logits)))
    objective(spec.objective, "binary")(step).backward()
    torch.nn.utils.clip_grad_norm_(expected.parameters(), 0.05)
    decayed = [p for name, p in expected.named_parameters() if "bias" not in name]
    plain = [p for name, p in expected.named_parameters() if "bias" in name]
    torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}], lr=0.01
    ).step()
    model, tokenizer = small_student(3)
    model.dropout.p = 0.0
    model, report = trained(tmp_path, spec=spec, model=(model, tokenizer))
    assert report.steps == 1
    torch.testing.assert_close(weights(model), weights(expected), atol=2e-6, rtol=1e-5)


def test_the_same_seed_gives_the_same_weights(tmp_path):
    """And another seed others."""
    first, _ = trained(tmp_path / "a")
    torch.rand(7)
    other, _ = trained(tmp_path / "b")
    assert torch.equal(weights(first), weights(other))
    assert not torch.equal(weights(first), weights(trained(tmp_path / "c", seed=1)[0]))


@pytest.mark.parametrize("after", [3, 9, 15, 41])
def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path, after):
    """Whether killed before the first checkpoint, inside an epoch or near the end; dropout included."""
    undisturbed, expected = trained(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "cut", progress=Interrupts(after))
    heard = Heard()
    resumed, report = trained(tmp_path / "cut", progress=heard)
    assert torch.equal(weights(undisturbed), weights(resumed))
    assert report == expected
    assert heard.started == [("training mlp/0", 42)]
    assert heard.done == 42


def test_a_checkpoint_is_written_in_time_also_between_evaluations(tmp_path):
    """Every five minutes at least, at 100 seconds a step; what was killed goes on from there to the same weights."""
    spec = SPEC.model_copy(update={"evaluations_per_epoch": 0.2})
    undisturbed, _ = trained(tmp_path / "whole", spec=spec)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "cut", spec=spec, progress=Interrupts(8), clock=itertools.count(step=100).__next__)
    kept = [int(folder.name.removeprefix("checkpoint-")) for folder in (tmp_path / "cut").glob("checkpoint-*")]
    assert kept
    assert 8 - max(kept) <= 3
    heard = Heard()
    resumed, _ = trained(tmp_path / "cut", spec=spec, progress=heard)
    assert torch.equal(weights(undisturbed), weights(resumed))


def test_a_training_that_had_ended_is_only_read_back(tmp_path):
    """Killed between its last step and the saving of the model: no step is done twice."""
    spec = SPEC.model_copy(update={"patience": 2})
    first, expected = trained(tmp_path, spec=spec)
    heard = Heard()
    again, report = trained(tmp_path, spec=spec, progress=heard)
    assert torch.equal(weights(first), weights(again))
    assert report == expected
    assert heard.done == 0


def test_a_run_folder_may_be_moved_while_a_training_is_interrupted(tmp_path):
    """The best weights are found beside the last ones."""
    undisturbed, _ = trained(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "cut", progress=Interrupts(30))
    (tmp_path / "cut").rename(tmp_path / "moved")
    resumed, _ = trained(tmp_path / "moved")
    assert torch.equal(weights(undisturbed), weights(resumed))


def test_training_stops_when_validation_no_longer_improves(tmp_path):
    """Two looks without improvement, and the first best weights stay."""
    model, report = trained(tmp_path, spec=SPEC.model_copy(update={"patience": 2}))
    scores = [entry.score for entry in report.history[1:]]
    assert report.steps < report.max_steps
    assert (
        report.best_step == report.history[1 + int(np.argmax(scores))].step == report.steps - 2 * report.evaluate_every
    )
    kept = model.state_dict()
    beside = trained(tmp_path / "short", spec=SPEC, n=100)[1]
    assert beside.steps == 42
    assert all(torch.isfinite(tensor).all() for tensor in kept.values())


def test_without_validation_the_last_weights_are_kept(tmp_path):
    """Nothing is looked at, and patience has nothing to go by."""
    _, report = trained(tmp_path / "a", validate=False)
    assert report.best_validation is None
    assert report.best_step == report.steps == 42
    with pytest.raises(InputError, match="patience is 2"):
        trained(tmp_path / "b", spec=SPEC.model_copy(update={"patience": 2}), validate=False)


def test_a_diverging_training_is_refused(tmp_path):
    """A loss that is no number must not end as a model."""
    model, tokenizer = small_student()
    with torch.no_grad():
        model.output.weight.fill_(torch.inf)
    with pytest.raises(InputError, match="diverged"):
        trained(tmp_path, model=(model, tokenizer))


def test_training_is_silent_and_leaves_no_pickled_arguments(tmp_path, capsys, caplog):
    """Nothing is printed; a checkpoint holds weights, states and their checksums."""
    with caplog.at_level(logging.WARNING):
        trained(tmp_path)
    assert capsys.readouterr() == ("", "")
    assert not caplog.records
    (checkpoint,) = [folder for folder in tmp_path.iterdir() if folder.name == "checkpoint-42"]
    names = {file.name for file in checkpoint.iterdir()}
    assert names == {
        "model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json", "checksums.json",
    }  # fmt: skip
    assert any(SCORE in entry for entry in json.loads((checkpoint / "trainer_state.json").read_text())["log_history"])


def test_progress_is_told_of_every_step(tmp_path):
    """From the first to the last, and that it is over."""
    heard = Heard()
    trained(tmp_path, progress=heard)
    assert heard.started == [("training mlp/0", 42)]
    assert heard.done == 42
    assert heard.finished >= 1


def test_hard_labels_and_bf16_train_as_well(tmp_path):
    """The same trainer on labels, the network in bfloat16, weights in float32."""
    spec = DistilSpec(epochs=6, batch_size=16, learning_rate=0.05, precision="bf16")
    model, tokenizer = small_student()
    texts = film_set(100)
    encoded = encode_texts(tokenizer, texts.batch, 16)
    batches = Batches(encoded, batch_size=16, seed=0, labels=texts.truth)
    course = Course("mlp/0", schedule(100, spec), 0, tmp_path, Silent())
    loss = objective(HardLabels(kind="hard_labels"), "binary")
    report = run_training(model, batches, batches, spec, loss=loss, task="binary", course=course)
    assert report.best_validation == 1.0
    assert model.output.weight.dtype == torch.float32


@pytest.mark.parametrize("n_bytes", [500, 10_000])
def test_a_full_disk_ends_a_training_in_a_sentence_and_with_room_it_goes_on(tmp_path, small_disk, n_bytes):
    """Whichever file has no place: weights, states of the optimiser, or the trainer's own."""
    undisturbed, expected = trained(tmp_path / "whole")
    message = r"checkpoint-4 cannot be written \(.+\)\. Make room on its disk; the same command then goes on"
    with small_disk(n_bytes), pytest.raises(InputError, match=message):
        trained(tmp_path / "work")
    resumed, report = trained(tmp_path / "work")
    assert torch.equal(weights(resumed), weights(undisturbed))
    assert report.history == expected.history
