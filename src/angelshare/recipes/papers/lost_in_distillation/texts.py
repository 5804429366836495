"""Texts that models read besides the suite's sets: the test split with shuffled words, and the selection split."""

from collections.abc import Iterator
from dataclasses import replace

from angelshare.data.made.word_changes import shuffled_words
from angelshare.data.texts.textset import Splits
from angelshare.recipes.papers.lost_in_distillation.parts import SELECTION, SHUFFLED, Parts
from angelshare.recipes.studies.evidence import TEACHER
from angelshare.recipes.studies.paper import FurtherTexts

SHUFFLE_SEED = 2022


def further_texts(parts: Parts, splits: Splits) -> Iterator[FurtherTexts]:
    """Yield shuffled words for all models, and for those that get temperature and thresholds the texts to fit them."""
    test = splits.role("test")
    batch = replace(test.batch, texts=shuffled_words(test.batch.texts, SHUFFLE_SEED))
    yield FurtherTexts(replace(test, name=SHUFFLED, batch=batch))
    yield FurtherTexts(replace(splits.role("selection"), name=SELECTION), (TEACHER, parts.unmitigated))
