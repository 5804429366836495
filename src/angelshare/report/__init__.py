"""A statement made readable: one HTML page, one Markdown comment; and so a comparison and a reproduction."""

from angelshare.report.comparison import render_comparison_html, render_comparison_markdown
from angelshare.report.html import render_html
from angelshare.report.markdown import render_markdown
from angelshare.report.reproduction import render_reproduction_html
from angelshare.report.reproduction_markdown import render_reproduction_markdown

__all__ = [
    "render_comparison_html",
    "render_comparison_markdown",
    "render_html",
    "render_markdown",
    "render_reproduction_html",
    "render_reproduction_markdown",
]
