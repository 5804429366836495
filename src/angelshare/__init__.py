"""angelshare: what a language model loses when it is made smaller, how sure that is, and whom it hurts.

From Python, `import angelshare as ash` gives `ash.audit`, `ash.distil`, `ash.run`, `ash.read` and the `ash.Statement`
that they answer with. Nothing else is imported until one of them is used.
"""

__version__ = "0.1.0.dev0"
__all__ = ["Statement", "Student", "__version__", "audit", "distil", "read", "run"]

TYPE_CHECKING = False  # importing typing for this would take longer than all else here
if TYPE_CHECKING:
    from angelshare.api.entrance import Statement, Student, audit, distil, read, run


def __getattr__(name: str) -> object:
    """Return what is used for the first time."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("angelshare.api.entrance"), name)


def __dir__() -> list[str]:
    """Return what there is to use."""
    return __all__
