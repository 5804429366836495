"""Statements, comparisons and reproductions as HTML pages and Markdown."""

from angelshare.report.pages.comparison import render_comparison_html, render_comparison_markdown
from angelshare.report.pages.html import render_html
from angelshare.report.pages.markdown import render_markdown
from angelshare.report.papers.markdown import render_reproduction_markdown
from angelshare.report.papers.reproduction import render_reproduction_html

__all__ = [
    "render_comparison_html",
    "render_comparison_markdown",
    "render_html",
    "render_markdown",
    "render_reproduction_html",
    "render_reproduction_markdown",
]
