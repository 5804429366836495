"""angelshare: what a language model loses when it is made smaller, how sure that is, and whom it hurts."""

__version__ = "0.1.0.dev0"
