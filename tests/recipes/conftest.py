"""Evidence of invented models with known strengths, and a teacher of random weights with texts to read."""

import numpy as np
import pandas as pd
import pytest

from angelshare.core.alignment import Observed, aligned
from angelshare.core.items import Items
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.papers.lost_in_distillation.parts import (
    HATECHECK,
    MITIGATED_STUDENT,
    MITIGATED_TEACHER,
    SHUFFLED,
    Parts,
)
from angelshare.recipes.studies.evidence import Evidence

FUNCTIONS = ("derog_impl_h", "negate_neg_nh", "spell_char_swap_h", "target_indiv_nh", "target_obj_nh", "threat_dir_h")
PARTS = Parts(
    distilled="cnn",
    matched="cnn-200",
    small_bert="bert",
    sweep={100: "cnn-100", 200: "cnn-200"},
    mitigations={"mitigation data": "cnn-neutral"},
    unmitigated="cnn-200",
    mitigated="cnn-mitigated",
)
STRENGTHS = {
    "cnn": 1.0,
    "cnn-100": 1.2,
    "cnn-200": 1.2,
    "bert": 0.8,
    "cnn-neutral": 1.2,
    MITIGATED_TEACHER: 3.0,
    MITIGATED_STUDENT: 1.3,
}
SETS = (IN_DOMAIN, SHUFFLED, "short_synthetic", "long_synthetic", HATECHECK, "identity_swaps", "covert_toxicity")
N = 600


def member(name, strength, truth, *, seed, **more):
    """Return logits that follow the truth by so many standard deviations of their noise, observed on its items."""
    rng = np.random.default_rng([seed, *name.encode()])
    margin = strength * (2.0 * truth - 1) + rng.normal(size=len(truth))
    ids = np.array([f"i{i:04d}" for i in range(len(truth))])
    values = np.column_stack([np.zeros(len(truth)), margin])
    answers = Predictions(name, "binary", ("fine", "toxic"), "logits", values, seed=seed)
    return Observed(Items(name, ids, truth=truth, **more), answers)


def panel(data, strengths, *, teacher, baseline):
    """Return all models on one set; HateCheck has functionalities with templates."""
    truth = np.arange(N) % 2
    more = {}
    if data == IN_DOMAIN:
        more = {"slices": {"mentions_old": np.arange(N) % 3 == 0, "mentions_young": np.arange(N) % 5 < 2}}
    if data == HATECHECK:
        codes = np.arange(N) // 5
        columns = {"functionality": np.array([FUNCTIONS[code % len(FUNCTIONS)] for code in codes])}
        more = {"clusters": codes, "columns": columns}

    def seeds(name, strength):
        return tuple(member(f"{name}/{s}", strength, truth, seed=s, **more) for s in (0, 1))

    students = tuple(
        Population(
            "student",
            name,
            (member(name, strength, truth, seed=0, **more),)
            if name in {"bert", MITIGATED_TEACHER}
            else seeds(name, strength),
        )
        for name, strength in strengths.items()
    )
    first = Population("teacher", "teacher", (member("teacher", teacher, truth, seed=0, **more),))
    without = {"cnn": Population("baseline", "cnn", seeds("cnn", baseline))}
    return aligned(data, first, students, without)


@pytest.fixture(scope="session")
def parts():
    """Return who plays which part."""
    return PARTS


@pytest.fixture(scope="session")
def make_evidence():
    """Build evidence: set -> strengths that differ there, `teacher` and `baseline` among them."""

    def build(sets=SETS, **differ):
        panels = {}
        for data in sets:
            strengths = {**STRENGTHS, "teacher": 2.5, "baseline": 0.9, **differ.get(data.split(",", maxsplit=1)[0], {})}
            if data == SHUFFLED:
                strengths = {**strengths, **differ.get("shuffled", {})}
            panels[data] = panel(
                data,
                {name: strengths[name] for name in STRENGTHS},
                teacher=strengths["teacher"],
                baseline=strengths["baseline"],
            )
        return Evidence(panels)

    return build


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A labelled set and a classifier of two layers that nobody trained."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, set_seed

    from angelshare.models.checkpoint import save_model
    from angelshare.models.declared_task import set_labels

    folder = tmp_path_factory.mktemp("tiny")
    people = ["the cook", "my aunt", "a clerk", "the porter", "our guide", "that singer", "the tailor"]
    remarks = {"fine": ["is kind", "was helpful", "sings well"], "rude": ["is a fool", "was useless", "sings badly"]}
    rows = [
        {"text": f"{who} {what} {when}", "label": label, "split": split}
        for label, whats in remarks.items()
        for who in people
        for what in whats
        for when, split in [("today", "train"), ("again", "train"), ("here", "validation"), ("at noon", "test")]
    ]
    pd.DataFrame(rows).to_csv(folder / "data.csv", index=False)
    words = sorted({word for row in rows for word in row["text"].split()})
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    backend = Tokenizer(WordLevel({name: i for i, name in enumerate(names)}, unk_token="[UNK]"))
    backend.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]", model_max_length=32
    )
    config = BertConfig(
        vocab_size=len(names), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=32,
    )  # fmt: skip
    set_labels(config, labels=("fine", "rude"), task="binary")
    set_seed(0)
    save_model(
        BertForSequenceClassification(config), tokenizer, folder / "teacher",
        task="binary", labels=("fine", "rude"), kind="transformer",
    )  # fmt: skip
    return folder
