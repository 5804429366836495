"""What a statement says about the machine and the versions behind it."""

import importlib.metadata
import os
import platform
from typing import Any

_PACKAGES = ("torch", "transformers", "tokenizers", "numpy", "scipy", "scikit-learn", "pyarrow")


def environment() -> dict[str, Any]:
    """Return versions, processor and threads; nothing that names the machine or its user."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "processors": os.cpu_count(),
        "packages": {name: importlib.metadata.version(name) for name in _PACKAGES},
    }
