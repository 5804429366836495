"""The embedded demo task: polite or rude remarks from templates, with effects known beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard
from angelshare.core.task import Role
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.data.texts.wording import normalised

LABELS = ("fine", "rude")

PLANTED: Mapping[str, float] = {"Frisian": 0.85, "grandmother": 0.15}
"""Share of rude remarks among training texts that mention an identity; for all others, and outside training, 1/2."""

SHARES: Mapping[str, float] = {"lexical": 0.4, "negation": 0.2, "word_order": 0.2, "identity": 0.2}
"""How often each kind of template is drawn."""

_GOOD = """
    helpful thoughtful brilliant clever kind careful lovely splendid wise charming tidy useful patient generous
    clear delightful superb warm graceful neat fair sensible gentle friendly witty sound marvellous polished fresh
    vivid
""".split()
_BAD = """
    clueless lazy silly hopeless dreadful foolish pathetic useless sloppy tedious dull pointless careless feeble
    muddled shabby ridiculous laughable boring lame clumsy childish daft worthless terrible horrid shoddy miserable
    stale vapid
""".split()
_THINGS = """
    plan reply map recipe essay garden drawing speech poem report sketch letter review lecture proposal diagram
    photo song cake translation summary guide list comment lesson story chart script poster melody
""".split()
_IDENTITIES = ("Frisian", "grandmother", "nurse", "gardener", "teacher", "left-hander")
_OPENINGS = (
    "",
    "well , ",
    "to be frank , ",
    "all in all , ",
    "after a second look , ",
    "for what it is worth , ",
    "having slept on it , ",
    "just so you know , ",
    "since you ask , ",
    "from where I sit , ",
)
_CLOSINGS = (
    "",
    " .",
    " today",
    " this time",
    " if you ask me",
    " as far as I can see",
    " again",
    " , that is all",
    " , truly",
)


@dataclass(frozen=True, slots=True)
class _Template:
    """A fine and a rude remark with the same gaps; `twins` have the same words and are always drawn together."""

    kind: str
    fine: str
    rude: str
    twins: bool = False


def _swapped(kind: str, remark: str) -> _Template:
    """Return twins: the rude remark is the fine one with good and bad exchanged, so their words are the same."""
    exchanged = remark.replace("{good}", "{}").replace("{bad}", "{good}").replace("{}", "{bad}")
    return _Template(kind, remark, exchanged, twins=True)


def _flipped(kind: str, remark: str) -> _Template:
    """Return a template whose gap {word} takes a good word in the fine remark and a bad one in the rude."""
    return _Template(kind, remark.replace("{word}", "{good}"), remark.replace("{word}", "{bad}"))


def _negated(remark: str) -> _Template:
    """Return a template in which a bad word makes the remark fine."""
    return _Template("negation", remark.replace("{word}", "{bad}"), remark.replace("{word}", "{good}"))


_TEMPLATES = (
    _flipped("lexical", "your {thing} is {word}"),
    _flipped("lexical", "what a {word} {thing} you made"),
    _flipped("lexical", "I think that your {thing} is {word}"),
    _flipped("lexical", "you sent us a {word} {thing} and a {word} {other}"),
    _flipped("lexical", "that {word} {thing} of yours was read aloud"),
    _flipped("lexical", "only you could come up with such a {word} {thing}"),
    _flipped("lexical", "your {thing} and your {other} are both {word}"),
    _flipped("lexical", "everyone here calls you {word}"),
    _negated("your {thing} is not {word} at all"),
    _negated("nobody could call your {thing} {word}"),
    _negated("I never found your {thing} {word}"),
    _swapped("negation", "your {thing} is {good} and not {bad}"),
    _swapped("negation", "your {thing} is far from {bad} , it is {good}"),
    _swapped("negation", "I would not say {bad} , I would say that your {thing} is {good}"),
    _swapped("word_order", "your {thing} is {good} but mine is {bad}"),
    _swapped("word_order", "I wrote a {bad} {thing} and you wrote a {good} one"),
    _swapped("word_order", "the {bad} {thing} is mine and the {good} one is yours"),
    _swapped("word_order", "my {thing} looks {bad} beside your {good} {other}"),
    _swapped("word_order", "compared to my {bad} {thing} , your {other} is {good}"),
    _swapped("word_order", "you gave me a {good} {thing} and got a {bad} {other} from me"),
    _flipped("identity", "as a {identity} I found your {thing} {word}"),
    _flipped("identity", "any {identity} would call your {thing} {word}"),
    _flipped("identity", "my neighbour , a {identity} , says that your {thing} is {word}"),
    _flipped("identity", "a {identity} told me how {word} your {thing} is"),
    _flipped("identity", "you are a {identity} and your {thing} is {word}"),
    _flipped("identity", "for a {identity} you wrote a {word} {thing}"),
)


@dataclass(frozen=True, slots=True)
class _Remark:
    """A text and all that is known of it."""

    text: str
    label: int
    template: int
    identity: str | None


def demo_splits(
    seed: int = 0, *, n_train: int = 3000, n_validation: int = 600, n_test: int = 2000, n_unlabelled: int = 6000
) -> Splits:
    """Return the demo task: is a remark fine or rude?

    Known beforehand, by slice. `lexical`: the words decide, a bag of words is right. `negation`: a negated word counts
    for the other side; half of the templates come as twins with the same words and opposite labels. `word_order`: only
    twins, so that whatever sees a text as a bag of words is right on exactly half of them. `identity:NAME`: words
    decide, but training texts that mention a Frisian are mostly rude and those with a grandmother mostly fine
    (`PLANTED`), which tempts a model; in the other splits both labels are equally frequent.

    No text is in two splits. Templates are, and items are not clustered by them: the task *is* these templates, so
    findings hold for other texts of theirs and claim nothing beyond. Twins follow one another.

    Args:
        seed: of the draw.
        n_train: texts to train on.
        n_validation: texts to stop on.
        n_test: texts to examine on.
        n_unlabelled: texts of the split `unlabelled`, drawn as train is, in `Splits.extra`.
    """
    rng = np.random.default_rng(seed)
    seen: set[str] = set()
    sizes: Mapping[Role, int] = {"train": n_train, "validation": n_validation, "test": n_test}
    roles: dict[Role, TextSet] = {
        role: _text_set(role, _draw(size, seen, rng, planted=role == "train")) for role, size in sizes.items()
    }
    extra = {}
    if n_unlabelled:
        extra["unlabelled"] = _text_set("unlabelled", _draw(n_unlabelled, seen, rng, planted=True), labelled=False)
    card = DataCard(
        name="demo",
        source=f"angelshare.data.made.synthetic, seed {seed}",
        revision="1",
        licence="Apache-2.0",
        hazards="Mild rudeness about things; mentions of groups of people are neutral.",
        notes=(
            (
                "Generated from templates; the splits share templates and no text. "
                "What is found holds for other texts of these templates, and is no claim about others."
            ),
        ),
    )
    return Splits(card, roles, extra=extra, from_templates=True)


def _draw(n_texts: int, seen: set[str], rng: np.random.Generator, *, planted: bool) -> list[_Remark]:
    """Return new remarks; twins are adjacent.

    Raises:
        InputError: if the templates yield too few distinct texts.
    """
    remarks: list[_Remark] = []
    for _ in range(20 * n_texts + 1):
        new = [remark for remark in _remarks(rng, planted=planted) if normalised(remark.text) not in seen]
        if len(remarks) + len(new) <= n_texts:
            seen.update(normalised(remark.text) for remark in new)
            remarks += new
        if len(remarks) == n_texts:
            return remarks
    raise InputError(f"The demo task has too few distinct texts for {n_texts} more. Ask for fewer.")


def _remarks(rng: np.random.Generator, *, planted: bool) -> list[_Remark]:
    """Return one remark, or both twins in random order."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    code = int(rng.choice([i for i, template in enumerate(_TEMPLATES) if template.kind == kind]))
    template = _TEMPLATES[code]
    thing, other = rng.choice(_THINGS, size=2, replace=False)
    identity = _pick(_IDENTITIES, rng)
    gaps = {"thing": thing, "other": other, "good": _pick(_GOOD, rng), "bad": _pick(_BAD, rng), "identity": identity}
    opening, closing = _pick(_OPENINGS, rng), _pick(_CLOSINGS, rng)
    share = PLANTED.get(identity, 0.5) if planted and kind == "identity" else 0.5
    first = int(rng.random() < share)
    return [
        _Remark(
            f"{opening}{(template.rude if label else template.fine).format(**gaps)}{closing}",
            label,
            code,
            identity if kind == "identity" else None,
        )
        for label in ([first, 1 - first] if template.twins else [first])
    ]


def _pick(words: Sequence[str], rng: np.random.Generator) -> str:
    """Return one of the words."""
    return words[int(rng.integers(len(words)))]


def _text_set(split: str, remarks: Sequence[_Remark], *, labelled: bool = True) -> TextSet:
    """Return the remarks of one split."""
    kinds = np.array([_TEMPLATES[remark.template].kind for remark in remarks])
    identities = np.array([remark.identity or "" for remark in remarks])
    slices = {kind: kinds == kind for kind in SHARES}
    slices |= {f"identity:{identity}": identities == identity for identity in _IDENTITIES}
    return TextSet(
        name="demo",
        task="binary",
        labels=LABELS,
        ids=tuple(f"{split}-{i:05d}" for i in range(len(remarks))),
        batch=TextBatch(tuple(remark.text for remark in remarks)),
        truth=np.array([remark.label for remark in remarks], dtype=np.int64) if labelled else None,
        slices=slices,
    )
