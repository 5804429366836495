"""A statement as one self-contained page, which opens offline, requests nothing and escapes every text."""

import base64
import functools
import hashlib
from importlib.resources import files

import jinja2
from markupsafe import Markup

from angelshare.core.shown import visible
from angelshare.report.pages import views
from angelshare.report.words import lookup
from angelshare.report.words.numbers import count, size
from angelshare.statement.schema import Statement


def render_html(statement: Statement) -> str:
    """Return the page, with style and script inside.

    Its content security policy allows this one script by its hash, and no request at all: even a text that slipped
    through the escaping could neither run nor report home.
    """
    return rendered("statement.html.j2", page=views.page(statement), statement=statement)


def rendered(template: str, **shown: object) -> str:
    """Return a page from its template, with style and script inside."""
    script = asset("tables.js")
    return (
        environment()
        .get_template(template)
        .render(
            style=Markup(asset("statement.css")),  # noqa: S704  (a file of this package)
            script=Markup(script),  # noqa: S704  (a file of this package)
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            **shown,
        )
    )


@functools.cache  # compiling the templates takes longer than rendering a page
def environment() -> jinja2.Environment:
    """Return the environment of the templates, which escapes everything and names invisible characters."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("angelshare.report"),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(count=count, size=size, gated=lookup.gated)
    return templates


def _shown(value: object) -> object:
    """Return a text with its invisible characters named, and any other value as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def asset(name: str) -> str:
    """Return the text of a file beside the templates."""
    return files("angelshare.report").joinpath("templates", name).read_text(encoding="utf-8")
