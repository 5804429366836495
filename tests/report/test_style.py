"""The style: every text can be read in both themes."""

import re

import pytest

from angelshare.report.pages.html import asset

TEXTS = ("ink", "dim", "accent", "lost", "preserved", "gained", "undecided")
GROUNDS = ("paper", "raised")


def colours(theme: int) -> dict[str, str]:
    """Return the variables of the light (0) or dark (1) theme."""
    pairs = re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", asset("statement.css"))
    return {name: values[theme] for name, *values in pairs}


def printed() -> dict[str, str]:
    """Return the variables of the page on paper; short ones written out."""
    block = re.search(r"@media print \{\n  :root[^{]*\{([^}]*)\}", asset("statement.css"))
    assert block is not None
    hexadecimal = dict(re.findall(r"--([a-z]+): #([0-9a-f]{3,6});", block[1]))
    return {
        name: "#" + (value if len(value) == 6 else "".join(c * 2 for c in value)) for name, value in hexadecimal.items()
    }


def mixed(colour: str, other: str, share: float) -> str:
    """Return the colour that CSS mixes from a share of one colour and the rest of another."""
    parts = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(255 * (share * a + (1 - share) * b)):02x}" for a, b in parts)


def channels(colour: str) -> tuple[float, ...]:
    """Return red, green and blue between 0 and 1."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def luminance(colour: str) -> float:
    """Return the relative luminance of the Web Content Accessibility Guidelines 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(colour), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_largest_contrast():
    """(1 + 0.05) / (0 + 0.05) = 21."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_has_enough_contrast_in_both_themes(theme: int):
    """At least 4.5 on page, raised ground and banner; marks at least 3 on the band of a margin."""
    palette = colours(theme)
    assert set(palette) >= {*TEXTS, *GROUNDS, "band", "rule"}
    for text in TEXTS:
        for ground in GROUNDS:
            assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)
        assert contrast(palette[text], palette["band"]) >= 3, text
    assert contrast(palette["ink"], palette["band"]) >= 4.5
    for state in ("lost", "preserved", "undecided"):
        banner = mixed(palette[state], palette["paper"], 0.08)
        assert all(contrast(palette[text], banner) >= 4.5 for text in ("ink", "dim", state)), state


def test_paper_is_white_and_its_texts_are_dark():
    """The printed page overrides both themes."""
    paper = printed()
    assert paper["paper"] == "#ffffff"
    assert all(contrast(paper[text], "#ffffff") >= 7 for text in TEXTS)
