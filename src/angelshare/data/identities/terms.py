"""Words for groups of people, in the forms that sentences need."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

import yaml

from angelshare.core.errors import InputError
from angelshare.core.factories import nearest
from angelshare.data.tables.text_files import decoded, first_line

Form = Literal["adjective", "noun", "plural"]
FORMS: tuple[Form, ...] = get_args(Form)

Gender = Literal["female", "male", ""]

# vowels that sound like "you" or "won", and the mute h
_CONSONANT = re.compile(r"(?:eu|ew|uni(?!n|m)|us[aeiu]|ut[ei]|u(?:kr|ga|ru)|one\b|once\b)", re.IGNORECASE)
_MUTE_H = re.compile(r"(?:hon(?:est|ou?r)|hour|heir)", re.IGNORECASE)
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class IdentityTerm:
    """One group of people in words.

    Attributes:
        name: its name in tables and charts.
        group: the kind of group, such as `religion`; "" where unknown.
        adjective: the form before a noun ("a deaf singer"); None if there is none.
        noun: one person, without article ("deaf person"); None if there is none.
        plural: several ("deaf people"); None if there is none.
        article: of the noun, "a" or "an"; left empty, it is worked out.
        gender: of the people in question, where the term says so; it decides on "he" and "she".
        predicative: whether the adjective may stand after "is".
        other_meanings: whether the adjective may mean something else ("a black coat").
        also: further words with their forms: recognised, and never put in.
    """

    name: str
    group: str
    adjective: str | None
    noun: str | None
    plural: str | None
    article: str = ""
    gender: Gender = ""
    predicative: bool = True
    other_meanings: bool = False
    also: tuple[tuple[str, Form], ...] = ()

    def __post_init__(self) -> None:
        """Work out the article."""
        if not self.article:
            object.__setattr__(self, "article", indefinite_article(self.noun or self.adjective or self.name))

    @property
    def forms(self) -> tuple[str, ...]:
        """Every word form by which the term is recognised, longest first."""
        words = dict.fromkeys(word for form in FORMS for word in self.words(form))
        return tuple(sorted(words, key=lambda word: (-len(word), word)))

    def form(self, name: Form) -> str | None:
        """Return the word to put in for this form."""
        forms: Mapping[Form, str | None] = {"adjective": self.adjective, "noun": self.noun, "plural": self.plural}
        return forms[name]

    def words(self, form: Form) -> tuple[str, ...]:
        """Return the words that are recognised as this form, "Muslim person" among them, though "Muslim" is put in."""
        put_in = self.form(form)
        people = {"noun": "person", "plural": "people"}.get(form)
        spelt_out = f"{self.adjective} {people}" if people and self.adjective and not self.gender else None
        also = (word for word, its_form in self.also if its_form == form)
        return tuple(dict.fromkeys(word for word in (put_in, spelt_out, *also) if word))

    def with_article(self, form: Form) -> str:
        """Return the adjective or noun after "a" or "an".

        Raises:
            InputError: if the term lacks the form.
        """
        word = self.form(form)
        if word is None:
            raise InputError(f"The term {self.name!r} has no {form}. Give one, or leave the term out.")
        return f"{self.article if form == 'noun' else indefinite_article(word)} {word}"


def indefinite_article(word: str) -> str:
    """Return "a" or "an" by the sound that the word begins with."""
    if _MUTE_H.match(word):
        return "an"
    return "an" if word[:1].lower() in "aeiou" and word and not _CONSONANT.match(word) else "a"


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case, and the rest as it was."""
    return text[:1].upper() + text[1:]


def filled(frame: str, term: IdentityTerm, words: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a frame with the term in its gaps, and `words` in theirs; the first letter in upper case.

    Gaps of the term: {adjective}, {noun}, {plural}; {a_adjective} and {a_noun} with article.
    """
    gaps = {gap: word for form in FORMS for gap, word in _gaps(form, term).items()}
    return capitalised(frame.format(**gaps, **words))


def fits(frame: str, term: IdentityTerm) -> bool:
    """Return whether the term has every form that the frame asks for."""
    return all(term.form(form) for form in FORMS if f"{{{form}}}" in frame or f"{{a_{form}}}" in frame)


def _gaps(form: Form, term: IdentityTerm) -> Mapping[str, str]:
    """Return the words for the gaps of one form; none where the term lacks it."""
    word = term.form(form)
    if word is None:
        return {}
    return {form: word} if form == "plural" else {form: word, f"a_{form}": term.with_article(form)}


def read_terms(path: str | Path) -> tuple[IdentityTerm, ...]:
    """Return a user's own terms.

    CSV (or Parquet, JSON lines): columns `name`, `adjective`, `noun`, `plural`, further `group`, `article`, `gender`,
    `predicative`, `other_meanings`; blanks are forms that a term lacks. YAML (`.yaml`, `.yml`): a list of mappings with
    the same keys, and `also`, a mapping of further words to their forms.

    Raises:
        InputError: for a file that cannot be read, an unknown column or form, a name that is blank or repeated, or a
            term without any form, with its row.
    """
    path = Path(path)
    rows = _yaml_rows(path) if path.suffix.lower() in {".yaml", ".yml"} else _table_rows(path)
    terms = tuple(_term(row, f"{path}, row {number}") for number, row in enumerate(rows, start=1))
    if not terms:
        raise InputError(f"{path} has no terms. Give at least one, with name, adjective, noun and plural.")
    _refuse_repeats(terms, path)
    return terms


def _refuse_repeats(terms: Sequence[IdentityTerm], path: Path) -> None:
    """Refuse a name or word of two terms."""
    names: dict[str, int] = {}
    owners: dict[str, IdentityTerm] = {}
    for number, term in enumerate(terms, start=1):
        where = f"{path}, row {number}"
        if names.setdefault(term.name, number) != number:
            raise InputError(
                f"{where}: the name {term.name!r} is already in row {names[term.name]}. Give each term once."
            )
        for word in term.forms:
            owner = owners.setdefault(word.casefold(), term)
            if owner is not term:
                msg = (
                    f"{where}: {word!r} stands for {term.name!r} and for {owner.name!r}. Give a word to one term only."
                )
                raise InputError(msg)


def _yaml_rows(path: Path) -> list[Mapping[str, Any]]:
    """Return the mappings of a YAML file."""
    try:
        rows = yaml.safe_load(decoded(path))
    except (OSError, yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        # PyYAML lets the errors of its constructors through: impossible dates, lists as keys
        raise InputError(f"{path} cannot be read as YAML ({first_line(error)}). Write a list of terms.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path} is not a list of terms. Write one `- {{name: ..., noun: ..., plural: ...}}` a term.")
    return rows


def _table_rows(path: Path) -> list[Mapping[str, Any]]:
    """Return the rows of a table."""
    from angelshare.data.tables.reading import read_table  # pandas waits until somebody has a table of terms

    frame = read_table(path)
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _term(row: Mapping[str, Any], where: str) -> IdentityTerm:
    """Return the term of one row."""
    known = tuple(IdentityTerm.__dataclass_fields__)
    for key in row:
        if key not in known:
            raise InputError(
                f"{where}: there is no column {key!r}.{nearest(str(key), known)} Known: {', '.join(known)}."
            )
    text = {key: _word(row.get(key), f"{where}, {key}") for key in ("name", "group", "article", "gender", *FORMS)}
    if not text["name"]:
        raise InputError(f"{where}: the name is blank. Name every term.")
    if not any(text[form] for form in FORMS):
        raise InputError(
            f"{where}: {text['name']!r} has neither adjective nor noun nor plural. Give at least one form."
        )
    if text["article"] not in ("", "a", "an"):
        raise InputError(f"{where}: the article is {text['article']!r}. Write a or an, or leave it blank.")
    if text["gender"] not in ("", "female", "male"):
        raise InputError(f"{where}: the gender is {text['gender']!r}. Write female or male, or leave it blank.")
    return IdentityTerm(
        text["name"],
        text["group"],
        text["adjective"] or None,
        text["noun"] or None,
        text["plural"] or None,
        article=text["article"],
        gender=text["gender"],  # type: ignore[arg-type]  # checked above
        predicative=_flag(row.get("predicative"), f"{where}, predicative", default=True),
        other_meanings=_flag(row.get("other_meanings"), f"{where}, other_meanings", default=False),
        also=_further(row.get("also"), where),
    )


def _word(value: object, where: str) -> str:
    """Return a cell as text, blank where it is missing."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{where} holds {value!r}, which is not text. Put it in quotes.")
    return " ".join(value.split())


def _flag(value: object, where: str, *, default: bool) -> bool:
    """Return a cell as a flag."""
    if value is None or value == "":
        return default
    if str(value).lower() not in _FLAGS:
        raise InputError(f"{where} holds {value!r}. Write true or false.")
    return _FLAGS[str(value).lower()]


def _further(value: object, where: str) -> tuple[tuple[str, Form], ...]:
    """Return the further words."""
    if value is None or value == "":
        return ()
    if not isinstance(value, dict):
        raise InputError(f"{where}, also holds {value!r}. Write words and their forms: {{gays: plural}}.")
    for word, form in value.items():
        if not isinstance(word, str) or form not in FORMS:
            raise InputError(f"{where}, also: {word!r} has the form {form!r}. Known forms: {', '.join(FORMS)}.")
    return tuple(value.items())


def _packaged_terms() -> tuple[IdentityTerm, ...]:
    """Return the terms of the package."""
    text = files("angelshare.data.resources").joinpath("identity_terms.yaml").read_text("utf-8")
    rows: Sequence[Mapping[str, Any]] = yaml.safe_load(text)
    return tuple(_term(row, f"identity_terms.yaml, row {number}") for number, row in enumerate(rows, start=1))


IDENTITY_TERMS: tuple[IdentityTerm, ...] = _packaged_terms()
"""23 terms over gender, orientation, religion, ethnicity and nationality, disability, age and marital status."""
