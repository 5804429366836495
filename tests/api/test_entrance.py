"""What `import angelshare as ash` gives, and what it costs."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import angelshare as ash


def loaded_by(code):
    """Return the modules that a fresh interpreter has loaded after this."""
    ending = "\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_import_loads_nothing_that_takes_time():
    """Neither numbers nor schemas nor networks: they come with the first use."""
    new = {name.partition(".")[0] for name in loaded_by("import angelshare") - loaded_by("pass")}
    assert new == {"angelshare"}


def test_auditing_arrays_loads_no_network_library():
    """It works where torch is not installed."""
    code = (
        "import numpy as np, angelshare as ash\n"
        "right = np.arange(60) % 2\n"
        "ash.audit(right, 1 - right, data=right, task='binary')._repr_html_()"
    )
    assert not {"torch", "transformers", "datasets"} & loaded_by(code)


def test_what_there_is_to_use_is_listed_described_and_hinted():
    """As an editor shows it."""
    assert set(dir(ash)) == {"Statement", "Student", "__version__", "audit", "distil", "read", "run"}
    for name in ("audit", "distil", "read", "run"):
        function = getattr(ash, name)
        signature = inspect.signature(function)
        assert inspect.getdoc(function)
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(each.annotation is not inspect.Parameter.empty for each in signature.parameters.values())


def test_what_there_is_not_is_an_attribute_error():
    """Not an import error, which would end a `hasattr`."""
    with pytest.raises(AttributeError, match="no attribute 'audits_of'"):
        _ = ash.audits_of
    assert not hasattr(ash, "numpy")


def test_rooms_do_not_take_the_place_of_functions():
    """A room called as a function would be that function once it is imported."""
    for room in ("audits", "distillation", "recipes"):
        import_module(f"angelshare.{room}")
    assert all(callable(getattr(ash, name)) for name in ("audit", "distil", "read", "run"))
