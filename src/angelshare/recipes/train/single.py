"""One student by itself: distilled from a transfer set into a folder, without a recipe around it."""

import json
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from angelshare.core.atomic import write_text
from angelshare.core.protocols import Progress
from angelshare.core.student_spec import NeuralSpec, PretrainedSpec, TransformerSpec, WordStudentSpec
from angelshare.data.texts.textset import TextSet
from angelshare.distillation.classification import distil_from
from angelshare.distillation.spec import DistilSpec
from angelshare.distillation.training import threads
from angelshare.models.checkpoint import backbone_fingerprint, load_model, save_model
from angelshare.models.students import build_student
from angelshare.models.vocabulary import WordTokenizer, build_word_tokenizer
from angelshare.recipes.folder.lock import LOCK_FILE, held
from angelshare.recipes.folder.stages import staged
from angelshare.recipes.train.members import TRAINING_FILE, TRAINING_VERSION
from angelshare.transfer.label import TransferSet


def distil_student(
    spec: NeuralSpec,
    settings: DistilSpec,
    transfer: TransferSet,
    validation: TextSet,
    folder: Path,
    *,
    teacher: str,
    seed: int,
    progress: Progress,
) -> bool:
    """Distil a student unless it is there already, made from these very inputs; return whether it was trained.

    Args:
        spec: what it is to be.
        settings: of the training.
        transfer: texts with the teacher's logits.
        validation: decides which weights are kept; without human labels the last are.
        folder: the student's; a training that was killed goes on beside it.
        teacher: its folder or hub id, for students that start from something of it.
        seed: of the first weights, of dropout and of the order of the texts.
        progress: told about steps.

    Raises:
        InputError: if another process makes it, or its folder holds what angelshare did not make.
    """

    def build(result: Path, work: Path) -> None:
        over_words = isinstance(spec, WordStudentSpec)
        needs_teacher = spec.needs_teacher if isinstance(spec, WordStudentSpec) else isinstance(spec, TransformerSpec)
        with threads(1 if over_words else None):  # as in a recipe, where several train side by side
            model, tokenizer = build_student(
                spec,
                labels=transfer.labels,
                task=transfer.task,
                seed=seed,
                tokenizer=_tokenizer(spec, transfer),
                teacher=load_model(teacher) if needs_teacher else None,
            )
            report = distil_from(
                model,
                tokenizer,
                transfer,
                validation,
                settings,
                seed=seed,
                work=work,
                progress=progress,
                max_length=spec.max_length,
                name=f"student {spec.name}",
            )
        save_model(
            model,
            tokenizer,
            result,
            task=transfer.task,
            labels=transfer.labels,
            kind=spec.kind,
            max_length=spec.max_length,
            seed=seed,
            parent_fingerprint=transfer.teacher_fingerprint,
        )
        write_text(result / TRAINING_FILE, json.dumps(asdict(report), indent=1))

    inputs = {
        "version": TRAINING_VERSION,
        "task": [transfer.task, *transfer.labels],
        "student": spec.model_dump(mode="json"),
        "backbone": backbone_fingerprint(spec.model) if isinstance(spec, PretrainedSpec) else None,
        "distil": settings.model_dump(mode="json"),
        "transfer": transfer.sha256(),
        "validation": validation.sha256(),
        "teacher": transfer.teacher_fingerprint,
        "seed": seed,
    }
    with held(folder.with_name(f".{folder.name}{LOCK_FILE}"), of=folder):  # beside the folder, which is replaced
        return staged(folder, inputs, build)


def _tokenizer(spec: NeuralSpec, transfer: TransferSet) -> WordTokenizer | None:
    """Return the word tokenizer of a student, built from the texts that it learns from; None: it takes another's."""
    if not isinstance(spec, WordStudentSpec) or spec.tokenizer == "teacher":
        return None
    texts = chain(transfer.batch.texts, transfer.batch.pairs or ())
    return build_word_tokenizer(texts, spec.vocabulary, max_length=spec.max_length)
