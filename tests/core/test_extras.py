"""What needs the extra `models`, and who says so."""

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from angelshare.core.errors import MissingExtraError
from angelshare.core.extras import MODELS, extra_named

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


def required(requirements):
    """Return the names of packages, as Python writes modules."""
    return {re.match(r"[\w.-]+", requirement)[0].replace("-", "_").lower() for requirement in requirements}


def test_the_modules_are_those_of_the_extra():
    """A package that joins the extra is named here too; scikit-learn's module is sklearn."""
    packages = {name for module in MODELS for name in packages_distributions()[module]}
    assert required(packages) == required(PROJECT["optional-dependencies"]["models"])
    assert not required(packages) & required(PROJECT["dependencies"])


def test_a_missing_module_of_the_extra_is_a_sentence():
    """The remedy is one command."""
    told = "^`angelshare run` needs the package torch.nn, which is not installed: pip install 'angelshare\\[models\\]'$"
    with pytest.raises(MissingExtraError, match=told), extra_named("`angelshare run`"):
        raise ModuleNotFoundError(name="torch.nn")


def test_any_other_missing_module_is_a_mistake():
    """Nobody mends it with the extra."""
    with pytest.raises(ModuleNotFoundError, match="nowhere"), extra_named("`angelshare run`"):
        import nowhere  # noqa: F401  (importing it is the test)
