import io
import os

import pytest

from angelshare.cli.streams import patient


def written(text, encoding, path):
    """Return what arrives of a text in a stream of this encoding."""
    with path.open("w", encoding=encoding) as below, patient(below) as stream:
        stream.write(text)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("encoding", "arrives"),
    [("ascii", b"-0.1 +- 0.2 \\u6f22 \\xe9 \\ud800"), ("cp1252", b"-0.1 \xb1 0.2 \\u6f22 \xe9 \\ud800")],
)
def test_what_an_encoding_lacks_is_shown_plainly(encoding, arrives, tmp_path):
    """A minus sign becomes a hyphen, and no character is lost."""
    assert written("\N{MINUS SIGN}0.1 ± 0.2 漢 é \ud800", encoding, tmp_path / "out") == arrives


def test_a_stream_whose_reader_has_gone_takes_everything():
    """So that the exit code is still that of the gates."""
    read, write = os.pipe()
    os.close(read)
    for buffering in (-1, 0):
        with os.fdopen(write, "wb", buffering=buffering, closefd=False) as raw, io.TextIOWrapper(raw) as below:
            patient(below).write("x" * 100_000)
    os.close(write)


def test_a_stream_that_is_no_file_stays():
    """As in notebooks, and where output is caught."""
    assert patient(caught := io.StringIO()) is caught


def test_a_stream_that_the_caller_closed_takes_everything():
    """Python has none then: `angelshare check runs/a >&-`."""
    stream = patient(None)
    stream.write("text")
    stream.flush()


def test_a_stream_says_whether_it_is_a_terminal():
    """Colours and progress bars depend on it."""
    main, side = os.openpty()
    with os.fdopen(side, "w") as below, patient(below) as stream:
        assert stream.isatty()
        assert stream.fileno() == side
    os.close(main)
