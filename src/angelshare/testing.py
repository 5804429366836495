"""A loss statement in your own tests: `assert_no_loss`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from angelshare.statement.build import parse_statement, read_statement
from angelshare.statement.outcome import outcome
from angelshare.statement.schema import Statement


class HasContent(Protocol):
    """What holds a statement, such as the answer of `ash.audit`."""

    @property
    def content(self) -> Statement:
        """Return the statement."""
        ...


def assert_no_loss(
    statement: HasContent | Statement | Mapping[str, Any] | str | Path,  # Any: JSON, checked when it is parsed
    *rules: str,
    allow_undecided: bool = False,
) -> None:
    """Fail unless every rule on a loss statement holds.

    Example:
        >>> from angelshare.testing import assert_no_loss
        >>> def test_the_student_lost_nothing():
        ...     assert_no_loss("runs/audit", "accuracy", "auc[slice=women] >= -0.02")

    Args:
        statement: the answer of `ash.audit` or `ash.read`, a folder with a statement.json, the file, its content, or a
            `Statement`.
        rules: gates as on the command line; one without a bound, such as `accuracy` or `auc[slice=women]`, takes the
            margins of the statement. No rules: the statement's own gates.
        allow_undecided: whether rules pass that the data decide neither way; rules that were not measured never do.

    Raises:
        AssertionError: with a paragraph for each rule that does not hold, on its numbers and a remedy.
        InputError: if the statement or a rule cannot be read, or there are no rules at all.
    """
    __tracebackhide__ = True
    complaint = outcome(_read(statement), rules).complaint(allow_undecided=allow_undecided)
    if complaint:
        raise AssertionError(complaint)


def _read(statement: HasContent | Statement | Mapping[str, Any] | str | Path) -> Statement:
    """Return the statement from whatever form it was given in."""
    if isinstance(statement, Statement):
        return statement
    if isinstance(statement, Mapping):
        return parse_statement(dict(statement), where="The mapping")
    if isinstance(statement, str | Path):
        return read_statement(Path(statement))
    return statement.content
