"""Where a text speaks of a group of people, and in which form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from angelshare.data.identities.terms import FORMS, IDENTITY_TERMS, Form, IdentityTerm

_WORDS: Mapping[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in yaml.safe_load(
        files("angelshare.data.resources").joinpath("mention_words.yaml").read_text("utf-8")
    ).items()
}

_SENTENCE_START = re.compile(r"(?:^|[.!?\u2026][\"')\]\u201d\u2019]*\s+|\n\s*)[\"'(\[\u201c\u2018*]*$")
_WORDS_BEFORE = re.compile(r"((?:[\w'\u2019-]+[ \t]+){1,3})$")
_WORD_AFTER = re.compile(r"(?:['\u2019]s?)?[ \t]+(\w[\w'\u2019-]*)")
_VERB = re.compile(r"(?:[^su]s|ed|ly|ing)$")
_GENITIVES = ("'s", "\u2019s")
_NEAR = 80
"""Characters before a mention in which words are looked for."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names a term.

    Attributes:
        term: the term.
        form: its form; None where the words around leave that open, or it is part of a name.
        word: the form in the term's spelling.
        surface: the form in the text's spelling.
        start, end: its characters, end excluded.
        at_start: whether it begins a sentence.
        predicative: whether it is an adjective after "is", without a noun.
    """

    term: IdentityTerm
    form: Form | None
    word: str
    surface: str
    start: int
    end: int
    at_start: bool
    predicative: bool = False


def find_terms(text: str, terms: Sequence[IdentityTerm] = IDENTITY_TERMS) -> tuple[Mention, ...]:
    """Return every mention of a term, in order: whole words, whatever their case; of two that overlap the longer.

    An adjective with other meanings ("black", "blind", "married") counts only before a word for people.
    """
    pattern, known = _index(tuple(terms))
    # a dotless i matches an i and is none
    matches = ((match, known.get(match[0].casefold())) for match in pattern.finditer(text))
    mentions = (_mention(match, *entry) for match, entry in matches if entry)
    return tuple(mention for mention in mentions if mention is not None)


_Known = Mapping[str, tuple[IdentityTerm, str, tuple[Form, ...]]]


@lru_cache(maxsize=16)
def _index(terms: tuple[IdentityTerm, ...]) -> tuple[re.Pattern[str], _Known]:
    """Return the pattern of all words, and for each word its term, spelling and possible forms."""
    known: dict[str, tuple[IdentityTerm, str, tuple[Form, ...]]] = {}
    for term in terms:
        for word in term.forms:
            forms = tuple(form for form in FORMS if word in term.words(form))
            known.setdefault(word.casefold(), (term, word, forms))
    longest_first = sorted(known, key=lambda word: (-len(word), word))
    either = "|".join(re.escape(word) for word in longest_first)
    return re.compile(rf"(?<![\w/-])(?:{either})(?!\w|[/-]\w)", re.IGNORECASE), known


def _mention(place: re.Match[str], term: IdentityTerm, word: str, forms: tuple[Form, ...]) -> Mention | None:
    """Return the mention at a place; None if the word means something else there."""
    text, surface, (start, end) = place.string, place[0], place.span()
    last, after, genitive = _around(text, start, end)
    if "adjective" in forms and term.other_meanings and _bare(after) not in _WORDS["people"]:
        return None
    at_start = _SENTENCE_START.search(text, max(0, start - _NEAR), start) is not None
    bound = last[-1:] and last[-1].lower() in _WORDS["bound_after"]
    named = _in_name(surface, word, last, after, at_start=at_start)
    form, predicative = (None, False) if bound or named else _reading(last, "" if genitive else after, forms)
    if form == "adjective" and genitive:
        form = None
    return Mention(term, form, word, surface, start, end, at_start, predicative)


def _reading(last: Sequence[str], after: str, forms: tuple[Form, ...]) -> tuple[Form | None, bool]:
    """Return the form by the words around, and whether it is an adjective after "is"."""
    before = [_plain(word) for word in last]
    follows = _bare(after)
    if {"adjective", "noun"} <= set(forms) and before and before[-1] in _WORDS["singular"] and _VERB.search(follows):
        # "a Muslim moves in" is about one, "a Muslim wedding" is not, and "a Muslim wearing" could be either
        return (None, False) if follows.endswith("ing") else ("noun", False)
    if "adjective" in forms and follows and follows not in _WORDS["function_words"]:
        return "adjective", False
    content = [word for word in before if word not in _WORDS["degrees"]]
    if "adjective" in forms and content and content[-1] in _WORDS["copulas"]:
        return "adjective", True
    # "women drivers": a noun that stands as an adjective
    if "plural" in forms and _bare(after) not in _WORDS["people"]:
        return "plural", False
    # no article: a form of address, a headline, or mankind
    if "noun" in forms and _bare(after) not in _WORDS["people"] and _has_determiner(before):
        return "noun", False
    return None, False


def _has_determiner(before: Sequence[str]) -> bool:
    """Return whether a determiner comes before, with nothing but adjectives and the like in between."""
    function_words = (word for word in reversed(before) if word in _WORDS["function_words"])
    return next(function_words, "") in _WORDS["determiners"]


def _in_name(surface: str, word: str, last: Sequence[str], after: str, *, at_start: bool) -> bool:
    """Return whether capitals make the word part of a name, such as a film's."""
    if surface.isupper() or not surface[0].isupper():
        return False
    if after[:1].isupper() and not after.isupper():
        return True
    before = last[-1] if last and not at_start and word[0].islower() else ""
    return before[:1].isupper() and (len(before) == 1 or not before.isupper())


def _around(text: str, start: int, end: int) -> tuple[Sequence[str], str, bool]:
    """Return up to three words before, the next word, and whether a genitive stands in between."""
    before = _WORDS_BEFORE.search(text, max(0, start - _NEAR), start)
    after = _WORD_AFTER.match(text, end)
    return before[1].split() if before else (), after[1] if after else "", text[end : end + 2] in _GENITIVES


def _plain(word: str) -> str:
    """Return a word in lower case with straight apostrophes."""
    return word.lower().replace("\u2019", "'")


def _bare(word: str) -> str:
    """Return a word in lower case without genitive or clitic."""
    return _plain(word).split("'")[0]
