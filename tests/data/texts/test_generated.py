"""Sets that the package makes, by name."""

import pandas as pd
import pytest

from angelshare.core.errors import InputError
from angelshare.data.texts.catalog import catalog, catalog_card
from angelshare.data.texts.generated import GENERATED
from angelshare.data.texts.leakage import find_leaks
from angelshare.data.texts.loading import load_splits, load_texts

WITH_CARDS = sorted(set(GENERATED.names()) & set(catalog()))


def test_three_sets_have_cards():
    """The demo is shown by its own command."""
    assert WITH_CARDS == ["functional_suite", "identity_swaps", "short_synthetic"]


@pytest.mark.parametrize("name", WITH_CARDS)
def test_a_generated_set_is_what_its_card_says(name):
    """Content, task, labels and slices; the test split is all there is."""
    splits, card = load_splits(name), catalog_card(name)
    test = splits.role("test")
    assert splits.card.sha256 == card.sha256
    assert splits.from_templates
    assert (test.task, test.labels) == (card.task, card.labels)
    assert {cut.split("=")[0] for cut in test.slices} == set(card.slices)


def test_a_generated_set_has_texts_and_no_fractions():
    """As the demo has."""
    assert len(load_texts("identity_swaps").ids) == len(load_texts("identity_swaps", split="test").ids) == 1380
    with pytest.raises(InputError, match="no split of identity_swaps called 'train'"):
        load_texts("identity_swaps", split="train")
    with pytest.raises(InputError, match="identity_swaps has no fractional labels"):
        load_splits("identity_swaps", fractional=True)


@pytest.mark.real_data
@pytest.mark.parametrize("public", ["hatecheck/hatecheck", "madlibs/madlibs_77k"])
def test_no_sentence_of_ours_is_a_public_one(public_sets, public):
    """Nor does one share a run of eight words with those that it stands in for."""
    texts = pd.read_parquet(public_sets / f"{public}.parquet", columns=["text"])["text"].tolist()
    ours = [text for name in WITH_CARDS for text in load_texts(name).batch.texts]
    assert not find_leaks(ours, texts).any()
