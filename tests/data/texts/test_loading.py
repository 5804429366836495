"""Texts from the catalogue, folders and files."""

import json

import numpy as np
import pandas as pd
import pytest

from angelshare.core.errors import InputError, LabelError
from angelshare.data.texts.catalog import FOLDER_VARIABLE, catalog, catalog_card
from angelshare.data.texts.generated import GENERATED
from angelshare.data.texts.loading import load_splits, load_texts

ROWS = "id,text,label,split\n07,well done,fine,train\n8,how dull,rude,train\n9,nice chart,,test\n"


@pytest.fixture
def remarks(tmp_path):
    path = tmp_path / "remarks.csv"
    path.write_text(ROWS)
    return path


def test_a_file_with_a_split_column_gives_roles(remarks):
    """Labels are those found, by name; blank is unlabelled; ids stay text."""
    splits = load_splits(str(remarks), task="binary")
    train = splits.role("train")
    assert train.ids == ("07", "8")
    assert train.labels == ("fine", "rude")
    assert train.truth.tolist() == [0, 1]
    assert splits.role("test").truth is None
    assert len(splits.card.sha256) == 64


def test_the_task_of_a_file_must_be_declared(remarks):
    """Two labels could be a sample of three."""
    with pytest.raises(InputError, match=r"The task of remarks is not declared\. Say which it is: binary,"):
        load_splits(str(remarks))
    with pytest.raises(InputError, match=r"no task called 'binery'\. Did you mean 'binary'"):
        load_splits(str(remarks), task="binery")


def test_where_labels_are_not_needed_neither_is_a_task(remarks, tmp_path):
    """Where one is declared and there are labels, they are read, so that the content has the same checksum."""
    plain = load_splits(str(remarks), labelled=False)
    assert (plain.role("train").truth, plain.role("train").ids) == (None, ("07", "8"))
    known = load_splits(str(remarks), task="binary", labelled=False)
    assert known.card.sha256 == load_splits(str(remarks), task="binary").card.sha256 != plain.card.sha256
    (tmp_path / "texts.csv").write_text("text\nwell done\n")
    assert load_splits(str(tmp_path / "texts.csv"), task="binary", labelled=False).role("test").truth is None
    with pytest.raises(InputError, match=r"no task called 'binery'\. Did you mean 'binary'"):
        load_splits(str(remarks), task="binery", labelled=False)


def test_the_order_of_labels_can_be_given(remarks):
    """The first is index 0."""
    splits = load_splits(str(remarks), task="binary", labels=["rude", "fine"])
    assert splits.role("train").truth.tolist() == [1, 0]


def test_an_unknown_label_is_refused_with_its_row(remarks):
    """A label that the model does not have."""
    with pytest.raises(LabelError, match=r"split train, row 2: the label 'rude' is none of \['fine', 'harsh'\]"):
        load_splits(str(remarks), task="binary", labels=["fine", "harsh"])


def test_a_binary_task_has_two_labels(tmp_path):
    """Otherwise the declaration is wrong."""
    path = tmp_path / "a.csv"
    path.write_text("text,label\nx,a\ny,b\nz,c\n")
    with pytest.raises(LabelError, match="a binary task has two labels, but there are 3"):
        load_splits(str(path), task="binary")


def test_a_file_without_splits_is_the_test_role(tmp_path):
    """And its rows are numbered where they have no ids; integer labels name themselves."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x", "label": 1}\n{"text": "y", "label": 0}\n{"text": "z", "label": -1}\n')
    test = load_splits(str(path), task="binary").role("test")
    assert test.ids == ("0", "1", "2")
    assert test.labels == ("0", "1")
    assert test.truth.tolist() == [1, 0, -1]


def test_integers_index_the_labels_given(tmp_path):
    """As public sets write them."""
    path = tmp_path / "a.csv"
    path.write_text("text,label\nx,1\ny,0\n")
    assert load_splits(str(path), task="binary", labels=["no", "yes"]).role("test").truth.tolist() == [1, 0]
    path.write_text("text,label\nx,1\ny,2\n")
    with pytest.raises(LabelError, match=r"row 1: the label '1' is none of \['no', 'yes'\]"):
        load_splits(str(path), task="binary", labels=["no", "yes"])


def test_the_order_that_is_asked_for_does_not_change_what_integers_mean(monkeypatch, tmp_path):
    """They are numbered by the card, whose first class here is "entailment", and only then put into the order."""
    folder = tmp_path / "rte"
    folder.mkdir()
    rows = {"text": ["it rains", "it snows"], "text_pair": ["it is wet", "it is hot"], "label": [0, 1]}
    rows |= {"split": ["train", "train"]}
    card = catalog_card("rte")
    pd.DataFrame(rows).rename(columns=card.columns).to_parquet(tmp_path / card.file)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    as_on_the_card = load_splits("rte").role("train")
    turned = load_splits("rte", labels=card.labels[::-1]).role("train")
    assert [as_on_the_card.labels[i] for i in as_on_the_card.truth] == list(card.labels)
    assert [turned.labels[i] for i in turned.truth] == list(card.labels)
    assert turned.labels == card.labels[::-1]
    assert turned.sha256() == as_on_the_card.sha256()
    with pytest.raises(LabelError, match="is none of"):
        load_splits("rte", labels=["yes", "no"])


def test_a_folder_is_read_by_file_names(tmp_path):
    """`dev` plays validation; columns may have other names."""
    for name in ("train", "dev"):
        (tmp_path / f"{name}.csv").write_text(f"comment,label\n{name} a,x\n{name} b,y\n")
    splits = load_splits(str(tmp_path), task="binary", columns={"text": "comment"})
    assert splits.role("validation").batch.texts == ("dev a", "dev b")


def test_a_folder_without_known_names_is_refused(tmp_path):
    """Nobody knows which is test."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("text,label\na,x\nb,y\n")
    with pytest.raises(InputError, match="has 2 tables and none is called train, validation, dev or test"):
        load_splits(str(tmp_path), task="binary")


def test_pairs_slices_clusters_and_several_labels_are_read(tmp_path):
    """Everything that a text set holds."""
    path = tmp_path / "a.csv"
    path.write_text("text,text_pair,label:a,label:b,slice:late,cluster\nx,y,1,0,0.5,k\nz,w,0,,0,\nu,v,1,1,1,k\n")
    test = load_splits(str(path), task="multi_label").role("test")
    assert test.batch.pairs == ("y", "w", "v")
    assert test.labels == ("a", "b")
    assert np.array_equal(test.truth, [[1, 0], [0, np.nan], [1, 1]], equal_nan=True)
    assert test.slices["late"].tolist() == [True, False, True]
    assert test.clusters.tolist() == [0, 1, 0]


def test_regression_reads_numbers_with_gaps(tmp_path):
    """A gap in a Parquet column of floats is unlabelled."""
    pd.DataFrame({"text": ["x", "y"], "label": [2.5, np.nan]}).to_parquet(tmp_path / "a.parquet")
    test = load_splits(str(tmp_path / "a.parquet"), task="regression").role("test")
    assert test.labels == ("value",)
    assert np.array_equal(test.truth, [2.5, np.nan], equal_nan=True)


def test_a_missing_text_column_names_the_nearest(tmp_path):
    """And how to map it."""
    path = tmp_path / "a.csv"
    path.write_text("texts,label\nx,1\ny,0\n")
    with pytest.raises(InputError, match=r"no column 'text'\. Did you mean 'texts'\?"):
        load_splits(str(path), task="binary")


def test_a_table_without_rows_is_refused(tmp_path):
    """A header is no text set."""
    path = tmp_path / "a.csv"
    path.write_text("text,label\n")
    with pytest.raises(InputError, match=r"a\.csv has no rows\. Give at least one text\."):
        load_splits(str(path), task="binary")


def test_texts_are_read_without_labels(remarks):
    """Ids name the split; labels are not looked at."""
    pool = load_texts(str(remarks))
    assert pool.ids == ("train/07", "train/8", "test/9")
    assert load_texts(str(remarks), split="test").batch.texts == ("nice chart",)
    with pytest.raises(InputError, match="Did you mean 'train'"):
        load_texts(str(remarks), split="trian")


def test_a_catalogue_name_wins_over_a_hub_id_and_says_where_it_looked(monkeypatch, tmp_path):
    """Without a local copy, and without a hub id on the card."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=r"hatecheck is only read from a local copy, and .* Set ANGELSHARE_DATA"):
        load_splits("hatecheck")


def test_an_unreachable_hub_names_the_remedy(monkeypatch):
    """A network is not always there."""
    import datasets

    def refuse(*arguments, **settings):
        raise ConnectionError("no network")

    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(datasets, "load_dataset", refuse)
    with pytest.raises(InputError, match=r"'SetFit/sst2' cannot be read .*no network.*set ANGELSHARE_DATA"):
        load_splits("sst2")
    with pytest.raises(InputError, match=r"'someone/something' cannot be read"):
        load_splits("someone/something", task="binary")


def test_a_hub_set_is_read_unpinned_and_checked_against_the_card(monkeypatch):
    """Other content than the card's is said, never silent."""
    import datasets

    rows = {"text": ["well done", "how dull"], "label": [1, 0]}
    loaded = datasets.DatasetDict({"train": datasets.Dataset.from_dict(rows)})
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(datasets, "load_dataset", lambda *arguments: loaded)
    splits = load_splits("sst2")
    assert splits.role("train").truth.tolist() == [1, 0]
    assert splits.card.revision is None
    assert "The revision is not pinned." in splits.card.notes
    assert any(warning.startswith("the content differs from the card's") for warning in splits.card.warnings)


@pytest.fixture
def questions(monkeypatch):
    """Put a set of two questions on the hub, with these names for its integers."""
    import datasets

    def on_the_hub(names):
        features = {"text": datasets.Value("string"), "coarse_label": datasets.ClassLabel(names=names)}
        rows = {"text": ["Why does it rain?", "Which bird sings?"], "coarse_label": [0, 1]}
        loaded = datasets.DatasetDict({"train": datasets.Dataset.from_dict(rows, datasets.Features(features))})
        monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
        monkeypatch.setattr(datasets, "load_dataset", lambda *arguments: loaded)

    return on_the_hub


def test_the_hubs_names_win_over_the_cards_order(questions):
    """The hub numbers its classes in its own order; the set's labels are in the card's."""
    card = catalog_card("trec")
    theirs = list(card.labels[::-1])
    questions(theirs)
    train = load_splits("trec").role("train")
    assert train.labels == card.labels
    assert [train.labels[i] for i in train.truth] == theirs[:2]
    uncatalogued = load_splits("a/b", task="single_label", labels=card.labels, columns={"label": "coarse_label"})
    assert uncatalogued.role("train").truth.tolist() == train.truth.tolist()


def test_other_names_on_the_hub_follow_the_card(questions):
    """A set whose classes are called otherwise there; the checksum says whether that was right."""
    questions([f"kind {i}" for i in range(6)])
    splits = load_splits("trec")
    assert splits.role("train").truth.tolist() == [0, 1]
    assert splits.card.warnings


def test_the_demo_task_is_a_source():
    """Embedded: no file, no network."""
    assert load_splits("demo").role("test").labels == ("fine", "rude")
    assert len(load_texts("demo", split="unlabelled").ids) == 6000


def test_cards_are_complete():
    """Every labelled set says how to read and how to check it."""
    for name, card in catalog().items():
        assert card.licence, name
        assert card.about.endswith("."), name
        where = card.homepage or card.hub or name in GENERATED.places
        assert (card.file in card.files) if card.file else where, name
        assert set(card.stands_in_for) <= set(catalog()), name
        if card.task:
            assert card.sha256 or card.file is None, name
            assert len(card.labels) >= 2 or card.task == "regression", name
            assert card.positive is None or card.labels.index(card.positive) == 1, name
        assert card.task != "binary" or len(card.labels) == 2, name


def test_an_unknown_card_names_the_nearest():
    """A typing mistake is quickly mended."""
    with pytest.raises(InputError, match=r"no data set called 'emotoin'\. Did you mean 'emotion'"):
        catalog_card("emotoin")


def test_a_set_that_nobody_has_brought_here_says_where_it_is_described():
    """Neither a copy nor a hub: there is nothing to try."""
    with pytest.raises(InputError, match=r"covert_toxicity_full .* It is described at https://"):
        load_splits("covert_toxicity_full")


def test_a_card_serialises():
    """`data show --json` prints it."""
    assert json.loads(catalog_card("sst2").model_dump_json())["task"] == "binary"


@pytest.mark.real_data
@pytest.mark.parametrize("name", sorted(name for name, card in catalog().items() if card.task and card.file))
def test_every_labelled_public_set_loads_with_the_content_of_its_card(name):
    """Labels by name, checksum as on the card."""
    splits = load_splits(name)
    assert splits.card.sha256 == catalog_card(name).sha256
    assert not splits.card.warnings
    assert splits.roles


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["bbq", "bold", "crows_pairs", "stereoset", "books", "seat"])
def test_sets_for_other_models_say_what_they_are_for(name):
    """They are no classification sets."""
    with pytest.raises(InputError, match=rf"{name} (is not a labelled set|holds no texts in rows)"):
        load_splits(name)


@pytest.mark.real_data
def test_unlabelled_public_texts_load():
    """Transfer pools."""
    assert len(load_texts("imdb", split="unsupervised").ids) == 15_000
    assert len(load_texts("wikitext").ids) == 10_704


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "n", "is_paired"), [("adv_glue_sst2", 148, False), ("adv_glue_rte", 81, True)])
def test_one_file_can_hold_several_sets(name, n, is_paired):
    """Each task of AdvGLUE is a set of its own; that of single texts has no blank second ones."""
    splits = load_splits(name)
    test = splits.role("test")
    assert len(test) == n
    assert (test.batch.pairs is not None) == is_paired
    assert splits.card.notes == ()


@pytest.mark.parametrize(
    ("column", "values", "is_said"),
    [("label", ["ok", "bad"], True), ("label", [1, 0], False), ("label_name", ["ok", "bad"], True)],
)
def test_an_order_of_labels_that_nobody_named_is_said(tmp_path, column, values, is_said):
    """It decides which label AUCs are about; numbers, and labels that are given, say it."""
    path = tmp_path / "own.csv"
    pd.DataFrame({"text": ["a b", "c d"], column: values}).to_csv(path, index=False)
    told = "Nobody says which label is positive: of bad, ok the last is taken. Give the labels in order."
    assert load_splits(str(path), task="binary").card.notes == ((told,) if is_said else ())
    if is_said:
        assert load_splits(str(path), task="binary", labels=("ok", "bad")).card.notes == ()
