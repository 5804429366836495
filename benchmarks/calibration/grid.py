"""The grid: which cells are simulated, with how many data sets each."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from calibration.worlds import Cell

SIZES = (50, 500, 5_000)
CLUSTERS = (8, 15, 30)
SEEDS = (3, 5, 10)
SEED_EFFECTS = (0.0, 0.1, 0.5)
DISCORDANCE = (0.005, 0.02, 0.05, 0.2)
LOSSES = (0.0, 0.5)
"""Parts of the discordance by which accuracy falls."""
AUC_LOSSES = (0.0, 0.02)
N_BLOCKS = 4
REPEATED = 250
"""Data sets of a block, for most cells."""
QUICK = 40


def grid(*, quick: bool) -> list[Cell]:
    """Return all cells, or a handful of each study for a first look."""
    cells = [*_shares(), *_rankings(), *_values(), *_power(), *_nulls(), *_counts()]
    if not quick:
        return cells
    kept: dict[str, list[Cell]] = {}
    for cell in cells:
        kept.setdefault(cell.study, []).append(Cell(cell.study, cell.settings, QUICK))
    return [cell for of_study in kept.values() for cell in of_study[:: max(1, len(of_study) // 6)]]


def _cells(study: str, n_repetitions: int, /, **choices: tuple[Any, ...]) -> Iterator[Cell]:
    """Yield one cell for every combination."""
    for chosen in product(*choices.values()):
        yield Cell(study, dict(zip(choices, chosen, strict=True)), n_repetitions)


def _shares() -> Iterator[Cell]:
    """Yield the cells of shares."""
    n = REPEATED
    rare = {"discordance": DISCORDANCE, "loss": LOSSES}
    yield from _cells("one_pair", 4 * n, n=SIZES, discordance=DISCORDANCE, loss=(0.0, 0.5, 1.0))
    yield from _cells("recipe", n, n=SIZES, seeds=SEEDS, seed_effect=SEED_EFFECTS, **rare)
    sizes = {"sizes": ("equal", "unequal"), "icc": (0.0, 0.05, 0.2)}
    yield from _cells("clustered", n, n=SIZES, clusters=CLUSTERS, **sizes, **rare)
    yield from _cells("clustered", n, n=(500,), clusters=(15, 30), **(sizes | {"icc": (0.05,)}), **rare, seeds=(5,))
    yield from _cells("weighted", n, n=SIZES, weights=("exponential", "strata"), **rare)
    for n_items, in_slice in ((50, 20), (500, 50), (5_000, 500)):
        designs = ("items", "5 seeds", "30 clusters")
        yield from _cells("excess", n, n=(n_items,), in_slice=(in_slice,), design=designs, **rare)


def _rankings() -> Iterator[Cell]:
    """Yield the cells of AUC and average precision."""
    n = REPEATED
    both: dict[str, tuple[Any, ...]] = {"metric": ("auc", "average_precision")}
    scores = {"auc": (0.9,), "correlation": (0.9,), "loss": AUC_LOSSES}
    several = {"auc": (0.8, 0.97), "correlation": (0.5, 0.98), "loss": AUC_LOSSES}
    yield from _cells("ranking", n, **both, n=SIZES, positives=(0.5, 0.1), **several)
    yield from _cells("ranking", n, **both, n=SIZES, positives=(0.3,), **scores, seeds=SEEDS, seed_effect=SEED_EFFECTS)
    clusters = {"clusters": CLUSTERS, "sizes": ("equal", "unequal"), "icc": (0.05, 0.2)}
    yield from _cells(
        "ranking", n, **both, n=(500,), positives=(0.5,), **scores, seeds=(1,), seed_effect=(0.0,), **clusters
    )
    rare = {"auc": (0.97,), "correlation": (0.999,), "loss": (0.01,), "catastrophic": (0.005, 0.01)}
    yield from _cells("ranking", n, metric=("auc",), n=(200, 400, 800, 1_600, 5_000), positives=(0.5,), **rare)


def _counts() -> Iterator[Cell]:
    """Yield the cells of F1, macro F1 and Matthews' correlation: fewer data sets, for each resamples 10,000 times."""
    n = REPEATED * 4 // 5
    rare = {"discordance": DISCORDANCE, "loss": LOSSES}
    yield from _cells("counted", n, metric=("f1", "mcc"), n=SIZES, **rare)
    yield from _cells("counted", n, metric=("macro_f1",), n=SIZES, **(rare | {"discordance": (0.02, 0.2)}))
    some = {"n": (500,), "discordance": (0.02, 0.2), "loss": (0.5,)}
    three: dict[str, tuple[Any, ...]] = {"metric": ("f1", "mcc", "macro_f1")}
    yield from _cells("counted", n, **three, **some, seeds=SEEDS, seed_effect=SEED_EFFECTS)
    clusters = {"clusters": CLUSTERS, "sizes": ("equal", "unequal"), "icc": (0.05,)}
    yield from _cells("counted", n // 2, metric=("f1",), **some, seeds=(1,), seed_effect=(0.0,), **clusters)


def _values() -> Iterator[Cell]:
    """Yield the cells of means and correlations."""
    n = REPEATED
    items = {"items": ("normal", "exponential", "lognormal", "t3")}
    yield from _cells("mean", 2 * n, n=SIZES, **items, weights=("none", "exponential"))
    yield from _cells("mean", n, n=SIZES, items=("normal", "exponential"), seeds=SEEDS, seed_effect=(0.0, 0.02, 0.5))
    one_seed = {"seeds": (1,), "seed_effect": (0.0,), "clusters": CLUSTERS, "sizes": ("equal", "unequal")}
    yield from _cells("mean", n, n=SIZES, items=("normal", "exponential"), **one_seed, icc=(0.0, 0.05, 0.2))
    three: dict[str, tuple[Any, ...]] = {"metric": ("pearson", "spearman", "pearson_and_spearman")}
    yield from _cells(
        "correlation", n, **three, n=SIZES, teacher=(0.5, 0.9), loss=AUC_LOSSES, items=("normal", "lognormal")
    )
    of_recipe = {"n": (50, 500), "teacher": (0.9,), "loss": (0.02,), "items": ("normal",), "seeds": SEEDS}
    yield from _cells("correlation", n, metric=("pearson", "spearman"), **of_recipe, seed_effect=(0.0, 0.02, 0.2))
    of_clusters = {"n": (500,), "teacher": (0.9,), "loss": (0.02,), "items": ("normal",), "seeds": (1,)}
    yield from _cells(
        "correlation",
        n,
        metric=("pearson", "spearman"),
        **of_clusters,
        seed_effect=(0.0,),
        clusters=CLUSTERS,
        icc=(0.05, 0.2),
    )


def _nulls() -> Iterator[Cell]:
    """Yield 4,000 null pairs, in as many blocks as all cells."""
    yield from _cells("null_pairs", 700, design=("items",))
    yield from _cells("null_pairs", 300, design=("clusters",))


def _power() -> Iterator[Cell]:
    """Yield the cells of power at the stated detectable difference, for rows of their own."""
    n = 2 * REPEATED
    yield from _cells("power", n, case=("accuracy",), n=SIZES, discordance=DISCORDANCE)
    some = {"n": (500, 5_000), "discordance": (0.05, 0.2)}
    yield from _cells("power", n, case=("recipe",), **some, seeds=(5, 10), seed_effect=SEED_EFFECTS)
    equal = {"sizes": ("equal", "unequal"), "icc": (0.0, 0.05)}
    yield from _cells("power", n, case=("clustered",), **some, clusters=(30, 100), **equal)
    scores = {"positives": (0.1, 0.5), "auc": (0.8, 0.97), "correlation": (0.9,)}
    yield from _cells("power", n, case=("auc",), n=(500, 5_000), **scores)
    yield from _cells("power", n, case=("mean",), n=SIZES, items=("normal", "exponential"))
