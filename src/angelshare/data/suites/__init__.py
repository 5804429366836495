"""Test suites known by name."""
