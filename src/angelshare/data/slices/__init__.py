"""Subsets of the items."""
