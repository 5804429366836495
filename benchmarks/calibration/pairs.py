"""Teachers and students that are right or wrong about items: independent, in clusters, with seeds."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from angelshare.core.arrays import Array, Labels, Mask, Vector

TEACHER = 0.8
"""The teacher's accuracy."""
SHARED = 0.5
"""Of an item's difficulty, the part that is the same for all seeds."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often the student is right where the teacher is wrong, and the reverse; of all items."""

    wins: float
    losses: float

    @classmethod
    def from_loss(cls, discordance: float, loss: float) -> "Rates":
        """Return the rates whose sum is the discordance; the true difference is -loss x discordance."""
        return cls(discordance * (1 - loss) / 2, discordance * (1 + loss) / 2)

    @property
    def difference(self) -> float:
        """Return student - teacher."""
        return self.wins - self.losses


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Who is right about which items: teacher (n,), students (K, n)."""

    teacher: Mask
    students: Mask

    @property
    def differences(self) -> Array:
        """Return (K, n) of -1, 0, 1."""
        return np.asarray(self.students.astype(np.float64) - self.teacher)


def of_items(rng: np.random.Generator, rates: Rates, n: int) -> Pairs:
    """Return one student on independent items."""
    return _from_signs(rng, rates, _signs(rng, np.full(n, rates.wins), np.full(n, rates.losses)))


def of_seeds(rng: np.random.Generator, rates: Rates, n: int, n_seeds: int, seed_effect: float) -> Pairs:
    """Return several students on the same items.

    A latent normal difficulty, half of it shared by all seeds, decides whether a student differs from its teacher; its
    threshold moves by `seed_effect` standard deviations from seed to seed: a worse seed loses more and wins less. The
    rates over seeds stay exact: P(z < c + s u) = Phi(c / sqrt(1 + s^2)).
    """
    teacher = rng.random(n) < TEACHER
    cuts = seed_cuts(rates, seed_effect)
    latent = math.sqrt(1 - SHARED) * rng.standard_normal((n_seeds, n), dtype=np.float32)
    latent += math.sqrt(SHARED) * rng.standard_normal(n, dtype=np.float32)
    moved = seed_effect * rng.standard_normal((n_seeds, 1))
    differs = latent < np.where(teacher, cuts[0] + moved, cuts[1] - moved)
    return Pairs(teacher, differs ^ teacher)


def seed_cuts(rates: Rates, seed_effect: float) -> tuple[float, float]:
    """Return the thresholds of losing an item that the teacher has right, and of winning one."""
    scale = math.sqrt(1 + seed_effect**2)
    shares = rates.losses / TEACHER, rates.wins / (1 - TEACHER)
    lose, win = (float(stats.norm.ppf(share)) * scale for share in shares)
    return lose, win


def of_clusters(rng: np.random.Generator, rates: Rates, codes: Labels, icc: float, n_seeds: int = 1) -> Pairs:
    """Return students on clustered items: every cluster has its own rates of winning and losing.

    They are Dirichlet-distributed around the rates, so that discordant items are beta-binomial with this intra-cluster
    correlation, and so are their signs.
    """
    n_clusters = int(codes.max()) + 1
    means = np.array([rates.wins, rates.losses, 1 - rates.wins - rates.losses])
    by_cluster = np.tile(means, (n_clusters, 1))
    if icc > 0:
        gammas = rng.standard_gamma(np.tile(means * (1 - icc) / icc, (n_clusters, 1)))
        by_cluster = gammas / gammas.sum(axis=1, keepdims=True)
    first = _from_signs(rng, rates, _signs(rng, by_cluster[codes, 0], by_cluster[codes, 1]))
    if n_seeds == 1:
        return first
    wins = np.where(first.teacher, 0, by_cluster[codes, 0] / (1 - TEACHER))
    losses = np.where(first.teacher, by_cluster[codes, 1] / TEACHER, 0)
    differs = rng.random((n_seeds, len(codes))) < np.minimum(1, wins + losses)
    return Pairs(first.teacher, differs ^ first.teacher)


def cluster_codes(n: int, n_clusters: int, sizes: str) -> Labels:
    """Return (n,) codes; sizes `equal`, or `unequal`: the k-th largest has 1 / k of the largest's items (Zipf)."""
    shares = np.ones(n_clusters) if sizes == "equal" else 1 / np.arange(1, n_clusters + 1)
    edges = np.round(np.cumsum(shares) / shares.sum() * (n - n_clusters)).astype(np.int64)
    counts = np.diff(edges, prepend=0) + 1
    return np.repeat(np.arange(n_clusters), counts)


def _signs(rng: np.random.Generator, wins: Vector, losses: Vector) -> Array:
    """Return (n,) of 1, -1 or 0."""
    drawn = rng.random(len(wins))
    return (drawn < wins).astype(np.int8) - (drawn > 1 - losses)


def _from_signs(rng: np.random.Generator, rates: Rates, signs: Array) -> Pairs:
    """Return who is right: where both agree, the teacher's accuracy fills up to `TEACHER`."""
    both = (TEACHER - rates.losses) / (1 - rates.wins - rates.losses)
    teacher = np.where(signs == 0, rng.random(len(signs)) < both, signs < 0)
    return Pairs(teacher, (teacher + signs == 1)[None, :])
