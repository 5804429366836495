"""Members other than classifiers: language models, encoders, files of embeddings, likelihoods and continuations."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from angelshare.core.alignment import Observed
from angelshare.core.errors import InputError, ModelError
from angelshare.core.observations import Kind
from angelshare.core.protocols import ModelCard
from angelshare.data.predictions.observation_files import read_continuations, read_embeddings, read_likelihoods
from angelshare.data.texts.textset import TextSet
from angelshare.recipes.observe.seats import Opened, Seat
from angelshare.recipes.observe.sides import SideGroup, refuse_copies, seed_folders

Reader = Callable[..., Observed[Any]]  # Any: the kind says which type of member
READERS: Mapping[Kind, Reader] = {
    "embeddings": read_embeddings,
    "likelihoods": read_likelihoods,
    "continuations": read_continuations,
}
"""Kind other than scores -> the reader of its files."""


def files_of_kinds(
    group: SideGroup, kinds: Sequence[Kind], columns: Mapping[str, str], data: TextSet | None
) -> Iterator[Opened]:
    """Yield the members of a population whose files hold one of these kinds; each file is one seed.

    Raises:
        InputError: if a file cannot be read, several kinds are needed, or data are given as well.
    """
    if data is not None:
        raise InputError(
            f"{group.sides[0].source} brings its own items: leave --data out, and put clusters, slices and weights "
            "into one of the files. To compare it with a model, write a file of that model's answers."
        )
    if len(kinds) > 1:
        raise InputError(
            f"The audits need {' and '.join(kinds)}, but a file holds only one of them. Ask for one audit."
        )
    (kind,) = kinds
    for position, side in enumerate(group.sides):
        observed = READERS[kind](side.source, name=group.name, columns=columns)
        seat = Seat(group.role, group.name, position if observed.seed is None else observed.seed)
        digest = hashlib.sha256(Path(side.source).read_bytes()).hexdigest()
        fingerprint = observed.fingerprint or f"file:{digest}"
        held = replace(observed, member=replace(observed.member, name=seat.member, seed=seat.seed))
        yield Opened(seat, _card(held, fingerprint, f"file of {kind}"), side.source, held={kind: held})


def models_of_kinds(group: SideGroup, kinds: Sequence[Kind], max_length: int | None) -> Iterator[Opened]:
    """Yield the members of a population of models, from which no audit needs scores.

    Raises:
        ModelError: if a model gives none of these kinds.
    """
    from angelshare.models.causal import load_causal
    from angelshare.models.embedder import load_embedder
    from angelshare.models.memory import Loading

    embeds = "embeddings" in kinds
    fingerprints: list[str] = []
    folders = seed_folders(group)
    for seed, source in folders:
        seat = Seat(group.role, group.name, seed)
        load = partial(load_embedder, pooling="mean") if embeds else load_causal
        try:
            model = load(source, name=seat.member, max_length=max_length)
        except ModelError as error:
            raise ModelError(f"{seat.member} gives no {' and no '.join(kinds)}: {error}") from error
        fingerprints.append(model.card.fingerprint)
        refuse_copies(group, fingerprints, [folder for _, folder in folders])
        yield Opened(seat, model.card, source, loading=Loading(source, max_length=max_length))


def _card(held: Observed[Any], fingerprint: str, kind: str) -> ModelCard:
    """Return a model's card, as far as its file tells."""
    return ModelCard(held.name, None, (), fingerprint, held.parent_fingerprint, precision="not stated", kind=kind)
