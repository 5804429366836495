"""Texts that the package makes itself."""
