"""Identity swaps: a text, and the same about other groups of people, in correct grammar."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

from angelshare.data.identities.mentions import Mention, find_terms
from angelshare.data.identities.terms import (
    IDENTITY_TERMS,
    IdentityTerm,
    capitalised,
    filled,
    indefinite_article,
    read_terms,
)
from angelshare.data.texts.template_sets import TemplateText, template_set
from angelshare.data.texts.textset import TextSet

__all__ = [
    "IDENTITY_TERMS",
    "IdentityTerm",
    "Mention",
    "Swap",
    "Swaps",
    "find_terms",
    "identity_swaps",
    "read_terms",
    "swap_identities",
    "swap_texts",
]

GAP = "[IDENTITY]"
"""The place of the identity in the name of a template."""

_ARTICLE = re.compile(r"(?<![\w'\u2019-])(an?)(?=\s+$)", re.IGNORECASE)
_QUOTE_OPENED = re.compile(r"(?<!\w)['\u2018](?=\w)")
_POSSESSIVE = re.compile(r"(['\u2019])(s?)(?!\w)", re.IGNORECASE)
_PRONOUNS: Mapping[str, re.Pattern[str]] = {
    "male": re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE),
    "female": re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Swap:
    """A text about another group.

    Attributes:
        text: the new text.
        identity: the name of the new term.
        original: the name of the old term.
    """

    text: str
    identity: str
    original: str


@dataclass(frozen=True, slots=True)
class Swaps:
    """The swaps of many texts, with counts of the rest.

    Attributes:
        swaps: k swaps, text by text.
        sources: (k,) the position of each swap's original.
        texts_left_out: reason -> number of texts without swaps.
        swaps_left_out: reason -> number of single swaps that were not made.
    """

    swaps: tuple[Swap, ...]
    sources: tuple[int, ...]
    texts_left_out: Mapping[str, int]
    swaps_left_out: Mapping[str, int]


def swap_identities(text: str, terms: Sequence[IdentityTerm] = IDENTITY_TERMS) -> tuple[Swap, ...]:
    """Return a text with its identity term exchanged for each of the others; none where that cannot be done well.

    The text must mention exactly one of the terms, once or more, each time in a form that the words around make plain.
    Adjective, noun and plural are each exchanged for the same; "a" and "an", the genitive, capital first letters and
    ALL CAPS follow; nothing else changes. `swap_texts` counts what is left out, by reason.
    """
    return swap_texts([text], terms).swaps


def swap_texts(texts: Sequence[str], terms: Sequence[IdentityTerm] = IDENTITY_TERMS) -> Swaps:
    """Return the swaps of many texts, with counts of what is left out.

    A text is left out if it mentions no term, several terms, or a term whose grammar is unclear. A swap is left out if
    the new term lacks a form, the text would stay as it is, or "he" and "she" would not fit.
    """
    swaps: list[Swap] = []
    sources: list[int] = []
    texts_left_out: Counter[str] = Counter()
    swaps_left_out: Counter[str] = Counter()
    for position, text in enumerate(texts):
        mentions = find_terms(text, terms)
        reason = _why_not_swapped(mentions)
        if reason:
            texts_left_out[reason] += 1
            continue
        for term in terms:
            if term.name == mentions[0].term.name:
                continue
            reason = _why_not_made(text, mentions, term)
            swapped = text if reason else _exchanged(text, mentions, term)
            if swapped == text:
                swaps_left_out[reason or "text would stay unchanged"] += 1
            else:
                swaps.append(Swap(swapped, term.name, mentions[0].term.name))
                sources.append(position)
    return Swaps(tuple(swaps), tuple(sources), dict(texts_left_out), dict(swaps_left_out))


def identity_swaps() -> TextSet:
    """Return 60 phrases, half of them toxic, about each of the 23 terms: the same words about everyone.

    Each text has the columns `template` (the phrase with a gap) and `identity`; a phrase's texts are one cluster. After
    Prabhakaran et al. 2019, "Perturbation Sensitivity Analysis to Detect Unintended Model Biases", and the labelled
    swaps of Chvasta et al. 2022; phrases and terms are our own.
    """
    phrases = yaml.safe_load(files("angelshare.data.resources").joinpath("identity_phrases.yaml").read_text("utf-8"))
    frames = [*phrases["toxic"], *phrases["non_toxic"]]
    rows = [
        TemplateText(
            item=f"phrase-{code:02d}/{term.name.replace(' ', '-')}",
            text=filled(frame, term),
            label=int(code < len(phrases["toxic"])),
            cluster=frame,
            template=with_gap(frame),
            columns={"identity": term.name},
        )
        for code, frame in enumerate(frames)
        for term in IDENTITY_TERMS
    ]
    return template_set("identity_swaps", ("non-toxic", "toxic"), rows)


def with_gap(frame: str) -> str:
    """Return a frame as the name of a template: with one gap for the identity, whatever its form."""
    return re.sub(r"\{(?:a_)?(?:adjective|noun|plural)\}", GAP, frame)


def _why_not_swapped(mentions: Sequence[Mention]) -> str:
    """Return why a text is left out; "" if it is swapped."""
    if not mentions:
        return "no identity term"
    if len({mention.term.name for mention in mentions}) > 1:
        return "several identity terms"
    if any(mention.form is None for mention in mentions):
        return "unclear grammar"
    return ""


def _why_not_made(text: str, mentions: Sequence[Mention], term: IdentityTerm) -> str:
    """Return why a term cannot be put in; "" if it can."""
    for mention in mentions:
        assert mention.form is not None
        if term.form(mention.form) is None or (mention.predicative and not term.predicative):
            return "term lacks the form"
    pronouns = _PRONOUNS.get(term.gender)
    if (
        pronouns
        and any(mention.form == "noun" or mention.predicative for mention in mentions)
        and pronouns.search(text)
    ):
        return "he and she would not fit"
    return ""


def _exchanged(text: str, mentions: Sequence[Mention], term: IdentityTerm) -> str:
    """Return the text with the term in the place of every mention."""
    parts: list[str] = []
    end = 0
    for mention in mentions:
        assert mention.form is not None
        word = term.form(mention.form)
        assert word is not None
        before = text[end : mention.start]
        if mention.form != "plural":
            article = term.article if mention.form == "noun" else indefinite_article(word)
            before = _with_article(before, article, mention.surface)
        parts += [before, _cased(word, mention)]
        end = mention.end
        if mention.form == "plural":
            genitive, length = _genitive(text, mention, word)
            parts.append(genitive)
            end += length
    return "".join([*parts, text[end:]])


def _with_article(before: str, article: str, surface: str) -> str:
    """Return the words before a term with its article in place of the old one."""
    return _ARTICLE.sub(lambda match: _as_written(article, match[1], surface), before)


def _as_written(article: str, old: str, surface: str) -> str:
    """Return the article with the capitals of the old one; beside a word in ALL CAPS it has none or all."""
    if old[0].islower():
        return article
    all_caps = old.isupper() and surface.isupper()
    return article.upper() if all_caps else capitalised(article)


def _cased(word: str, mention: Mention) -> str:
    """Return the word with the capitals of the word that it replaces."""
    surface = mention.surface
    if len(surface) > 1 and surface.isupper():
        return word.upper()
    if surface[0].islower():
        # "muslims" shows a habit with all names; "black" is often written small
        return word.lower() if mention.word[0].isupper() and not mention.term.other_meanings else word
    return capitalised(word) if mention.at_start or mention.word[0].islower() else word


def _genitive(text: str, mention: Mention, word: str) -> tuple[str, int]:
    """Return the genitive's ending after the new plural, and the number of characters that it replaces."""
    old = _POSSESSIVE.match(text, mention.end)
    if old is None:
        return "", 0
    ends_in_s = mention.surface[-1] in "sS"
    if ends_in_s and (old[2] or not re.match(r"\s\w", text[old.end() :])):
        return "", 0
    if ends_in_s and _QUOTE_OPENED.search(text, 0, mention.start + 1):
        return "", 0  # the sign closes a quotation
    if not ends_in_s and not old[2]:
        return "", 0
    ending = "" if word[-1] == "s" else "S" if mention.surface.isupper() else "s"
    return old[1] + ending, len(old[0])
