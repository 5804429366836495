"""Training texts that are in an examination: found and dropped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask
from angelshare.core.task import ROLES, Role
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.data.texts.wording import normalised, words

__all__ = ["RUN", "find_batch_leaks", "find_leaks", "normalised", "remove_leaks", "said_alike"]

RUN = 8
"""Words of the shortest shared run that is a leak."""

_CHUNK = 4096
"""Candidates at a time: the words of all at once may not fit."""
_FACTOR = np.uint64(0xD6E8FEB86659FD93)


def find_leaks(candidates: Sequence[str], protected: Sequence[str]) -> Mask:
    """Return the mask of the candidates that are, or quote, a protected text.

    A candidate leaks if its normalised text equals a protected one's, or if both share any run of 8 words. Texts
    without a single letter or digit are compared verbatim. Time grows with the number of words.
    """
    split = [words(text) for text in protected]
    exact = {_exact(tokens, text) for tokens, text in zip(split, protected, strict=True)}
    vocabulary: dict[str, int] = {}
    for tokens in split:
        for word in tokens:
            vocabulary.setdefault(word, len(vocabulary))
    runs = np.unique(_run_hashes(split, vocabulary)[0])
    leaks = np.zeros(len(candidates), dtype=np.bool_)
    for start in range(0, len(candidates), _CHUNK):
        chunk = candidates[start : start + _CHUNK]
        split = [words(text) for text in chunk]
        hashes, owners = _run_hashes(split, vocabulary)
        leaks[start + owners[_among(hashes, runs)]] = True
        same = [_exact(tokens, text) in exact for tokens, text in zip(split, chunk, strict=True)]
        leaks[start : start + len(chunk)] |= same
    return leaks


def find_batch_leaks(candidates: TextBatch, protected: TextBatch) -> Mask:
    """Return the mask of the items that leak, for single texts and for pairs.

    A pair leaks if *both* its halves leak against the protected halves (in either order): pairs of different splits
    often share one half by design, a premise for instance. A single text leaks if it leaks against any half.
    """
    halves = (*protected.texts, *(protected.pairs or ()))
    leaks = find_leaks(candidates.texts, halves)
    return leaks if candidates.pairs is None else leaks & find_leaks(candidates.pairs, halves)


def said_alike(candidates: TextBatch, protected: TextBatch) -> Mask:
    """Return the mask of the items with the words of a protected text; of pairs, both halves."""
    said = {normalised(text) for text in (*protected.texts, *(protected.pairs or ()))}
    halves = [candidates.texts] if candidates.pairs is None else [candidates.texts, candidates.pairs]
    alike = np.array([[normalised(text) in said for text in half] for half in halves], dtype=np.bool_)
    return np.asarray(alike.all(axis=0))


def remove_leaks(splits: Splits) -> Splits:
    """Return the splits without leaks; dropped texts are counted under `"train against test"` and the like.

    Test is never touched. Every other role gives up the texts that leak into test, and earlier roles those that leak
    into the rest of later ones. Generated and template sets are exempt from the rule of 8 words, since all their texts
    share templates: they must only share no whole text. Texts that leak into those `examined` are dropped from every
    role but test, by the same rules.

    Raises:
        InputError: if nothing is left of a role, or roles still share a text.
    """
    roles = dict(splits.roles)
    dropped = dict(splits.dropped)
    if not splits.from_templates:
        for protected, role in _against(roles):
            leaks = find_batch_leaks(roles[role].batch, roles[protected].batch)
            dropped[f"{role} against {protected}"] = int(leaks.sum())
            roles[role] = roles[role].take(np.flatnonzero(~leaks))
    leaking = said_alike if splits.from_templates else find_batch_leaks
    for (name, batch), role in product(splits.examined.items(), [role for role in roles if role != "test"]):
        leaks = leaking(roles[role].batch, batch)
        dropped[f"{role} against {name}"] = int(leaks.sum())
        roles[role] = roles[role].take(np.flatnonzero(~leaks))
    cleaned = replace(splits, roles=roles, dropped=dropped)
    cleaned.refuse_shared_texts()
    return cleaned


def _against(roles: dict[Role, TextSet]) -> Iterator[tuple[Role, Role]]:
    """Yield pairs of a protected role and one that gives up texts, test first."""
    present = [role for role in ROLES if role in roles]
    for i in range(len(present) - 1, 0, -1):
        for role in present[:i]:
            yield present[i], role


def _exact(tokens: Sequence[str], text: str) -> str:
    """Return the normalised text of these words."""
    return "".join(tokens) or text


def _run_hashes(split: Sequence[Sequence[str]], vocabulary: Mapping[str, int]) -> tuple[Array, Labels]:
    """Return a 64-bit hash of every run of 8 words of the vocabulary, and the position of its text.

    Two different runs have one hash with probability 2^-64; a set of the runs themselves takes three times as long.
    """
    lengths = np.fromiter(map(len, split), dtype=np.int64, count=len(split))
    codes = np.fromiter(
        (vocabulary.get(word, -1) for tokens in split for word in tokens), np.int64, count=lengths.sum()
    )
    if len(codes) < RUN:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    text = np.repeat(np.arange(len(split)), lengths)
    n_runs = len(codes) - RUN + 1
    unknown = np.concatenate([[0], np.cumsum(codes < 0)])
    whole = (text[:n_runs] == text[RUN - 1 :]) & (unknown[RUN:] == unknown[:n_runs])
    first = np.flatnonzero(whole)
    mixed = _mixed(codes)
    hashes = np.zeros(len(first), dtype=np.uint64)
    for place in range(RUN):
        hashes = hashes * _FACTOR + mixed[first + place]
    return hashes, text[first]


def _among(hashes: Array, known: Array) -> Mask:
    """Return the mask of the hashes that are among `known`, which is sorted."""
    if not known.size:
        return np.zeros(len(hashes), dtype=np.bool_)
    place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.asarray(known[place] == hashes)


def _mixed(codes: Labels) -> Array:
    """Return 64 well-mixed bits for every code (the finaliser of splitmix64)."""
    bits = (codes.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)))
