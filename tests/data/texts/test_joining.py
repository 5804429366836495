"""Joined sets: nothing is lost, what a set does not know is missing, and every item says where it comes from."""

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard
from angelshare.core.text import TextBatch
from angelshare.data.texts.joining import join_splits, limited
from angelshare.data.texts.textset import Splits, TextSet

LABELS = ("fine", "rude")


def text_set(name, *texts, **known):
    """Return texts with ids from 0."""
    settings = {"task": "binary", "labels": LABELS} | known
    return TextSet(name, ids=tuple(map(str, range(len(texts)))), batch=TextBatch(texts), **settings)


def splits(name, licence="CC0", **roles):
    """Return splits of one set."""
    return Splits(DataCard(name, f"{name} repository", revision="1", licence=licence), roles)


MAIL = text_set(
    "mail",
    "a plan",
    "a map",
    truth=np.array([1, 0]),
    slices={"women": np.array([True, False])},
    clusters=np.array([0, 0]),
    columns={"target": np.array(["x", "y"], dtype=object)},
)
FORUM = text_set("forum", "a lamp", fractions=np.array([0.25]), truth=np.array([0]), columns={"year": np.array([1999])})


def test_what_a_set_does_not_know_is_missing_there():
    """Slices, columns, fractions, clusters and ids, worked by hand."""
    joined = join_splits([splits("mail", test=MAIL), splits("forum", "MIT", test=FORUM)])
    test = joined.roles["test"]
    assert test.ids == ("mail:0", "mail:1", "forum:0")
    assert test.truth.tolist() == [1, 0, 0]
    assert test.slices["women"].tolist() == [True, False, False]
    assert test.slices["source=mail"].tolist() == [True, True, False]
    assert test.slices["source=forum"].tolist() == [False, False, True]
    assert test.columns["target"].tolist() == ["x", "y", ""]
    assert test.columns["year"].tolist() == ["", "", 1999]
    assert test.clusters.tolist() == [0, 0, 1]
    np.testing.assert_array_equal(test.fractions, [np.nan, np.nan, 0.25])
    assert joined.card.name == "mail + forum"
    assert joined.card.licence == "mail: CC0; forum: MIT"
    assert joined.card.source == "mail repository + forum repository"


def test_clusters_of_different_sets_stay_apart():
    """Both begin at 0."""
    other = text_set("forum", "a lamp", "a chair", clusters=np.array([0, 1]))
    joined = join_splits([splits("mail", test=MAIL), splits("forum", test=other)])
    assert joined.roles["test"].clusters.tolist() == [0, 0, 1, 2]


def test_templates_and_pairs_of_different_sets_stay_apart():
    """Both call their first one 0; what they say of other things keeps its name, and blanks stay blank."""
    names = {"template": ["0", ""], "pair": ["0", "1"], "identity": ["old", "young"]}
    columns = {name: np.array(values, dtype=object) for name, values in names.items()}
    mail, forum = (text_set(name, "a plan", "a map", columns=columns) for name in ("mail", "forum"))
    test = join_splits([splits("mail", test=mail), splits("forum", test=forum)]).roles["test"]
    assert test.columns["template"].tolist() == ["mail:0", "", "forum:0", ""]
    assert test.columns["pair"].tolist() == ["mail:0", "mail:1", "forum:0", "forum:1"]
    assert test.columns["identity"].tolist() == ["old", "young"] * 2


def test_an_unlabelled_set_stays_unlabelled():
    """-1 beside the labels of the other."""
    joined = join_splits([splits("mail", test=MAIL), splits("forum", test=text_set("forum", "a lamp"))])
    assert joined.roles["test"].truth.tolist() == [1, 0, -1]


def test_a_set_without_validation_gives_some_of_its_own_train():
    """So that validation is about both sets."""
    train = text_set("mail", *(f"plan number {i}" for i in range(60)))
    whole = splits("forum", train=text_set("forum", "a bed"), validation=text_set("forum", "a lamp"))
    joined = join_splits([splits("mail", train=train), whole])
    assert joined.roles["validation"].slices["source=mail"].any()
    assert len(joined.roles["train"]) + len(joined.roles["validation"]) == 62


def test_sets_about_different_things_are_not_joined():
    """The message names both, with their labels."""
    other = text_set("forum", "a lamp", labels=("rude", "fine"))
    with pytest.raises(InputError, match=r"mail is binary with the labels \['fine', 'rude'\], forum is binary"):
        join_splits([splits("mail", test=MAIL), splits("forum", test=other)])
    paired = TextSet("forum", "binary", LABELS, ("0",), TextBatch(("a",), ("b",)))
    with pytest.raises(InputError, match="forum has pairs and mail has single texts"):
        join_splits([splits("mail", test=MAIL), splits("forum", test=paired)])
    with pytest.raises(InputError, match="mail is joined with itself"):
        join_splits([splits("mail", test=MAIL), splits("mail", test=MAIL)])


def test_a_limit_draws_the_same_texts_whatever_their_order():
    """And the fewer are among the more; the card says so."""
    texts = [f"plan number {i}" for i in range(30)]
    ordered = limited(splits("mail", train=text_set("mail", *texts)), {"train": 10})
    reordered = limited(splits("mail", train=text_set("mail", *reversed(texts))), {"train": 10})
    fewer = limited(splits("mail", train=text_set("mail", *texts)), {"train": 4})
    assert set(ordered.roles["train"].batch.texts) == set(reordered.roles["train"].batch.texts)
    assert set(fewer.roles["train"].batch.texts) < set(ordered.roles["train"].batch.texts)
    assert ordered.card.notes == ("10 of 30 train texts were drawn by content hash.",)
    assert limited(splits("mail", train=MAIL), {"train": 10}).roles["train"] is MAIL
    with pytest.raises(InputError, match="has no test split"):
        limited(splits("mail", train=MAIL), {"test": 1})
