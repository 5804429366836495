"""A statement made readable: one HTML page, one Markdown comment."""

from angelshare.report.comparison import render_comparison_html, render_comparison_markdown
from angelshare.report.html import render_html
from angelshare.report.markdown import render_markdown

__all__ = ["render_comparison_html", "render_comparison_markdown", "render_html", "render_markdown"]
