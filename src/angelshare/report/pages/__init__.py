"""Whole pages: statements and comparisons as HTML and Markdown."""
