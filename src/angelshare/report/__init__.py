"""A statement as a page and as Markdown."""
