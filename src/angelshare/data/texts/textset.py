"""Texts with human labels, and the roles of a data set's splits."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.core.errors import InputError
from angelshare.core.items import UNLABELLED
from angelshare.core.protocols import DataCard
from angelshare.core.task import Role, Task
from angelshare.core.text import TextBatch, text_key
from angelshare.data.texts.wording import normalised

LONG = 100_000
"""Characters beyond which a text counts as long."""

_EMOJI = re.compile("[\u2600-\u27bf\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u02af\u0370-\u052f]")
_SPACE = re.compile(r"\s+")

# the parts of validation, of eight, that become a role that the set lacks
_PARTS: Mapping[Role, tuple[int, ...]] = {"selection": (4, 5), "calibration": (6, 7)}
_N_PARTS = 8
_TRAIN_PART = (0,)  # of ten parts of train, for a set without validation
_N_TRAIN_PARTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class TextSet:
    """Texts, verbatim, with all that is known of them.

    Attributes:
        name: such as `sst2`.
        task: declared, never guessed.
        labels: one name per class, in index order; ("value",) for regression.
        ids: n distinct ids.
        batch: n texts or pairs.
        truth: as in `Predictions`; None where nothing is labelled.
        slices: name -> (n,) mask.
        clusters: (n,) integer codes of dependent items, or None.
        fractions: (n,) share of the annotators who give the positive label of a binary task, nan where unknown; None
            where they were not asked for. Models are trained on them, and evaluated on `truth`.
        weights: (n,) number of items of the population for which each stands, or None: all alike.
        columns: name -> (n,) raw values of further columns, kept on request for slices.
    """

    name: str
    task: Task
    labels: tuple[str, ...]
    ids: tuple[str, ...]
    batch: TextBatch
    truth: Array | None = None
    slices: Mapping[str, Mask] = field(default_factory=dict)
    clusters: Labels | None = None
    weights: Vector | None = None
    fractions: Vector | None = None
    columns: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an empty set, repeated ids, and parts of different length."""
        if not self.ids:
            raise InputError(f"The text set {self.name} is empty. Give at least one text.")
        lengths = {"texts": len(self.batch), "truth": len(self.ids if self.truth is None else self.truth)}
        lengths |= {"fractions": len(self.ids if self.fractions is None else self.fractions)}
        lengths |= {f"slice {name}": len(mask) for name, mask in self.slices.items()}
        lengths |= {f"column {name}": len(values) for name, values in self.columns.items()}
        for part, length in lengths.items():
            if length != len(self.ids):
                msg = f"{self.name} has {len(self.ids)} ids and {length} entries in its {part}. Give one for every id."
                raise InputError(msg)
        if len(set(self.ids)) != len(self.ids):
            counts = Counter(self.ids)
            msg = (
                f"{self.name} has {len(self.ids)} texts but {len(counts)} distinct ids; "
                f"{counts.most_common(1)[0][0]!r} is repeated. Give every text an id of its own."
            )
            raise InputError(msg)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.ids)

    def take(self, index: Array) -> "TextSet":
        """Return the items at these positions, or under this mask, in this order."""
        positions = np.flatnonzero(index) if index.dtype == np.bool_ else index
        return replace(
            self,
            ids=tuple(self.ids[i] for i in positions),
            batch=self.batch.take(positions.tolist()),
            truth=None if self.truth is None else self.truth[positions],
            slices={name: mask[positions] for name, mask in self.slices.items()},
            clusters=None if self.clusters is None else self.clusters[positions],
            weights=None if self.weights is None else self.weights[positions],
            fractions=None if self.fractions is None else self.fractions[positions],
            columns={name: values[positions] for name, values in self.columns.items()},
        )

    @property
    def targets(self) -> Array | None:
        """The targets of training: `truth`; where there are fractions, shares (n,), nan if unlabelled.

        An item without a fraction has the share 0 or 1 of its label.
        """
        if self.fractions is None or self.truth is None:
            return self.truth
        labels = np.where(self.truth == UNLABELLED, np.nan, self.truth)
        return np.asarray(np.where(np.isnan(self.fractions) | np.isnan(labels), labels, self.fractions))

    def text_keys(self) -> Array:
        """Return (n,) content keys of the verbatim texts."""
        return np.array(self.batch.keys())

    @property
    def handled(self) -> Mapping[str, int]:
        """The number of texts that are unusual in each way, though kept verbatim. See `count_unusual`."""
        return count_unusual(self.batch)

    def sha256(self) -> str:
        """Return the checksum of the content, which depends on neither the order nor the ids.

        It is the sha256 of the sorted `content_lines`, each ended by a line feed.
        """
        return _digest(self.content_lines())

    def content_lines(self) -> list[str]:
        """Return a line per item: key of the text in NFC with white space evened out, a tab, the label by name."""
        texts = [_evened(text) for text in self.batch.texts]
        pairs = [None] * len(texts) if self.batch.pairs is None else [_evened(pair) for pair in self.batch.pairs]
        keys = [text_key(text, pair) for text, pair in zip(texts, pairs, strict=True)]
        return [f"{key}\t{label}" for key, label in zip(keys, self._label_names(), strict=True)]

    def _label_names(self) -> list[str]:
        """Return the labels as text, "" where unlabelled."""
        if self.truth is None:
            return [""] * len(self)
        if self.task == "regression":
            return ["" if np.isnan(value) else repr(float(value)) for value in self.truth]
        if self.task == "multi_label":
            return [
                ",".join(f"{name}={value:g}" for name, value in zip(self.labels, row, strict=True))
                for row in self.truth
            ]
        return ["" if index < 0 else self.labels[index] for index in self.truth]


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """A data set by the roles of its splits: train, validation, selection, calibration, test.

    Attributes:
        card: its origin.
        roles: role -> texts.
        dropped: leak -> number of texts that leakage removal took out.
        extra: splits without a role, such as unlabelled texts.
        from_templates: whether its texts were generated or written from templates, so that shared runs are no leaks.
        examined: further texts of an examination, such as a suite's: only test may hold them too.
    """

    card: DataCard
    roles: Mapping[Role, TextSet]
    dropped: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, TextSet] = field(default_factory=dict)
    from_templates: bool = False
    examined: Mapping[str, TextBatch] = field(default_factory=dict)

    def role(self, name: Role) -> TextSet:
        """Return the texts of a role.

        Raises:
            InputError: if the set lacks it.
        """
        if name not in self.roles:
            have = ", ".join([*self.roles, *self.extra]) or "none"
            cut = "" if name in ("train", "test") else " Or ask for it by `with_roles`, which cuts it by content hash."
            raise InputError(
                f"{self.card.name} has no {name} split; it has {have}. Name one that plays this role.{cut}"
            )
        return self.roles[name]

    def with_roles(self, names: Iterable[Role]) -> "Splits":
        """Return splits with these roles, cut by content hash where they are missing.

        A quarter of validation each goes to *selection* and *calibration*, a tenth of train to *validation*. The place
        of a text depends on its words alone: equal texts stay together, and the order of rows and requests does not
        matter. Nothing is cut for a role that the set has.

        Raises:
            InputError: for a missing train or test, or for too few texts to cut from.
        """
        roles, notes = dict(self.roles), list(self.card.notes)
        wanted = [name for name in ("validation", "selection", "calibration") if name in set(names) - set(roles)]
        for name in sorted(set(names) - set(roles)):
            if name in ("train", "test"):
                self.role(name)
        if wanted and "validation" not in roles:
            _cut(self, roles, notes, source="train", name="validation", parts=_TRAIN_PART, n_parts=_N_TRAIN_PARTS)
        for name in wanted:
            if name != "validation":
                _cut(self, roles, notes, source="validation", name=name, parts=_PARTS[name], n_parts=_N_PARTS)
        return replace(self, roles=roles, card=replace(self.card, notes=tuple(notes)))

    def refuse_shared_texts(self) -> None:
        """Check that no text is in two roles.

        Raises:
            InputError: with the id of the first text that is.
        """
        owner: dict[str, tuple[Role, str]] = {}
        for role, texts in self.roles.items():
            for key, item in zip(_normalised_keys(texts.batch), texts.ids, strict=True):
                other, other_id = owner.setdefault(key, (role, item))
                if other != role:
                    msg = (
                        f"{self.card.name}: the text with id {item!r} in {role} is also in {other} "
                        f"(id {other_id!r}). Roles must be disjoint: remove leaks first."
                    )
                    raise InputError(msg)


def count_unusual(batch: TextBatch) -> Mapping[str, int]:
    """Return the number of texts, of pairs both halves, that are unusual in each way.

    `empty` texts are white space; `long` ones have more than 100,000 characters; `nul` the character U+0000; `emoji`;
    `mixed_direction` both left-to-right and right-to-left letters; `surrogate` half a surrogate pair, which no UTF-8
    file can hold.
    """
    counts = dict.fromkeys(("empty", "long", "nul", "emoji", "mixed_direction", "surrogate"), 0)
    for text in (*batch.texts, *(batch.pairs or ())):
        counts["empty"] += not text.strip()
        counts["long"] += len(text) > LONG
        if not text.isascii():
            counts["emoji"] += _EMOJI.search(text) is not None
            counts["surrogate"] += _SURROGATE.search(text) is not None
            counts["mixed_direction"] += bool(_RIGHT_TO_LEFT.search(text) and _LEFT_TO_RIGHT.search(text))
        counts["nul"] += "\0" in text
    return counts


def content_sha256(sets: Mapping[str, TextSet]) -> str:
    """Return the checksum of a whole data set: the sha256 of its sorted lines `split, tab, content_lines`.

    The splits have the source's names. `DataCard.sha256` is this.
    """
    return _digest([f"{split}\t{line}" for split, texts in sets.items() for line in texts.content_lines()])


def _cut(
    splits: Splits,
    roles: dict[Role, TextSet],
    notes: list[str],
    *,
    source: Role,
    name: Role,
    parts: tuple[int, ...],
    n_parts: int,
) -> None:
    """Move the texts whose hash falls into these parts from one role to another."""
    whole = roles[source] if source in roles else splits.role(source)
    moved = np.array([_part(source + key, n_parts) in parts for key in _normalised_keys(whole.batch)])
    if not moved.any() or moved.all():
        msg = f"{splits.card.name} has {len(whole)} {source} texts: too few to cut {name} from. Give a {name} split."
        raise InputError(msg)
    roles[source], roles[name] = whole.take(~moved), whole.take(moved)
    notes.append(f"{int(moved.sum())} of {len(whole)} {source} texts were cut off as {name}, by content hash.")


def _part(key: str, n_parts: int) -> int:
    """Return the part into which a key falls."""
    return int(hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12], 16) % n_parts


def _normalised_keys(batch: TextBatch) -> list[str]:
    """Return keys that are equal for items with the same words, in both halves of a pair."""
    if batch.pairs is None:
        return [normalised(text) for text in batch.texts]
    return [f"{normalised(text)}\0{normalised(pair)}" for text, pair in zip(batch.texts, batch.pairs, strict=True)]


def _evened(text: str) -> str:
    """Return the text in NFC with runs of white space as one blank."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _digest(lines: Iterable[str]) -> str:
    """Return the sha256 of the sorted lines."""
    return hashlib.sha256("".join(f"{line}\n" for line in sorted(lines)).encode("utf-8", "surrogatepass")).hexdigest()
