"""Tests of how each kind of answer is kept."""

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Embeddings, Likelihoods, Timing
from angelshare.core.predictions import Predictions
from angelshare.data.predictions.timing_files import write_timings
from angelshare.recipes.conclude.formats import FORMATS

N = 30
CLUSTERS = np.random.default_rng(0).permutation(N) // 3 + 5
ITEMS = Items("books", np.array([f"i{i:02}" for i in range(N)]), clusters=CLUSTERS)
NUMBERS = np.random.default_rng(1).normal(size=(N, 2)).astype(np.float32)
MEMBERS = {
    "scores": Predictions("m/1", "binary", ("no", "yes"), "logits", NUMBERS, seed=1, fingerprint="f"),
    "embeddings": Embeddings("m/1", NUMBERS, "cls", seed=1, fingerprint="f"),
    "likelihoods": Likelihoods("m/1", NUMBERS[:, 0] ** 2, np.full(N, 3), np.full(N, 9), seed=1, fingerprint="f"),
    "timing": Timing(
        "m/1", np.array([5.5, 6.0]), np.array([[1.0, 2], [3, 4]]), np.array([0.5, 1]), N, 1000, None, 1, "f"
    ),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_kept_comes_back_to_the_last_bit(kind, tmp_path):
    """Answers, who gave them, and clusters with their codes, in whose order they are summed."""
    form, member = FORMATS[kind], MEMBERS[kind]
    file = tmp_path / f"0000.{form.suffix}"
    form.write(ITEMS, member, file)
    again = form.read(file, "m/1")
    assert (again.name, again.seed, again.fingerprint) == ("m/1", 1, "f")
    for name in ("values", "vectors", "nats", "n_tokens", "n_bytes", "texts_per_second", "latency_ms", "busy"):
        if hasattr(member, name):
            kept, given = getattr(again.member, name), getattr(member, name)
            assert (kept.tolist(), kept.dtype) == (given.tolist(), given.dtype if name != "nats" else np.float64)
    if kind != "timing":
        assert again.items.clusters.tolist() == CLUSTERS.tolist()


def test_a_kept_file_of_timings_holds_one_model(tmp_path):
    """As every kept file."""
    file = tmp_path / "0000.json"
    write_timings({"student a": MEMBERS["timing"], "student b": MEMBERS["timing"]}, file)
    with pytest.raises(InputError, match="holds 2 models, but was kept for m/1 alone"):
        FORMATS["timing"].read(file, "m/1")


def test_what_a_model_wrote_is_not_kept():
    """Texts stay where they are."""
    assert "continuations" not in FORMATS


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "timing"])
def test_independent_items_of_templates_stay_independent(kind, tmp_path):
    """Other readers take a template for the cluster."""
    items = Items("suite", ITEMS.ids, columns={"template": np.array([f"{i // 3}" for i in range(N)], dtype=object)})
    FORMATS[kind].write(items, MEMBERS[kind], tmp_path / "0000.parquet")
    again = FORMATS[kind].read(tmp_path / "0000.parquet", "m/1").items
    assert again.clusters is None
    assert again.columns["template"].tolist() == items.columns["template"].tolist()
