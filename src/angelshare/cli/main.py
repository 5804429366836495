"""The command line: call, and end with an exit code.

What the commands import waits for the call, so that even Ctrl-C during imports is answered in words.
"""

import logging
import os
import sys
import warnings
from typing import NoReturn

from angelshare.cli.ends import Stopped, end_of, stoppable
from angelshare.cli.streams import patient
from angelshare.core.errors import LeftOut
from angelshare.core.shown import show_logs, warn


def main() -> None:
    """Run the command line and end with its exit code."""
    sys.stdout, sys.stderr = patient(sys.stdout), patient(sys.stderr)
    # warnings of libraries are not passed on; what matters is in the statement
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", LeftOut)
    warnings.showwarning = _warn
    show_logs()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    for variable in ("HF_HUB_VERBOSITY", "DATASETS_VERBOSITY"):  # both set their levels on import
        os.environ.setdefault(variable, "error")
    try:
        with stoppable():
            code = _called()
            sys.stdout.flush()
    except (Exception, Stopped) as error:  # noqa: BLE001  (the last resort of the process: every end has a word and a code)
        _end(*end_of(error))
    sys.exit(code)


def _called() -> int:
    """Call the command that the arguments name, and return its exit code."""
    from angelshare.cli.commands import app

    code = app(standalone_mode=False)
    return code if isinstance(code, int) else 0


def _end(message: str, code: int) -> NoReturn:
    """Print the last word to standard error, and end."""
    sys.stderr.write(f"{message}\n")
    sys.exit(code)


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Print what is left out to standard error."""
    warn(str(message))
