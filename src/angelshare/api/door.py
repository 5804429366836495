"""The door between Python people and the rooms: mistakes leave it as one sentence in Python's words."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from angelshare.core.errors import InputError, RecipeError
from angelshare.core.extras import extra_named

Asked = ParamSpec("Asked")
Given = TypeVar("Given")

_ARGUMENTS = {
    option: option.replace("-", "_")
    for option in (
        *("data", "task", "labels", "columns", "data-columns", "positive", "threshold", "identities", "redact-texts"),
        *("teacher", "student", "baseline", "max-length", "trust-remote-code", "allow-pickle", "out", "jobs"),
    )
} | {"slice": "slices", "gate": "gates", "audit": "audits", "margin": "gates"}
"""What an option of the command line is called in Python."""
_OPTION = re.compile(rf"--({'|'.join(sorted(_ARGUMENTS, key=len, reverse=True))})\b(?!-)")


def door(called: str) -> Callable[[Callable[Asked, Given]], Callable[Asked, Given]]:
    """Return what makes a function one for Python people, who call it by this name.

    An `InputError` comes without the calls between, which say nothing to its reader, and names arguments where the
    command line has options; so does the error that says which extra is missing.
    """

    def entrance(function: Callable[Asked, Given]) -> Callable[Asked, Given]:
        @wraps(function)
        def through(*given: Asked.args, **named: Asked.kwargs) -> Given:
            try:
                with extra_named(called):
                    return function(*given, **named)
            except InputError as error:
                raise _in_python(error) from None

        return through

    return entrance


def _in_python(error: InputError) -> InputError:
    """Return the error without its traceback, in Python's words."""
    if isinstance(error, RecipeError):
        return RecipeError([_told(problem) for problem in error.problems])
    return type(error)(_told(str(error)))


def _told(message: str) -> str:
    """Return a message with arguments in place of the command line's options."""
    return _OPTION.sub(lambda option: f"`{_ARGUMENTS[option[1]]}`", message)
