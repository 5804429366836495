"""What suites say about their items: read from data and from files of predictions, and kept in the panel."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from angelshare.core.errors import InputError, MisalignedError
from angelshare.core.protocols import Silent
from angelshare.data.predictions.files import attach_truth, read_predictions, write_predictions
from angelshare.data.tables.reading import read_table
from angelshare.data.texts.loading import load_splits
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.conclude.kept import kept_panel
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.seats import Seat, assemble
from angelshare.recipes.observe.sides import parse_side

SUITE = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "text": ["women are early", "men are early", "women are late", "the cask leaks"],
        "label": ["yes", "no", "yes", "no"],
        "functionality": ["F1", "F1", "F2", ""],
        "template": ["[X] are early", "[X] are early", "[X] are late", ""],
        "group": ["women", "men", "women", None],
        "pair": ["p", "p", "q", None],
    }
)


def scored(path, values=(1.0, -1.0, 2.0, -2.0), **columns):
    """Write a file of predictions on the suite's items, and return its path."""
    frame = pd.DataFrame({"id": ["a", "b", "c", "d"], "logit:no": 0.0, "logit:yes": values, **columns})
    frame.to_parquet(path)
    return path


@pytest.fixture
def suite(tmp_path):
    """The suite as a file and as read."""
    path = tmp_path / "suite.csv"
    SUITE.to_csv(path, index=False)
    return load_splits(str(path), task="binary", columns={"target": "group"}).role("test")


def test_a_suite_keeps_what_it_says_about_its_items(suite):
    """Names are texts, blank where missing; templates are the clusters, and an item without one is its own."""
    assert suite.columns["functionality"].tolist() == ["F1", "F1", "F2", ""]
    assert suite.columns["target"].tolist() == ["women", "men", "women", ""]
    assert suite.columns["pair"].tolist() == ["p", "p", "q", ""]
    assert suite.clusters.tolist() == [0, 0, 1, 2]
    assert "identity" not in suite.columns


def test_a_column_cluster_goes_before_templates(tmp_path):
    """Who names clusters means them; a blank template throughout is none."""
    SUITE.assign(cluster=[1, 2, 1, 2]).to_csv(tmp_path / "c.csv", index=False)
    assert load_splits(str(tmp_path / "c.csv"), task="binary").role("test").clusters.tolist() == [0, 1, 0, 1]
    SUITE.assign(template="").to_csv(tmp_path / "t.csv", index=False)
    test = load_splits(str(tmp_path / "t.csv"), task="binary").role("test")
    assert test.clusters is None
    assert "template" not in test.columns


def test_a_column_read_as_an_items_column_stays_under_its_own_name(tmp_path):
    """One column may be the cluster, the pair and a slice at once."""
    SUITE.to_csv(tmp_path / "s.csv", index=False)
    frame = read_table(tmp_path / "s.csv", columns={"target": "group", "identity": "group"})
    assert frame["group"].tolist() == frame["target"].tolist() == frame["identity"].tolist()


def test_files_of_predictions_bring_columns_and_keep_them(tmp_path, suite):
    """Written and read again; with the data they are the data's, and must be the same."""
    given = read_predictions(
        scored(tmp_path / "p.parquet", functionality=["F1", "F1", "F2", None]), name="m", task="binary"
    )
    assert given.items.columns["functionality"].tolist() == ["F1", "F1", "F2", ""]
    joined = attach_truth(given, suite)
    write_predictions(joined.items, joined.member, tmp_path / "again.parquet")
    again = read_predictions(tmp_path / "again.parquet", name="m")
    assert again.items.columns["template"].tolist() == suite.columns["template"].tolist()
    assert again.items.clusters.tolist() == [0, 0, 1, 2]
    other = read_predictions(
        scored(tmp_path / "o.parquet", functionality=["F1", "F2", "F2", None]), name="o", task="binary"
    )
    with pytest.raises(MisalignedError, match=r"1 items have another column 'functionality'.*'b'"):
        attach_truth(other, suite)


def test_a_panel_has_the_columns_of_whoever_brings_them(tmp_path):
    """The student's file says what the teacher's does not, in another order of rows; contradictions are refused."""
    teacher = read_predictions(scored(tmp_path / "t.parquet"), name="teacher", task="binary")
    student = read_predictions(
        scored(tmp_path / "s.parquet", template=["x", "x", "y", "y"]), name="s", task="binary"
    ).take(np.array([3, 1, 0, 2]))
    seats = [(Seat("teacher", "teacher"), teacher), (Seat("student", "s"), student)]
    panel = assemble(seats, data="d")
    assert panel.columns["template"].tolist() == ["x", "x", "y", "y"]
    assert panel.items.clusters is not None
    third = read_predictions(scored(tmp_path / "u.parquet", template=["x", "y", "y", "y"]), name="u", task="binary")
    with pytest.raises(MisalignedError, match="disagree about the column 'template' of 1 items"):
        assemble([*seats, (Seat("student", "u"), third)], data="d")


def test_a_value_that_is_no_name_is_named_with_its_row(tmp_path):
    """Fractions are no identities."""
    with pytest.raises(InputError, match=r"row 2: the identity is 0\.5"):
        read_predictions(scored(tmp_path / "p.parquet", identity=[1.0, 0.5, 1.0, 1.0]), name="m", task="binary")


def test_templates_are_texts_and_are_kept_as_numbers(tmp_path):
    """What lies beside a statement holds no texts, but still says which items go together."""
    SUITE.to_csv(tmp_path / "suite.csv", index=False)
    sides = (
        parse_side("teacher", str(scored(tmp_path / "t.parquet"))),
        parse_side("student", str(scored(tmp_path / "s.parquet", (1.0, 1.5, -2.0, -2.0)))),
    )
    request = AuditRequest(
        sides=sides,
        out=tmp_path / "out",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        data=str(tmp_path / "suite.csv"),
        reading=Reading(task="binary", labels=("no", "yes")),
    )
    statement = audit_models(request, progress=Silent())
    panel = kept_panel(tmp_path / "out", statement).panel
    assert panel.columns["template"].tolist() == ["0", "0", "1", ""]
    assert panel.columns["functionality"].tolist() == ["F1", "F1", "F2", ""]


def test_pairs_are_clusters_where_nothing_else_is(tmp_path):
    """An original and its partner are not independent, whatever audit looks at them; `cluster` and `template` win."""
    pairs = {"pair": ["p", "p", "", "q"]}
    alone = read_predictions(scored(tmp_path / "p.parquet", **pairs), name="m", task="binary")
    assert alone.items.clusters[0] == alone.items.clusters[1]
    assert len(set(alone.items.clusters)) == 3
    both = read_predictions(
        scored(tmp_path / "t.parquet", template=["x", "y", "y", "y"], **pairs), name="m", task="binary"
    )
    assert len(set(both.items.clusters)) == 2
    blank = read_predictions(scored(tmp_path / "b.parquet", pair=["", "", "", ""]), name="m", task="binary")
    assert blank.items.clusters is None


@pytest.mark.real_data
def test_catalogued_suites_name_their_columns():
    """HateCheck, the counterfactual reviews, the styles and the fuzzed templates; slices stay what they were."""
    suite = load_splits("hatecheck").role("test")
    assert set(suite.columns) == {"functionality", "template", "target"}
    assert {"functionality=slur_h", "target_ident=women"} <= set(suite.slices)
    styles = load_splits("sst2_styles").role("validation")
    assert len(set(styles.columns["pair"])) == len(np.unique(styles.clusters)) == 872
    assert "base" in styles.columns["variant"]
    assert set(load_splits("cad_imdb").role("test").columns) == {"pair", "variant"}
