"""Do sentences about women and men lie as close to others with the student as with its teacher?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from angelshare.audits.answers.associations import EFFECT, FURTHER, MEAN_EFFECT, MEAN_SIZE, Effects, content_keys
from angelshare.core.abilities import Embedding, Pooling
from angelshare.core.audit import Audit, AuditResult, AuditSettings
from angelshare.core.items import Items
from angelshare.core.observations import Embeddings
from angelshare.core.panel import Panel
from angelshare.core.requests import Observations, Request
from angelshare.core.strict import Names, Strict
from angelshare.core.text import TextBatch, text_key
from angelshare.data.texts.association_tests import AssociationTest, read_association_tests

METRICS = (EFFECT, MEAN_SIZE, MEAN_EFFECT, FURTHER)
GENDER = ("sent-weat6", "sent-weat6b", "sent-weat7", "sent-weat7b", "sent-weat8", "sent-weat8b")
"""The usual headline: names and terms of gender with career and family, mathematics, science and arts."""
TEXTS = "association tests"
"""The name of the audit's own texts."""
NO_INTERVALS = (
    "Effect sizes are reported and never judged: the sentences of a test are no sample, and each word is in several "
    "of them, so that no interval here would say what other words give."
)


class SeatOptions(Strict):
    """Which association tests to run, and on which vectors.

    Attributes:
        tests: the file of the tests; by default `seat/seat.json` in the folder ANGELSHARE_DATA.
        names: the tests to take from that file.
        pooling: how a sentence's vector is made from those of its tokens; published figures of BERT use `cls`.
    """

    tests: Path | None = None
    names: Names = GENDER
    pooling: Pooling = "cls"


class Seat(Audit[SeatOptions]):
    """Effect sizes of tests of sentences: whether targets X lie closer to attributes A, against B, than Y do.

    Caliskan et al. (2017) for words, May et al. (2019), "On Measuring Social Biases in Sentence Encoders", for
    sentences. The tests come from a file that is not part of this software. Models that run here embed their texts;
    files of embeddings must hold these texts.
    """

    name = "seat"
    question = "Do sentences about women and men lie as close to others with the student as with its teacher?"
    kinds = ("embeddings",)
    Options = SeatOptions

    def requests(self, test: Items) -> Sequence[Request]:
        """Return the texts of the tests, each once."""
        texts = distinct_texts(self._tests())
        items = Items(TEXTS, np.array(texts.keys()), texts)
        return [Request(TEXTS, "embeddings", items, Embedding(pooling=self.options.pooling))]

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the effect sizes of all models on every test whose texts were all embedded."""
        asked = observations.asked(TEXTS, "embeddings")
        panel = observations.embeddings(TEXTS) if asked else observations.embeddings()
        tests, missing = _with_texts(self._tests(), panel)
        if not tests:
            return AuditResult(self.name, self.question, not_applicable=" ".join(missing))
        effects = Effects.from_panel(panel, tests)
        remarks, warnings = _how_pooled(panel)
        return AuditResult(
            self.name,
            self.question,
            estimates=tuple(effects.estimates()),
            tables=(effects.table(),),
            remarks=(*remarks, NO_INTERVALS, *missing, *effects.missing()),
            warnings=warnings,
        )

    def _tests(self) -> tuple[AssociationTest, ...]:
        """Return the tests of the options."""
        return read_association_tests(self.options.tests, self.options.names)


AUDIT = Seat


def distinct_texts(tests: Sequence[AssociationTest]) -> TextBatch:
    """Return all texts of these tests, each once."""
    return TextBatch(tuple(dict.fromkeys(text for test in tests for group in test.groups for text in group.texts)))


def _with_texts(
    tests: Sequence[AssociationTest], panel: Panel[Embeddings]
) -> tuple[list[AssociationTest], tuple[str, ...]]:
    """Return the tests whose texts are all among the items, and a sentence about each of the others."""
    known = set(content_keys(panel.items))
    lacking = {
        test.name: [text for text in distinct_texts([test]).texts if text_key(text) not in known] for test in tests
    }
    return [test for test in tests if not lacking[test.name]], tuple(
        f"{name} is not measured: {panel.data} lacks {len(texts)} of its texts, such as {texts[0]!r}."
        for name, texts in lacking.items()
        if texts
    )


def _how_pooled(panel: Panel[Embeddings]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a remark on how sentences became vectors, or a warning where the models differ in it."""
    names: dict[str, list[str]] = {}
    for population in panel.populations:
        for member in population.members:
            names.setdefault(member.pooling or "nobody says what", []).append(member.name)
    if len(names) == 1:
        return (f"Sentence vectors are pooled by {next(iter(names))}.",), ()
    told = "; ".join(f"{', '.join(members)} by {pooling}" for pooling, members in names.items())
    return (), (f"Sentence vectors are pooled differently, so that effect sizes do not compare: {told}.",)
