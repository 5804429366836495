"""A statement made readable: one HTML page, one Markdown comment."""

from angelshare.report.html import render_html
from angelshare.report.markdown import render_markdown

__all__ = ["render_html", "render_markdown"]
