"""Errors that say what is wrong, with which values, and what to do about it."""

from collections.abc import Sequence


class AngelshareError(Exception):
    """Base of every error raised on purpose; its message is meant for the user."""


class LeftOut(UserWarning):
    """What another package brings and cannot be used; all else goes on without it."""


class InputError(AngelshareError):
    """Input that cannot be measured. The command line ends with exit code 3."""


class MisalignedError(InputError):
    """Two models that were not observed on the same items."""


class LabelError(InputError):
    """Labels that a model or a file does not have, or has in another order."""


class ModelError(InputError):
    """A model folder that cannot be loaded safely."""


class MissingExtraError(InputError):
    """What was asked for needs packages of the extra `models`, and they are not installed."""


class StatementError(InputError):
    """A loss statement that cannot be read."""


class RecipeError(InputError):
    """A recipe with mistakes, all told at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the single problems; the message lists one per line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
