"""Mistakes leave the house as one sentence, in Python's words."""

import traceback

import pytest

from angelshare.api.door import door
from angelshare.core.errors import InputError, LabelError, MissingExtraError, RecipeError


def leaving(error):
    """Return what comes out of the door for an error inside."""

    @door("ash.thing")
    def thing():
        raise error from KeyError("the cause")

    with pytest.raises(type(error)) as caught:
        thing()
    return caught.value


@pytest.mark.parametrize(
    ("told", "python"),
    [
        ("Give --data.", "Give `data`."),
        ("Declare it: --task binary|regression.", "Declare it: `task` binary|regression."),
        ("--slice 'x' says no slice.", "`slices` 'x' says no slice."),
        ("map it: --data-columns id=key, or --columns id=key", "map it: `data_columns` id=key, or `columns` id=key"),
        (
            "Run it with --log_samples, or pip install --no-deps x.",
            "Run it with --log_samples, or pip install --no-deps x.",
        ),
    ],
)
def test_options_of_the_command_line_are_arguments_in_python(told, python):
    """Those of other programs stay as they are."""
    assert str(leaving(InputError(told))) == python


def test_neither_cause_nor_inner_calls_are_shown():
    """They say nothing to the reader."""
    error = leaving(LabelError("The labels differ."))
    shown = "".join(traceback.format_exception(error))
    assert "the cause" not in shown
    assert "LabelError: The labels differ." in shown
    assert [frame.name for frame in traceback.extract_tb(error.__traceback__)] == ["leaving", "through"]


def test_all_mistakes_of_a_recipe_are_kept():
    """One a line, and as a tuple."""
    error = leaving(RecipeError(["a: wrong.", "b: give --data."]))
    assert error.problems == ("a: wrong.", "b: give `data`.")


def test_a_missing_extra_is_named():
    """With the function that was called."""

    @door("ash.thing")
    def thing():
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    with pytest.raises(
        MissingExtraError, match=r"^ash\.thing needs the package torch, .* pip install 'angelshare\[models\]'$"
    ):
        thing()


def test_other_errors_and_answers_pass():
    """A mistake of ours keeps all that helps to find it; help shows the function itself."""

    @door("ash.half")
    def half(number: int) -> float:
        """Return one half of a number."""
        return 1 / number

    assert half(2) == 0.5
    assert (half.__name__, half.__doc__) == ("half", "Return one half of a number.")
    with pytest.raises(ZeroDivisionError):
        half(0)
