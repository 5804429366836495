"""Association tests: two sets of texts each for targets and attributes, read from a file of JSON."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.data.tables.text_files import decoded, first_line
from angelshare.data.texts.catalog import FOLDER_VARIABLE

PARTS = ("targ1", "targ2", "attr1", "attr2")
"""What the four sets of a test are called in the file: X and Y, then A and B."""
MIN_TARGETS = 2
IN_FOLDER = Path("seat") / "seat.json"
"""Where the file lies below the folder of public sets."""


@dataclass(frozen=True, slots=True)
class TextGroup:
    """One of the four sets of a test.

    Attributes:
        category: what its texts have in common, such as `MaleNames`.
        texts: at least one; of targets at least two.
    """

    category: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssociationTest:
    """Whether targets X lie closer to attributes A, against B, than targets Y do (Caliskan et al. 2017).

    Attributes:
        name: such as `sent-weat6`.
        targets: X and Y. attributes: A and B.
    """

    name: str
    targets: tuple[TextGroup, TextGroup]
    attributes: tuple[TextGroup, TextGroup]

    @property
    def groups(self) -> tuple[TextGroup, ...]:
        """Return X, Y, A, B."""
        return (*self.targets, *self.attributes)


def read_association_tests(path: Path | None, names: Sequence[str]) -> tuple[AssociationTest, ...]:
    """Return the tests of these names, in their order.

    The file is that of May et al. (2019), "On Measuring Social Biases in Sentence Encoders", as one object:
    {name: {"targ1": {"category": ..., "examples": [...]}, "targ2": ..., "attr1": ..., "attr2": ...}}.

    Args:
        path: of the file; None: `seat/seat.json` in the folder ANGELSHARE_DATA.
        names: of tests.

    Raises:
        InputError: for a file that is not there or no such object, a test that it does not have, or a set that has
            too few texts, repeats one or holds something else.
    """
    path = _in_folder() if path is None else path
    if not path.is_file():
        raise InputError(f"There is no file {path} of association tests. Check the path.")
    try:
        tests = json.loads(decoded(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON ({first_line(error)}). Write it again.") from error
    if not isinstance(tests, dict):
        raise InputError(f"{path} holds a {type(tests).__name__}, not an object with a test under every name.")
    return tuple(_test(tests, name, path) for name in names)


def _in_folder() -> Path:
    """Return where the file lies in the folder of public sets."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        raise InputError(f"No file of association tests is named, and {FOLDER_VARIABLE} names no folder. Give `tests`.")
    return Path(folder) / IN_FOLDER


def _test(tests: Mapping[str, Any], name: str, path: Path) -> AssociationTest:  # Any: JSON
    """Return one test."""
    if name not in tests:
        raise InputError(f"{path}: {unknown_name('association test', name, tests)}")
    x, y, a, b = (_group(tests[name], part, f"{path}, {name}") for part in PARTS)
    few = [group.category for group in (x, y) if len(group.texts) < MIN_TARGETS]
    if few:
        raise InputError(f"{path}, {name}: {few[0]} has one text, and targets need at least {MIN_TARGETS}.")
    return AssociationTest(name, (x, y), (a, b))


def _group(test: object, part: str, where: str) -> TextGroup:
    """Return one of the four sets."""
    group = test.get(part) if isinstance(test, dict) else None
    category, texts = (group.get("category"), group.get("examples")) if isinstance(group, dict) else (None, None)
    if not isinstance(category, str) or not isinstance(texts, list) or not texts:
        raise InputError(f'{where} has no {part}: write {{"category": "...", "examples": ["...", ...]}}.')
    wrong = [text for text in texts if not (isinstance(text, str) and text.strip())]
    if wrong:
        raise InputError(f"{where}: {part} holds {wrong[0]!r}, which is not text ({len(wrong)} such).")
    if len(set(texts)) < len(texts):
        repeated = next(text for text in texts if texts.count(text) > 1)
        raise InputError(f"{where}: {part} holds {repeated!r} more than once. Leave the others out.")
    return TextGroup(category, tuple(texts))
