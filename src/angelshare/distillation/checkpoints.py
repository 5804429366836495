"""The trainer's checkpoints: sealed with checksums when complete, verified before they are read.

They hold optimiser states, for which there is only torch's own format. So a checkpoint is read back (with
`weights_only=True`) from this run's folder only, and only if every file is unchanged. The finished models of a run
never have this format.
"""

import hashlib
import json
import logging
import shutil
from pathlib import Path

import numpy as np
from torch import nn

from angelshare.core.atomic import write_text
from angelshare.core.errors import ModelError
from angelshare.core.seals import checksums, differing, sha256_of

SEAL = "checksums.json"
"""The file that is written last; a checkpoint without it is incomplete."""

_LOG = logging.getLogger(__name__)
_PLAN = "plan.sha256"


def seal(checkpoint: Path) -> None:
    """Write the checksums of a checkpoint's files, and of the plan that it follows, beside them."""
    write_text(checkpoint / SEAL, json.dumps(_contents(checkpoint), indent=1))


def verify(checkpoint: Path) -> None:
    """Check that a checkpoint's files are unchanged.

    Raises:
        ModelError: if it has no seal, or any file differs, is missing or was added.
    """
    expected = _sealed(checkpoint)
    changed = differing(expected, _contents(checkpoint))
    if changed or not expected:
        names = changed if expected else [SEAL]
        msg = (
            f"The checkpoint {checkpoint} is not as it was written ({', '.join(names)}), so training cannot "
            "go on from it."
        )
        raise ModelError(msg)


def last_sealed(work: Path) -> Path | None:
    """Return the last complete checkpoint of a work folder, verified; None without one.

    The trainer deletes old checkpoints before the newest is sealed, so a killed run may leave one with a seal but
    without some of its files. Such a checkpoint is skipped. If any other was changed after it was written, all are
    deleted with a warning, since the best of them may be the changed one: the training begins again.
    """
    complete = [checkpoint for checkpoint in _checkpoints(work) if _is_complete(checkpoint)]
    try:
        for checkpoint in complete:
            verify(checkpoint)
    except ModelError as damage:
        _LOG.warning("%s The training begins again.", damage)
        for checkpoint in _checkpoints(work):
            shutil.rmtree(checkpoint)
        return None
    return max(complete, key=_step, default=None)


def claim(work: Path, plan: str) -> None:
    """Make `work` the folder of this plan; checkpoints of any other plan are deleted.

    Args:
        work: the folder, made if it does not exist.
        plan: a digest of all that decides the course of the training.
    """
    work.mkdir(parents=True, exist_ok=True)
    file = work / _PLAN
    if file.is_file() and file.read_bytes() == plan.encode():
        return
    for folder in _checkpoints(work):
        shutil.rmtree(folder)
    write_text(file, plan)


def weights_digest(network: nn.Module) -> bytes:
    """Return a sha256 of a network's weights and their names."""
    digest = hashlib.sha256()
    for name, weights in network.state_dict().items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(weights.detach().cpu().numpy()).data)
    return digest.digest()


def _checkpoints(work: Path) -> list[Path]:
    """Return the checkpoint folders."""
    return [folder for folder in work.glob("checkpoint-*") if folder.is_dir() and folder.name[11:].isdigit()]


def _step(checkpoint: Path) -> int:
    """Return the step after which a checkpoint was written."""
    return int(checkpoint.name.removeprefix("checkpoint-"))


def _is_complete(checkpoint: Path) -> bool:
    """Whether a checkpoint has its seal, and all files that this names; a seal that cannot be read is damage."""
    return (checkpoint / SEAL).is_file() and all((checkpoint / name).is_file() for name in _sealed(checkpoint))


def _contents(checkpoint: Path) -> dict[str, str]:
    """Return the sha256 of every file, and of the plan beside the checkpoint: another training has another."""
    plan = checkpoint.parent / _PLAN
    return checksums(checkpoint, without=SEAL) | ({f"../{_PLAN}": sha256_of(plan)} if plan.is_file() else {})


def _sealed(checkpoint: Path) -> dict[str, str]:
    """Return the sha256 of every file when the checkpoint was sealed; empty without a seal that can be read."""
    try:
        return dict(json.loads((checkpoint / SEAL).read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
