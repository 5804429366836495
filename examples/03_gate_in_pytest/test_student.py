"""A release is tested: the student must not have lost more than was agreed.

The files hold what two models answered to 400 remarks; `angelshare audit` writes such a statement too, and then
`assert_no_loss("runs/audit", ...)` reads it.
"""

from pathlib import Path

import pandas as pd
import pytest

import angelshare as ash
from angelshare.testing import assert_no_loss

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def statement():
    """Return the statement on this release, made once."""
    teacher, student, truth = (pd.read_csv(HERE / f"{name}.csv") for name in ("teacher", "student", "truth"))
    return ash.audit(teacher, student, data=truth, task="binary", labels=["fine", "rude"])


def test_the_student_is_as_good_as_its_teacher(statement):
    """A point and a half of accuracy is what the product can bear; less than that is proven by 400 remarks."""
    assert_no_loss(statement, "accuracy >= -0.04")


def test_nobody_is_hurt_much_more(statement):
    """Of the French remarks there are fewer: what cannot be decided is let through, a loss is not."""
    assert_no_loss(statement, "accuracy[slice=french] >= -0.05", allow_undecided=True)


def test_a_smaller_margin_would_be_too_bold(statement):
    """The outcome is true only if the rule holds."""
    outcome = statement.check("accuracy >= -0.005")
    assert not outcome
    assert outcome.state == "undecided"
