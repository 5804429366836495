"""Tests of writing a statement and a comparison."""

from types import SimpleNamespace

import pytest

from angelshare.recipes.conclude import publish as publishing


@pytest.mark.parametrize(
    ("write", "renderer"),
    [
        (publishing.publish, "render_html"),
        (publishing.publish, "render_markdown"),
        (publishing.publish_comparison, "render_comparison_html"),
        (publishing.publish_comparison, "render_comparison_markdown"),
    ],
)
def test_what_cannot_be_rendered_is_not_written_in_any_form(write, renderer, tmp_path, monkeypatch):
    """Beside the JSON alone, the page of an earlier look would pass for this one's."""

    def fails(_):
        raise ZeroDivisionError

    for name in ("render_html", "render_markdown", "render_comparison_html", "render_comparison_markdown"):
        monkeypatch.setattr(publishing, name, fails if name == renderer else lambda _: "")
    for name in ("as_text", "comparison_text"):
        monkeypatch.setattr(publishing, name, lambda _: "{}")
    with pytest.raises(ZeroDivisionError):
        write(SimpleNamespace(title="x"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
