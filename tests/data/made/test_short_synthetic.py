"""Short texts from templates."""

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.data.made.short_synthetic import short_synthetic


def test_labels_are_balanced_within_every_identity():
    """Same templates for all, so that an identity says nothing about the label."""
    texts = short_synthetic(3, 48)
    assert len(texts) == len(set(texts.batch.texts)) == 48 * 23
    for mask in texts.slices.values():
        assert (mask.sum(), texts.truth[mask].sum()) == (48, 24)
        assert len(set(texts.columns["template"][mask])) == 48
    assert len(np.unique(texts.clusters)) == 48


def test_more_templates_share_frames_and_clusters():
    """Frames take turns; the toxic and the others never share one."""
    texts = short_synthetic()
    assert len(texts) == 240 * 23
    assert len(np.unique(texts.clusters)) == 48
    for cluster in np.unique(texts.clusters):
        assert len(set(texts.truth[texts.clusters == cluster])) == 1


def test_the_seed_decides_about_the_words():
    """The same seed gives the same content."""
    assert short_synthetic(1, 20).sha256() == short_synthetic(1, 20).sha256()
    assert short_synthetic(1, 20).sha256() != short_synthetic(2, 20).sha256()


def test_a_template_reads_alike_for_all():
    """With the article of each identity."""
    texts = short_synthetic(0, 48)
    lives = [text for text in texts.batch.texts if " lives on our " in text]
    assert len(lives) == 23
    assert any(text.startswith("An elderly person lives") for text in lives)
    assert any(text.startswith("A teenager lives") for text in lives)


@pytest.mark.parametrize(("n_templates", "message"), [(0, "0 templates"), (7, "even number"), (5000, "there are 384")])
def test_impossible_numbers_are_refused(n_templates, message):
    """With the number that there are."""
    with pytest.raises(InputError, match=message):
        short_synthetic(0, n_templates)
