"""The effect size of WEAT and SEAT: how much closer than a second set of vectors one lies to another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from angelshare.core.arrays import Labels, Vector
from angelshare.core.audit import Table
from angelshare.core.estimate import Estimate
from angelshare.core.items import Items
from angelshare.core.metric import PLAIN, MetricFacts
from angelshare.core.observations import Embeddings
from angelshare.core.panel import Panel, Population
from angelshare.core.task import ModelRole
from angelshare.core.text import text_key
from angelshare.data.texts.association_tests import AssociationTest

Vectors = Float[np.ndarray, "items width"]
EFFECT = MetricFacts(
    "seat_d",
    "SEAT effect size",
    "How much closer the first targets of a test lie to its first attributes than the second do, in standard "
    "deviations of the targets; ideal is 0.",
    unit=PLAIN,
    glossary="metrics of embeddings",
)
MEAN_EFFECT = MetricFacts(
    "seat_mean_d",
    "mean SEAT effect size",
    "The mean of the effect sizes of all tests, with their signs.",
    unit=PLAIN,
    glossary="metrics of embeddings",
)
MEAN_SIZE = MetricFacts(
    "seat_mean_abs_d",
    "mean absolute SEAT effect size",
    "The mean of the effect sizes of all tests, without their signs: the usual headline.",
    unit=PLAIN,
    glossary="metrics of embeddings",
)
FURTHER = MetricFacts(
    "seat_further_from_0",
    "SEAT effect size further from 0",
    "How much further from 0 the student's effect size is than its teacher's, whatever their signs.",
    unit=PLAIN,
    glossary="metrics of embeddings",
)
TABLE_COLUMNS = ("test", "targets", "attributes", "model", "role", "d")

_ROUNDING = 1e-12
"""Cosines that differ by less are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Positions of a test's texts among the vectors.

    Attributes:
        x, y: (n,) of the targets. a, b: (m,) of the attributes.
    """

    x: Labels
    y: Labels
    a: Labels
    b: Labels

    @classmethod
    def from_test(cls, test: AssociationTest, items: Items) -> "Places":
        """Return the positions of a test's texts among items whose keys, or ids, are their content keys."""
        place = {key: position for position, key in enumerate(content_keys(items))}
        return cls(*(np.array([place[text_key(text)] for text in group.texts]) for group in test.groups))


@dataclass(frozen=True, slots=True)
class Effects:
    """The effect sizes of every member on every test.

    Attributes:
        panel: of the embeddings of all texts.
        tests: in order.
        by_member: role and name of a member -> the effect size of each test; None where it has none.
    """

    panel: Panel[Embeddings]
    tests: tuple[AssociationTest, ...]
    by_member: Mapping[tuple[ModelRole, str], tuple[float | None, ...]]

    @classmethod
    def from_panel(cls, panel: Panel[Embeddings], tests: Sequence[AssociationTest]) -> "Effects":
        """Return the effect sizes of all members of a panel."""
        places = [Places.from_test(test, panel.items) for test in tests]
        by_member = {
            (population.role, member.name): tuple(effect_size(member.vectors, each) for each in places)
            for population in panel.populations
            for member in population.members
        }
        return cls(panel, tuple(tests), by_member)

    def mean(self, population: Population[Embeddings]) -> list[float | None]:
        """Return the effect size of each test, the mean over the members of a population."""
        by_seed = zip(*(self.by_member[population.role, name] for name in population.names), strict=True)
        return [float(np.mean(sizes)) if None not in sizes else None for sizes in by_seed]

    def estimates(self) -> Iterator[Estimate]:
        """Yield the effect sizes of the teacher and every student, their means, and how much further from 0 they are.

        None has an interval: the sentences of a test are no sample, and each word occurs in several of them.
        """
        teacher = self.panel.teacher
        for population in (teacher, *self.panel.students):
            sizes = self.mean(population)
            known = [size for size in sizes if size is not None]
            for test, size in zip(self.tests, sizes, strict=True):
                if size is not None:
                    yield self._estimate(EFFECT, size, population, output=test.name)
            if len(known) == len(sizes):
                yield self._estimate(MEAN_SIZE, float(np.abs(known).mean()), population)
                yield self._estimate(MEAN_EFFECT, float(np.mean(known)), population)
            if population is teacher:
                continue
            for test, size, teachers in zip(self.tests, sizes, self.mean(teacher), strict=True):
                if size is not None and teachers is not None:
                    yield self._estimate(FURTHER, abs(size) - abs(teachers), population, output=test.name)

    def missing(self) -> Iterator[str]:
        """Yield a sentence on every test that has no effect size with some member."""
        for test, *sizes in zip(self.tests, *self.by_member.values(), strict=True):
            names = [name for (_, name), size in zip(self.by_member, sizes, strict=True) if size is None]
            if names:
                yield (
                    f"{test.name} has no effect size with {', '.join(names)}, and they no means over tests: a vector "
                    "is 0, or all targets lie alike."
                )

    def table(self) -> Table:
        """Return the effect size of every member on every test, and what the test is about."""
        rows = tuple(
            (test.name, *_pairs(test), member.name, population.role, self.by_member[population.role, member.name][i])
            for i, test in enumerate(self.tests)
            for population in self.panel.populations
            for member in population.members
        )
        title = "Effect sizes: how much closer the first targets lie to the first attributes than the second do"
        return Table("seat", title, TABLE_COLUMNS, rows)

    def _estimate(
        self, facts: MetricFacts, value: float, population: Population[Embeddings], *, output: str | None = None
    ) -> Estimate:
        """Return one estimate about a population."""
        student = population.name if population.role == "student" else None
        names = population.names if facts is not FURTHER else (*population.names, *self.panel.teacher.names)
        return Estimate(facts.name, value, names, student=student, data=self.panel.data, output=output)


def content_keys(items: Items) -> list[str]:
    """Return the content key of each item's text; where neither key nor text is known, its id serves."""
    if items.keys is None and items.texts is not None:
        return items.texts.keys()
    return [str(key) for key in (items.ids if items.keys is None else items.keys)]


def _pairs(test: AssociationTest) -> tuple[str, str]:
    """Return what a test's targets are called, and its attributes."""
    targets, attributes = (" and ".join(group.category for group in side) for side in (test.targets, test.attributes))
    return targets, attributes


def associations(vectors: Vectors, texts: Labels, a: Labels, b: Labels) -> Vector:
    """Return s(w, A, B) of every text w: its mean cosine with the texts of A, less that with those of B."""
    return np.asarray(_unit(vectors[texts]) @ (_unit(vectors[a]).mean(axis=0) - _unit(vectors[b]).mean(axis=0)))


def effect_size(vectors: Vectors, places: Places) -> float | None:
    """Return d = (mean over X of s - mean over Y of s) / standard deviation of s over X and Y, with ddof = 1.

    Caliskan et al. (2017), "Semantics derived automatically from language corpora contain human-like biases". Positive:
    X lies closer to A, Y closer to B. With n texts in both X and Y, |d| is at most 2 sqrt((2n - 1) / 2n).

    None if a vector is 0, which has no angle, or if all targets lie alike.
    """
    everywhere = np.concatenate([places.x, places.y, places.a, places.b])
    if not vectors[everywhere].any(axis=1).all():
        return None
    x, y = (associations(vectors, texts, places.a, places.b) for texts in (places.x, places.y))
    spread = float(np.std(np.concatenate([x, y]), ddof=1))
    return None if spread <= _ROUNDING else float(x.mean() - y.mean()) / spread


def _unit(vectors: Vectors) -> Vectors:
    """Return the vectors at length 1."""
    wide = vectors.astype(np.float64)
    return np.asarray(wide / np.linalg.norm(wide, axis=1, keepdims=True))
