"""Tests of slices from columns, words and lengths, and of their crossings."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.alignment import Observed, aligned
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.core.text import TextBatch
from angelshare.data.slices.slicing import Sliceable, bands, check_slices, cut, sliced, word_finder
from angelshare.data.slices.specs import parse_slice
from angelshare.data.texts.labelling import text_set
from angelshare.data.texts.loading import load_splits

TEXTS = ("She reads.", "He reads a long book about her garden", "rain", "They met HER yesterday evening")


def members_of(masks):
    """Return the positions in each slice."""
    return {name: np.flatnonzero(mask).tolist() for name, mask in masks.items()}


def cut_from(*given, texts=TEXTS, pairs=None, columns=None, slices=None, n=4):
    """Return the positions in each slice that the command line asks for."""
    batch = None if texts is None else TextBatch(texts, pairs)
    columns = {name: np.asarray(values, dtype=object) for name, values in (columns or {}).items()}
    return members_of(cut([parse_slice(wish) for wish in given], Sliceable("toy", n, batch, columns, slices or {})))


def test_every_value_of_a_column_gives_a_slice_and_blanks_none():
    """Integers that a tool made floats are integers."""
    members = cut_from(
        "column=source", "column=year", columns={"source": ["b", "a", "", "b"], "year": [1.0, 2, None, 1]}
    )
    assert members == {"source=a": [1], "source=b": [0, 3], "year=1": [0, 3], "year=2": [1]}


def test_a_column_of_flags_gives_one_slice():
    """Not a second one for its opposite."""
    columns = {"long": np.array([True, False, True, True])}
    assert members_of(cut([parse_slice("column=long")], Sliceable("toy", 4, columns=columns))) == {"long": [0, 2, 3]}


def test_numbers_are_cut_at_edges_that_belong_to_the_band_above():
    """A blank is in no band."""
    members = cut_from("column:year=2000,2010", columns={"year": ["1999.5", "2000", None, "2010"]})
    assert members == {"year under 2000": [0], "year 2000 to under 2010": [1], "year 2010 or more": [3]}


@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=30),
    st.lists(st.integers(-60, 60), min_size=1, max_size=5, unique=True).map(sorted),
)
def test_bands_part_the_items(values, edges):
    """Every value is in exactly one."""
    masks = bands("x", np.array(values, dtype=np.float64), edges)
    assert len(masks) == len(edges) + 1
    assert (np.sum(list(masks.values()), axis=0) == 1).all()


def test_words_are_matched_whole_and_in_any_case():
    """`her` is not in `there`, and HER is her."""
    assert cut_from("words:women=she,her") == {"women": [0, 1, 3]}
    assert cut_from("words:none=ER,") == {"none": []}


@pytest.mark.parametrize(
    ("word", "text", "is_mentioned"),
    [
        ("she", "ashes and shed", False),
        ("she", "she's here", True),
        ("she", "she_her", True),
        ("woman", "a trans-woman sang", True),
        ("single mother", "a single\u00a0 Mother sang", True),
        ("single mother", "single, mother", False),
        ("caf\u00e9", "the CAFE\u0301 is open", True),
        ("cafe", "the caf\u00e9 is open", False),
        ("stra\u00dfe", "STRASSE 5", True),
        ("\ufb01sh", "fish", True),
        ("c++", "written in C++ today", True),
        ("c++11", "written in C++112", False),
        ("\u0932\u0921\u093c\u0915", "\u0932\u0921\u093c\u0915\u093e", False),
        ("\U0001f600", "well\U0001f600x", True),
        ("\U0001f600", "well \U0001f600!", True),
    ],
)
def test_what_a_word_is(word, text, is_mentioned):
    """NFKC, case folded; letters, digits and their marks belong to a word, all else ends it."""
    assert word_finder([word])(text) is is_mentioned


def test_a_shorter_phrase_is_found_where_a_longer_one_only_begins():
    """`new york` in `new yorkers`? No; in `new york city hall`? Yes."""
    mentions = word_finder(["new york city", "new york"])
    assert mentions("in new york cityscapes")
    assert not mentions("some new yorkers")


def test_lengths_are_counted_in_words():
    """2, 8, 1 and 5 words."""
    assert cut_from("length=2,8") == {"length under 2": [2], "length 2 to under 8": [0, 3], "length 8 or more": [1]}


def test_quantiles_cut_the_data_into_parts_of_about_one_size():
    """The median of 1, 2, 5 and 8 is 3.5: an edge at 4 words."""
    assert cut_from("length:quantiles=2") == {"length under 4": [0, 2], "length 4 or more": [1, 3]}


def test_texts_of_one_length_have_no_quantiles():
    """One slice with all of them, which is remarked on later."""
    assert cut_from("length:quantiles=4", texts=("a b", "c d", "e f", "g h")) == {"length": [0, 1, 2, 3]}


def test_of_pairs_either_text_may_have_the_word_and_both_are_counted():
    """Lengths 1+1, 1+2, 1+1, 1+1."""
    members = cut_from("words:women=she,", "length=3", texts=("a", "b", "She", "d"), pairs=("x", "she sings", "y", "z"))
    assert members == {"women": [1, 2], "length under 3": [0, 2, 3], "length 3 or more": [1]}


def test_slices_are_crossed_by_their_names_or_by_all_that_one_wish_gave():
    """The order of the wishes does not matter; known slices can be crossed too."""
    members = cut_from(
        "cross=women*length", "words:women=she,her", "length=3", slices={"kind=x": np.array([True, False, True, True])}
    )
    assert members["women x length under 3"] == [0]
    assert members["women x length 3 or more"] == [1, 3]
    members = cut_from(
        "cross=women*kind", "words:women=she,her", slices={"kind=x": np.array([True, False, True, True])}
    )
    assert members["women x kind=x"] == [0, 3]


def test_a_crossing_of_what_is_no_slice_is_refused_with_the_nearest_name():
    """Nothing is left out silently."""
    with pytest.raises(InputError) as error:
        cut_from("cross=woman*length", "words:women=she,her", "length=3")
    assert str(error.value) == (
        "Slices cannot be crossed. There is no slice called 'woman'. Did you mean 'women'? Known: length, "
        "length 3 or more, length under 3, women."
    )


def test_texts_that_are_not_at_hand_are_asked_for():
    """For words and for lengths."""
    with pytest.raises(InputError) as error:
        cut_from("words:women=she,", texts=None)
    assert str(error.value) == (
        "The slice women cannot be cut: the texts of toy are not at hand. Give --data, or a column `text` in a file of "
        "predictions."
    )
    with pytest.raises(InputError, match=r"^Slices by length cannot be cut: the texts of toy are not at hand"):
        cut_from("length=3", texts=None)


def test_a_column_that_is_not_at_hand_is_asked_for():
    """Files of predictions alone bring none."""
    with pytest.raises(InputError, match=r"^toy has no column 'source' to slice by\. Columns are those of --data"):
        cut_from("column=source")


def test_a_column_of_ids_is_no_category():
    """101 values are one too many, 100 are not."""
    texts = tuple("a" * 101)
    with pytest.raises(InputError) as error:
        cut_from("column=key", texts=texts, n=101, columns={"key": [f"k{i}" for i in range(101)]})
    assert "toy: the column 'key' has 101 different values, and slices are cut by at most 100." in str(error.value)
    assert len(cut_from("column=key", texts=texts, n=101, columns={"key": [f"k{i % 100}" for i in range(101)]})) == 100


def test_two_different_slices_of_one_name_are_refused():
    """Equal ones are one."""
    known = {"women": np.array([True, False, False, False])}
    with pytest.raises(
        InputError, match=r"^There are two different slices called 'women'\. Give one of them another name\.$"
    ):
        cut_from("words:women=she,her", slices=known)
    assert cut_from("words:women=she,", slices=known) == {"women": [0]}


def frame():
    """Return a table with further columns."""
    return pd.DataFrame(
        {"id": list("dbca"), "text": TEXTS, "label": [0, 1, 1, 0], "source": ["x", "y", "y", ""], "year": [3, 1, 2, 4]}
    )


def data(*keep):
    """Return the table as a text set."""
    return text_set(frame(), name="toy", task="binary", labels=("no", "yes"), where="toy", keep=keep)


def panel_on(texts):
    """Return a panel of two models on these texts."""
    items = Items(texts.name, np.array(texts.ids), texts=texts.batch, truth=texts.truth)

    def member(name):
        return Observed(items, Predictions(name, "binary", ("no", "yes"), "logits", np.zeros((4, 2))))

    populations = [Population(role, role, (member(role),)) for role in ("teacher", "student", "baseline")]
    teacher, student, baseline = populations
    return aligned("toy", teacher, (student,), {"student": baseline})


def test_slices_of_a_panel_stand_under_its_ids():
    """The panel is sorted a, b, c, d; the table is not."""
    texts = data("source", "year")
    specs = [parse_slice(wish) for wish in ("column=source", "words:women=she,", "column:year=3")]
    panel = sliced(panel_on(texts), specs, texts)
    assert members_of(panel.items.slices) == {
        "source=x": [3],
        "source=y": [1, 2],
        "women": [3],
        "year under 3": [1, 2],
        "year 3 or more": [0, 3],
    }
    assert panel.remarks == ()


def test_a_slice_with_all_or_none_of_the_items_is_left_out_and_remarked():
    """It would say nothing that the whole set does not; one that came with a file too."""
    texts = data()
    specs = [parse_slice(wish) for wish in ("words:men=him,", "length=1", "words:rain=rain,")]
    panel = sliced(panel_on(texts), specs, texts)
    assert set(panel.items.slices) == {"rain"}
    assert panel.remarks == (
        "Slice length 1 or more holds all of the 4 items of toy and is not measured.",
        "Slices men, length under 1 hold none of the 4 items of toy and are not measured.",
    )


def test_many_empty_slices_are_remarked_in_one_sentence():
    """Ten by name."""
    texts = data()
    specs = [parse_slice(f"words:w{i}=xyz{i},") for i in range(12)]
    (remark,) = sliced(panel_on(texts), specs, texts).remarks
    assert remark == (
        "Slices w0, w1, w2, w3, w4, w5, w6, w7, w8, w9 and 2 more hold none of the 4 items of toy and are not measured."
    )


def test_without_wishes_known_slices_stay():
    """And nothing else changes."""
    texts = data()
    panel = panel_on(texts)
    known = {"half": np.array([True, False, True, False])}
    uncut = sliced(replace(panel, items=replace(panel.items, slices=known)), [], None)
    assert uncut.items.slices == known
    assert uncut.remarks == ()


def test_mistakes_show_before_anything_is_scored():
    """But a crossing may rest on slices that come with the predictions."""
    texts = data("source")
    check_slices([parse_slice("column=source"), parse_slice("cross=source*elsewhere")], texts)
    with pytest.raises(InputError, match="has no column 'year'"):
        check_slices([parse_slice("column=year")], texts)


def test_further_columns_are_kept_where_asked_for(tmp_path):
    """Under the house's name, in every split; what no split has is refused with the nearest name."""
    frame().assign(split=["train", "test", "test", "train"]).to_csv(tmp_path / "toy.csv", index=False)
    source = str(tmp_path / "toy.csv")
    splits = load_splits(source, task="binary", columns={"text": "text"}, keep=("source", "label"))
    test = splits.role("test")
    assert {name: values.tolist() for name, values in test.columns.items()} == {
        "source": ["y", "y"],
        "label": ["1", "1"],
    }
    assert test.take(np.array([1])).columns["source"].tolist() == ["y"]
    with pytest.raises(InputError, match=r"There is no column of .*toy\.csv called 'sauce'\. Did you mean 'source'\?"):
        load_splits(source, task="binary", keep=("sauce",))


@pytest.mark.real_data
def test_a_column_that_the_catalogue_slices_by_can_be_named_again():
    """The slices are the same ones."""
    texts = load_splits("cola", keep=("domain",)).role("validation")
    known = Sliceable("cola", len(texts), texts.batch, texts.columns, texts.slices)
    assert set(cut([parse_slice("column=domain")], known)) == set(texts.slices)
    assert len(texts.slices) >= 2


@pytest.mark.real_data
def test_words_find_the_identities_of_hatecheck():
    """Most texts that the set itself says are about women have one of these words; few others have."""
    texts = load_splits("hatecheck", keep=("target_ident",)).role("test")
    known = Sliceable("hatecheck", len(texts), texts.batch, texts.columns)
    listed = "words:women=woman,women,female,females,girl,girls,girlfriend,wife,her,she"
    masks = cut([parse_slice(listed), parse_slice("column=target_ident")], known)
    said, meant = masks["women"], masks["target_ident=women"]
    assert (said & meant).sum() / meant.sum() > 0.7
    assert (said & ~meant).sum() / (~meant).sum() < 0.05
