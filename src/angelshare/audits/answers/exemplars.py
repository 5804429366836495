"""Compression-identified exemplars: texts on which populations of teachers and of students disagree."""

from collections.abc import Sequence

import numpy as np

from angelshare.audits.answers.decisions import answers
from angelshare.audits.frame.item_estimates import Figure, design_of, mean, share
from angelshare.core.arrays import Array, Labels, Mask
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions

MIN_MEMBERS = 2


def exemplars(panel: Panel[Predictions], student: Population[Predictions], level: float) -> dict[str, Figure]:
    """Return `cie`, `cie_ties` and `taxicab` of a population of students (Hooker et al. 2019).

    An exemplar is a text whose modal label over the K teachers differs from its modal label over the K students. A
    population that gives two labels equally often has no modal label: such a text is a tie, not an exemplar. Both are
    shares of all texts. `taxicab` is the mean L1 distance, from 0 to 2, of the populations' distributions over labels;
    it needs no mode. The intervals are over texts, for these very members.
    """
    codes, n_codes = coded((*panel.teacher.members, *student.members))
    n_teachers = len(panel.teacher.members)
    counts = [label_counts(part, n_codes) for part in (codes[:n_teachers], codes[n_teachers:])]
    modes = [count.argmax(axis=1) for count in counts]
    tied = _tied(counts[0]) | _tied(counts[1])
    apart = np.abs(counts[0] / len(panel.teacher.members) - counts[1] / len(student.members)).sum(axis=1)
    design = design_of(panel.items)
    return {
        "cie": share(((modes[0] != modes[1]) & ~tied)[None].astype(float), design, level),
        "cie_ties": share(tied[None].astype(float), design, level),
        "taxicab": mean(apart[None], design, level, within=(0.0, 2.0)),
    }


def are_populations(panel: Panel[Predictions], student: Population[Predictions]) -> bool:
    """Whether both sides have enough members for a modal label."""
    return min(len(panel.teacher.members), len(student.members)) >= MIN_MEMBERS


def coded(members: Sequence[Predictions]) -> tuple[Array, int]:
    """Return (members, n) answers as codes that all members share, and how many codes there are."""
    answered = np.array([answers(member) for member in members])
    if members[0].task != "multi_label":
        return answered, len(members[0].labels)
    packed = np.packbits(answered, axis=-1)
    sets, codes = np.unique(packed.reshape(-1, packed.shape[-1]), axis=0, return_inverse=True)
    return codes.reshape(answered.shape[:2]), len(sets)


def label_counts(codes: Array, n_codes: int) -> Labels:
    """Return (n, codes) how many members give each answer."""
    counts = np.zeros((codes.shape[1], n_codes), dtype=np.int64)
    for answered in codes:
        counts[np.arange(codes.shape[1]), answered] += 1
    return counts


def _tied(counts: Labels) -> Mask:
    """Return (n,) whether two answers tie as the most frequent."""
    if counts.shape[1] == 1:
        return np.zeros(len(counts), dtype=np.bool_)
    top = np.partition(counts, -2, axis=1)
    return np.asarray(top[:, -1] == top[:, -2])
