"""Reading tables: what stays as it is, and what is refused with its row."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from angelshare.core.errors import InputError
from angelshare.data.tables.columns import column, read_ids, read_names, read_numbers, read_texts
from angelshare.data.tables.reading import read_table


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_csv_keeps_texts_and_ids_verbatim(tmp_path):
    """Leading zeros, NUL, quotes, line ends, the word null and blanks are content; a byte order mark is not."""
    path = written(tmp_path, "a.csv", '\ufeffid,text\n007,"two\nlines, ""quoted"""\n008,a\0b\n1e5,null\n9, \n')
    frame = read_table(path)
    assert frame["id"].tolist() == ["007", "008", "1e5", "9"]
    assert frame["text"].tolist() == ['two\nlines, "quoted"', "a\0b", "null", " "]


def test_a_text_of_a_megabyte_is_read(tmp_path):
    """Long rows do not break the reader's blocks."""
    path = written(tmp_path, "a.csv", "id,text\n1,x\n2," + "word " * 250_000 + "\n")
    assert len(read_table(path)["text"][1]) == 1_250_000


def test_parquet_integers_with_gaps_stay_integers(tmp_path):
    """Large ids would lose digits as floats."""
    pq.write_table(pa.table({"id": pa.array([2**60 + 1, None]), "text": ["x", None]}), tmp_path / "a.parquet")
    frame = read_table(tmp_path / "a.parquet")
    assert frame["id"][0] == 2**60 + 1
    assert frame["text"].tolist() == ["x", None]


def test_json_lines_keep_half_surrogates_and_fill_gaps(tmp_path):
    """JSON can say what UTF-8 cannot."""
    frame = read_table(written(tmp_path, "a.jsonl", '{"id": 1, "text": "\\ud83d"}\n\n{"id": "2"}\n'))
    assert frame["text"].tolist() == ["\ud83d", None]
    assert read_ids(frame, "id", path="a").tolist() == ["1", "2"]


def test_columns_are_renamed_to_the_houses_names(tmp_path):
    """A column that had the name already gives it up."""
    path = written(tmp_path, "a.csv", "id,case_id,text\n1,a,x\n")
    frame = read_table(path, columns={"id": "case_id"})
    assert frame.to_dict("list") == {"id": ["a"], "text": ["x"]}


REFUSED = {
    "missing": ("none.csv", None, r"There is no file .*none\.csv\. Check the path\."),
    "empty": ("a.csv", "", r"a\.csv is empty \(0 bytes\)\. Write it again\."),
    "unknown kind": ("a.xlsx", "x", r"a\.xlsx is none of \.parquet, \.csv, .*\. Convert it"),
    "repeated column": ("a.csv", "id,id\n1,2\n", r"more than one column called 'id'\. Rename"),
    "ragged row": ("a.csv", "id,text\n1,x\n2,y,z\n", r"Row #3: Expected 2 columns, got 3.*Quote values"),
    "open quote": ("a.csv", 'id,text\n1,"x\n2,y\n', r"a quote is opened and never closed"),
    "invalid UTF-8 in CSV": (
        "a.csv",
        b'id,text\n1,"a\nb"\n2,\xff\n',
        r"line 4 \(row 2\) is not UTF-8: byte 0xff at offset 18",
    ),
    "invalid UTF-8 in JSON": ("a.jsonl", b'{"id": 1}\n{"id": "\xe9"}\n', r"line 2 \(row 2\) is not UTF-8: byte 0xe9"),
    "broken JSON": ("a.jsonl", '{"id": 1}\n{"id": \n', r"line 2 is not a JSON object .*Write one object a line\."),
    "JSON array": ("a.jsonl", "[1]\n", r"line 1 holds '\[1\]', not an object"),
    "repeated JSON key": ("a.jsonl", '{"id": 1, "id": 2}\n', r"line 1 .*the key 'id' is repeated"),
    "endless number": (
        "a.jsonl",
        '{"id": 1}\n{"id": ' + "9" * 5000 + "}\n",
        r"line 2 is not a JSON object \(a number of 5000 digits, to be written as text if it is an id\)",
    ),
    "half a surrogate pair in a name": (
        "a.jsonl",
        '{"id": 1, "slice:\\ud800": 1}\n',
        r"a\.jsonl has a column called 'slice:\\ud800': a name cannot hold NUL or half a surrogate pair\. Rename it",
    ),
    "garbage as Parquet": (
        "a.parquet",
        "no parquet at all",
        r"is not Parquet, or is truncated or damaged .*copy it again\.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(tmp_path, case):
    """File, row and remedy are in the message."""
    name, content, message = REFUSED[case]
    path = tmp_path / name if content is None else written(tmp_path, name, content)
    with pytest.raises(InputError, match=message):
        read_table(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_parquet_is_refused(tmp_path, share):
    """Wherever the copy stopped."""
    pd.DataFrame({"id": ["a"] * 500, "text": ["x"] * 500}).to_parquet(tmp_path / "whole.parquet")
    raw = (tmp_path / "whole.parquet").read_bytes()
    with pytest.raises(InputError, match="truncated or damaged"):
        read_table(written(tmp_path, "cut.parquet", raw[: int(len(raw) * share)]))


def test_a_column_to_rename_must_exist(tmp_path):
    """The nearest name is offered."""
    path = written(tmp_path, "a.csv", "case_id,text\n1,x\n")
    with pytest.raises(InputError, match=r"no column 'caseid' to read as 'id'\. Did you mean 'case_id'\?"):
        read_table(path, columns={"id": "caseid"})


@pytest.mark.parametrize(
    ("ours", "near"),
    [("trut", "'truth'"), ("logits:no", "'logit:no'"), ("Label", "'label'"), ("probability_no", "'probability:LABEL'")],
)
def test_a_column_is_read_under_a_name_of_the_house_only(tmp_path, ours, near):
    """Under another name nothing would ever look for it."""
    path = written(tmp_path, "a.csv", "gold,text\n1,x\n")
    with pytest.raises(InputError, match=rf"a\.csv: 'gold' cannot be read as '{ours}'\. .*Did you mean {near}\?"):
        read_table(path, columns={ours: "gold"})


@pytest.mark.parametrize("ours", ["zz", "logit:", "text:no"])
def test_a_name_far_from_any_of_the_house_is_refused(tmp_path, ours):
    """A family without a label is none either."""
    with pytest.raises(InputError, match=rf"cannot be read as '{ours}'.*Known: .*slice:.*, text, text_key"):
        read_table(written(tmp_path, "a.csv", "gold,text\n1,x\n"), columns={ours: "gold"})


@pytest.mark.parametrize("ours", ["id", "label_name", "text_key", "logit:no", "truth:no", "label:no", "slice:a:b"])
def test_every_name_of_the_house_may_be_mapped(tmp_path, ours):
    """Families take any label."""
    assert ours in read_table(written(tmp_path, "a.csv", "gold\n1\n"), columns={ours: "gold"}).columns


def test_a_missing_column_names_the_nearest():
    """And says how to map it."""
    with pytest.raises(
        InputError, match=r"f has no column 'text'\. Did you mean 'texts'\? Map it with --columns text=texts"
    ):
        column(pd.DataFrame({"texts": ["x"]}), "text", path="f")


@pytest.mark.parametrize("value", [1.5, 1.0, "1.5", "2.", None, "", " ", True, [1]])
def test_what_is_no_id_is_refused(value):
    """Fractions lose digits; even whole ones are not trusted."""
    frame = pd.DataFrame({"id": pd.Series(["a", value], dtype=object)})
    with pytest.raises(InputError, match=r"f, row 2: the id .* is not an id \(such rows: 1\)"):
        read_ids(frame, "id", path="f")


def test_a_column_of_floats_is_no_column_of_ids():
    """A reader that went through floats has already lost digits."""
    with pytest.raises(InputError, match=r"row 1: the id 1\.0 is not an id"):
        read_ids(pd.DataFrame({"id": [1.0, 2.0]}), "id", path="f")


@pytest.mark.parametrize("read", [read_ids, read_names])
@pytest.mark.parametrize("value", ["a\0", "a\0\0", "\0", "b\0c", "\ud800"])
def test_names_and_ids_with_nul_or_half_surrogate_pairs_are_refused(read, value):
    """NumPy drops NUL at the end: the id would pair with another."""
    frame = pd.DataFrame({"id": ["a", value]}, dtype=object)
    with pytest.raises(
        InputError, match=r"f, row 2: the id .* holds NUL or half a surrogate pair \(such rows: 1\)\. Leave"
    ):
        read(frame, "id", path="f")


@pytest.mark.parametrize("value", [10**400, -(10**400), 2e30, -1e308, "1e999", "-2e30"])
def test_numbers_whose_squares_overflow_are_refused(value):
    """Nobody's score; an integer of JSON may be longer than any float."""
    frame = pd.DataFrame({"score": pd.Series([1, value], dtype=object)})
    with pytest.raises(
        InputError, match=r"f, row 2: the score -?[\de+]{4,40} is too large: beyond 1e\+30 statistics overflow \(such"
    ):
        read_numbers(frame, "score", path="f")


def test_large_numbers_are_numbers():
    """Up to the last whose eighth power is one; long integers too."""
    frame = pd.DataFrame({"score": pd.Series([1e30, -(10**29), 2**70, None], dtype=object)})
    assert read_numbers(frame, "score", path="f").tolist()[:3] == [1e30, -1e29, 2.0**70]


def test_repeated_ids_are_refused_with_the_second_row():
    """Which of them would be scored?"""
    with pytest.raises(InputError, match=r"f, row 3: the id 'a' is in 2 rows \(rows that repeat an id: 1\)"):
        read_ids(pd.DataFrame({"id": ["a", "b", "a"]}, dtype=object), "id", path="f")


@pytest.mark.parametrize(
    ("value", "why"),
    [("nan", "not finite"), ("inf", "not finite"), (float("inf"), "not finite"), ("x", "not a number")],
)
def test_what_is_no_finite_number_is_refused_with_row_and_id(value, why):
    """NaN spelt out is a failed computation, not a gap."""
    frame = pd.DataFrame({"score": pd.Series(["1", value], dtype=object)})
    with pytest.raises(
        InputError, match=rf"f, row 2 \(id 'b'\): the score {value} is {why} \(such rows: 1\)\. Score these"
    ):
        read_numbers(frame, "score", path="f", ids=["a", "b"])


def test_a_float_column_with_nan_is_refused_unless_gaps_are_allowed():
    """Outputs have no gaps; human labels do."""
    frame = pd.DataFrame({"value": [0.5, np.nan]})
    with pytest.raises(InputError, match="row 2: the value nan is not finite"):
        read_numbers(frame, "value", path="f")
    assert np.isnan(read_numbers(frame, "value", path="f", gaps=True)[1])


def test_blank_numbers_are_gaps():
    """In CSV nothing else can say it."""
    frame = pd.DataFrame({"truth": pd.Series(["1.5", "", None], dtype=object)})
    assert np.array_equal(read_numbers(frame, "truth", path="f"), [1.5, np.nan, np.nan], equal_nan=True)


def test_a_row_without_text_is_refused():
    """A missing text is not an empty one."""
    with pytest.raises(InputError, match=r"f, row 2: the text is None, not text \(such rows: 1\)"):
        read_texts(pd.DataFrame({"text": pd.Series(["x", None], dtype=object)}), "text", path="f")


def test_names_may_be_integers_but_no_fractions():
    """1.5 is no name of a label, and whole floats are what a tool made of integers, while they are exact."""
    assert read_names(pd.DataFrame({"label": [1.0, None]}, dtype=object), "label", path="f") == ["1", ""]
    with pytest.raises(InputError, match=r"f, row 1: the label is 1e\+300\. Write it as text or as an integer"):
        read_names(pd.DataFrame({"label": [1e300]}, dtype=object), "label", path="f")
    assert read_names(pd.DataFrame({"label": [1, 0]}), "label", path="f") == ["1", "0"]
    with pytest.raises(InputError, match=r"f, row 1: the label is 1\.5"):
        read_names(pd.DataFrame({"label": [1.5]}), "label", path="f")


@pytest.mark.parametrize("kind", ["plain", "large", "list"])
def test_invalid_utf8_in_parquet_names_column_and_row(tmp_path, kind):
    """Parquet files hold bytes, and nobody checks what a writer calls text."""
    raw = pa.array([b"well done", None, b"caf\xe9"])
    texts = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers(), null_count=1)
    if kind == "large":
        wide = raw.cast(pa.large_binary())
        texts = pa.Array.from_buffers(pa.large_string(), len(wide), wide.buffers(), null_count=1)
    elif kind == "list":
        texts = pa.ListArray.from_arrays(pa.array([0, 1, 2, 3]), texts)
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["a", "b", "c"], "remark": texts}), path)
    with pytest.raises(InputError, match=r"a\.parquet, row 3: the remark is not UTF-8 \(.*\)\. Write it again"):
        read_table(path)


def test_invalid_utf8_in_a_columns_name_is_damage(tmp_path):
    """The name stands several times in a file."""
    pd.DataFrame({"id": ["a"], "remark": ["x"]}).to_parquet(tmp_path / "whole.parquet")
    raw = (tmp_path / "whole.parquet").read_bytes().replace(b"remark", b"rem\xf1rk")
    with pytest.raises(InputError, match=r"is not Parquet, or is truncated or damaged .*copy it again\."):
        read_table(written(tmp_path, "a.parquet", raw))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_only_the_columns_that_are_asked_for_are_read(tmp_path, kind):
    """Those that are not there are left out; other mapped columns are not looked for."""
    frame = pd.DataFrame({"case": ["a"], "text": ["x"], "doc.q": ["y"], "more": ["z"]})
    path = tmp_path / f"a.{kind}"
    {"csv": frame.to_csv, "jsonl": frame.to_json, "parquet": frame.to_parquet}[kind](
        path, **({"orient": "records", "lines": True} if kind == "jsonl" else {"index": False})
    )
    columns = {"id": "case", "truth": "gold"}
    assert read_table(path, columns=columns, only=("id", "text", "text_pair")).to_dict("list") == {
        "id": ["a"],
        "text": ["x"],
    }
    assert read_table(path, columns={"text": "doc.q"}, only=("text",)).to_dict("list") == {"text": ["y"]}


def test_nan_in_json_is_a_failed_computation_and_null_is_blank():
    """JSON itself has no NaN, but Python writes it."""
    frame = pd.DataFrame({"score": pd.Series([1, None, float("nan")], dtype=object)})
    with pytest.raises(InputError, match=r"f, row 3: the score nan is not finite \(such rows: 1\)"):
        read_numbers(frame, "score", path="f")
    assert np.isnan(read_numbers(frame, "score", path="f", gaps=True)[1:]).all()


@pytest.mark.parametrize(
    ("values", "told"),
    [(pd.to_datetime(["2020-01-01"]), "points in time"), (pd.to_timedelta([5], unit="s"), "durations")],
)
def test_time_is_no_number(values, told):
    """A timestamp would be a logit of billions."""
    with pytest.raises(InputError, match=f"f: the score holds {told}, not numbers"):
        read_numbers(pd.DataFrame({"score": values}), "score", path="f")


@pytest.mark.parametrize("read", [read_ids, read_names])
def test_an_id_or_a_name_is_short(read):
    """One of ten megabytes would take them in every row."""
    read(pd.DataFrame({"id": ["x" * 1000]}), "id", path="f")
    with pytest.raises(InputError, match=r"f: the id 'x{40}'... has 1,001 characters \(such values: 1\)"):
        read(pd.DataFrame({"id": ["x" * 1001]}), "id", path="f")


@pytest.mark.parametrize("before", ["\ufeff\ufeff", "\n", "\ufeff\r\n \t\n"])
def test_marks_and_blank_lines_before_the_header_are_passed_over(before, tmp_path):
    """Tools in a row each write a byte order mark, and people a blank line."""
    (tmp_path / "f.csv").write_text(f"{before}id,score\na,1\n", newline="")
    assert read_table(tmp_path / "f.csv").to_dict("list") == {"id": ["a"], "score": ["1"]}
    (tmp_path / "f.jsonl").write_text(f'{before}{{"id": "a"}}\n', newline="")
    assert read_table(tmp_path / "f.jsonl").to_dict("list") == {"id": ["a"]}


@pytest.mark.parametrize("garbage", [b"", b"{", b"[1]", b'{"columns": 3}', b'{"index_columns": [{}]}'])
def test_what_pandas_wrote_into_parquet_may_be_garbage(tmp_path, garbage):
    """The columns are read without it."""
    table = pa.table({"id": ["a"], "score": [1.0]}).replace_schema_metadata({b"pandas": garbage})
    pq.write_table(table, tmp_path / "f.parquet")
    assert read_table(tmp_path / "f.parquet").to_dict("list") == {"id": ["a"], "score": [1.0]}
