"""Tests of the house itself: the length of modules and functions, and the linter's rules that are set aside.

Import circles, and the order of the rooms, are import-linter's part in `make check`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
MOST_LINES = 300
MOST_LINES_OF_HALF = 9
MOST_EXCEPTIONS = 60

_NOQA = re.compile(r"# noqa\b(?P<rest>.*)")
_WITH_REASON = re.compile(r": [A-Z]+\d+(, [A-Z]+\d+)*  \(\w.*\)$")


def modules() -> list[Path]:
    """Return the modules of the package."""
    return sorted((ROOT / "src").rglob("*.py"))


def lengths(module: Path) -> Iterator[int]:
    """Yield the lines of each function, from `def` to its last, with docstring and without decorators."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.end_lineno - node.lineno + 1


def exceptions() -> list[str]:
    """Return the comments that set a rule of the linter aside, in code, tests and benchmarks."""
    files = [path for folder in ("src", "tests", "benchmarks", "docs") for path in (ROOT / folder).rglob("*.py")]
    lines = [line for path in files if path != Path(__file__) for line in path.read_text(encoding="utf-8").splitlines()]
    return [comment["rest"] for line in lines if (comment := _NOQA.search(line))]


def test_no_module_is_longer_than_300_lines():
    """What is longer holds two things."""
    sizes = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in modules()}
    assert {module: n for module, n in sizes.items() if n > MOST_LINES} == {}


def test_half_of_all_functions_have_at_most_nine_lines():
    """Short functions are read at a glance."""
    assert median(length for module in modules() for length in lengths(module)) <= MOST_LINES_OF_HALF


def test_rules_of_the_linter_are_rarely_set_aside_and_never_without_a_reason():
    """The reason stands in brackets behind the rule."""
    set_aside = exceptions()
    assert len(set_aside) < MOST_EXCEPTIONS
    assert [rest for rest in set_aside if not _WITH_REASON.fullmatch(rest)] == []


def loading_calls(module: Path) -> Iterator[ast.Call]:
    """Yield the calls that make transformers read a configuration, a tokenizer or a network."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if name in ("from_pretrained", "from_config"):
            yield node


def test_whatever_is_loaded_is_told_whether_its_own_code_may_run():
    """Transformers asks the user where it is not told."""
    calls = [(module.name, call) for module in modules() for call in loading_calls(module)]
    assert len(calls) > 3
    silent = [(name, call.lineno) for name, call in calls if "trust_remote_code" not in {k.arg for k in call.keywords}]
    assert silent == []
