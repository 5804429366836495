"""A student distilled from a teacher: what `ash.distil` does."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast, get_args

import numpy as np
import pandas as pd
from pydantic import ValidationError

from angelshare.api.arrays import as_array, as_frame
from angelshare.api.kinds import Data, InFolder, Network, Values
from angelshare.api.networks import saved, with_tokenizer
from angelshare.api.rows import with_labels
from angelshare.core.arrays import Array, Scores
from angelshare.core.atomic import folder_of
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.protocols import ModelCard, Progress, Scorer, Silent
from angelshare.core.strict import mistakes
from angelshare.core.student_spec import NeuralSpec, StudentSpec
from angelshare.core.text import TextBatch
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.data.texts.labelling import read_batch, read_truth, text_set
from angelshare.data.texts.loading import load_splits, load_texts
from angelshare.data.texts.textset import TextSet
from angelshare.distillation.spec import DistilSpec

KINDS: Mapping[str, type[NeuralSpec]] = {
    get_args(spec.model_fields["kind"].annotation)[0]: spec for spec in get_args(NeuralSpec)
}


@dataclass(frozen=True, slots=True, eq=False)
class Student:
    """A student, trained: a model for `ash.audit`, and a folder that Hugging Face can load.

    Attributes:
        folder: with weights, configuration, tokenizer, and `training.json`.
        scorer: the network, ready to score.
        warnings: what must be known of its training, as sentences.
    """

    folder: Path
    scorer: Scorer
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return what it is and where it lies."""
        size = "" if self.card.n_parameters is None else f" of {self.card.n_parameters:,} parameters"
        return f"Student({self.card.kind}{size}, {self.card.task}, labels {list(self.card.labels)}, in {self.folder})"

    @property
    def card(self) -> ModelCard:
        """What a statement says about it: task, labels, parameters, fingerprint, its teacher's fingerprint."""
        return self.scorer.card

    def score(self, texts: Sequence[str]) -> Scores:
        """Return logits (n, labels), in the order of `card.labels`; of a regression values (n, 1)."""
        from angelshare.models.observe import observe

        return observe(self.scorer, TextBatch(tuple(texts)))


def distil(
    teacher: str | PathLike[str] | Network | InFolder,
    student: str | Mapping[str, Any] | NeuralSpec = "bilstm",  # Any: whatever a kind of student can be told
    *,
    texts: Data,
    truth: Values | None = None,
    validation: Data | None = None,
    out: str | PathLike[str],
    seed: int = 0,
    progress: Progress | None = None,
    **settings: object,
) -> Student:
    """Train a student on what a teacher answers to texts.

    After an interruption the same call goes on where it stood; a student that is there already is only loaded.

    Args:
        teacher: a classifier: its folder or hub id, `(model, tokenizer)`, a pipeline, or a student.
        student: `mlp`, `bilstm`, `cnn`, `transformer` (layers of its teacher) or `pretrained`; or with settings, as a
            recipe has them: `{"kind": "bilstm", "hidden_width": 32}`.
        texts: for the teacher to label: a list of texts, a data frame with `text`, a file, folder, hub id, or a name
            that `angelshare data list` knows.
        truth: human labels of the texts, row by row, for objectives that look at them; a data frame has its own.
        validation: labelled texts, such as a data frame with `text` and `label`: they decide which weights are kept and
            when to stop. None: the last weights are kept.
        out: the student's folder.
        seed: of the first weights, of dropout and of the order of the texts.
        progress: told about texts and steps.
        **settings: `objective`, `epochs`, `batch_size`, `learning_rate`, `patience` and so on, as in a recipe's
            `distil` (`angelshare recipe keys distil`).

    Raises:
        InputError: for a teacher that is no classifier, texts or labels that are none, or a setting that there is not.
    """
    spec, chosen = spec_of(student), settings_of(settings)
    folder = folder_of(out)
    told = progress or Silent()

    # mistakes show before the networks are loaded, which takes seconds
    from angelshare.models.checkpoint import load_scorer
    from angelshare.recipes.train.single import distil_student
    from angelshare.transfer.gather import TransferTexts
    from angelshare.transfer.label import label_texts

    with _in_folder(teacher) as source:
        scorer = load_scorer(source, name="teacher")
        given = _texts(texts, truth, scorer.card)
        counts = {"texts": {"read": len(given), "kept": len(given)}}
        gathered = TransferTexts(given.batch, ("texts",) * len(given), given.truth, counts)
        transfer = label_texts(gathered, scorer, progress=told)
        examined = _validation(validation, scorer.card) or replace(given.take(np.arange(1)), truth=None)
        distil_student(spec, chosen, transfer, examined, folder, teacher=source, seed=seed, progress=told)
    report = json.loads((folder / "training.json").read_text("utf-8"))
    return Student(folder, load_scorer(folder, name=spec.name), tuple(report["warnings"]))


def spec_of(student: str | Mapping[str, Any] | NeuralSpec) -> NeuralSpec:  # Any: see `distil`
    """Return what a student is to be; without a name it is called after its kind.

    Raises:
        InputError: for a kind or a setting that there is not.
    """
    if isinstance(student, StudentSpec):
        return student
    if not isinstance(student, str | Mapping):
        raise InputError(f"student is a {type(student).__name__}. Give its kind, such as 'bilstm', or its settings.")
    wanted = {"kind": student} if isinstance(student, str) else dict(student)
    kind = str(wanted.get("kind"))
    if kind not in KINDS:
        raise InputError(unknown_name("kind of student", kind, KINDS))
    try:
        return KINDS[kind].model_validate({"name": kind, **wanted})
    except ValidationError as error:
        raise InputError(f"The student {kind}: {' '.join(mistakes(error, KINDS[kind]))}") from None


def settings_of(settings: Mapping[str, object]) -> DistilSpec:
    """Return how a student is to be trained.

    Raises:
        InputError: for a setting that there is not, or that is out of range.
    """
    try:
        return DistilSpec.model_validate(settings)
    except ValidationError as error:
        raise InputError(f"The training: {' '.join(mistakes(error, DistilSpec))}") from None


@contextmanager
def _in_folder(teacher: object) -> Iterator[str]:
    """Give the folder or hub id of a teacher; one in memory lies in a folder meanwhile."""
    folder = getattr(teacher, "folder", None)
    if isinstance(teacher, str | PathLike) or isinstance(folder, Path):
        yield fspath(cast("str", teacher if folder is None else folder))
        return
    network = with_tokenizer(teacher, "teacher")
    if network is None:
        raise InputError(
            f"teacher is a {type(teacher).__name__}. Give a model folder, a hub id, (model, tokenizer) or a pipeline."
        )
    with TemporaryDirectory(prefix="angelshare-") as scratch:
        yield saved(network, Path(scratch, "teacher"))


def _texts(texts: object, truth: object, card: ModelCard) -> TextSet:
    """Return the texts to distil on, with human labels where there are any."""
    if isinstance(texts, str | PathLike):
        batch, human_labels = load_texts(fspath(texts)).batch, None
    else:
        frame = _frame(texts, "texts")
        batch, human_labels = read_batch(frame, where="texts"), _truth(frame, card, "texts")
    if truth is not None:
        labels = as_array(truth, "truth", most=1)
        if len(labels) != len(batch):
            raise InputError(
                f"texts has {len(batch)} items, and truth has {len(labels)}. Give one label for every text."
            )
        human_labels = _truth(pd.DataFrame({"label": labels}), card, "truth")
    if not len(batch):
        raise InputError("texts is empty. Give at least one text.")
    ids = tuple(map(str, range(len(batch))))
    return TextSet("texts", card.scored_task, card.labels, ids, batch, human_labels)


def _truth(frame: pd.DataFrame, card: ModelCard, where: str) -> Array | None:
    """Return the human labels of a frame, in the order of the teacher's labels; None where there are none."""
    if not any(str(name).partition(":")[0] in ("label", "label_name") for name in frame.columns):
        return None
    return read_truth(frame, task=card.scored_task, labels=card.labels, where=where)


def _frame(texts: object, name: str) -> pd.DataFrame:
    """Return texts as a data frame with a column `text`."""
    frame = as_frame(texts, name)
    if frame is None:
        frame = pd.DataFrame({"text": as_array(texts, name, most=1)})
    return with_labels(TableAtHand(name, frame).read())


def _validation(validation: object, card: ModelCard) -> TextSet | None:
    """Return labelled texts for the examinations on the way."""
    if validation is None:
        return None
    if isinstance(validation, str | PathLike):
        splits = load_splits(fspath(validation), task=card.task, labels=card.labels)
        return splits.with_roles(["validation"]).role("validation")
    frame = _frame(validation, "validation")
    return text_set(frame, name="validation", task=card.scored_task, labels=card.labels, where="validation")
