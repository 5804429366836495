"""What docstrings and the page on Python show is what happens."""

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

from angelshare import api

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
MODULES = tuple(module.name for module in pkgutil.iter_modules(api.__path__))


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_docstring_run(module):
    """Not all have one."""
    assert doctest.testmod(import_module(f"angelshare.api.{module}"), optionflags=doctest.ELLIPSIS).failed == 0


def test_the_function_that_everybody_calls_shows_an_example():
    """It is what `help(ash.audit)` ends with."""
    assert doctest.testmod(import_module("angelshare.api.auditing")).attempted > 0


def test_the_examples_of_the_page_run():
    """From top to bottom, as a reader types them."""
    done = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert done.attempted > 0
    assert done.failed == 0
