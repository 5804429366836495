"""Texts for the teacher to label: read, cleared of evaluation texts, deduplicated, augmented."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from angelshare.core.arrays import Array, Mask
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.items import UNLABELLED
from angelshare.core.protocols import DataCard
from angelshare.core.task import Role
from angelshare.core.text import TextBatch
from angelshare.data.identities.swaps import swap_texts
from angelshare.data.texts.augment import MASK, mask_and_sample, split_sentences
from angelshare.data.texts.leakage import find_batch_leaks, said_alike
from angelshare.data.texts.loading import TextPool, load_texts
from angelshare.data.texts.textset import Splits
from angelshare.transfer.spec import AugmentSpec, CounterfactualIdentity, MaskAndSample, TextSource, TransferSpec

TRAIN = "train"
"""The source that stands for the task's own training split."""

_EXAMINED: tuple[Role, ...] = ("validation", "selection", "calibration", "test")

Load = Callable[..., TextPool]
"""(source, split=...) -> its texts; `load_texts`, or a fake in tests."""


@dataclass(frozen=True, slots=True, eq=False)
class TransferTexts:
    """Distinct texts for a teacher.

    Attributes:
        batch: n texts or pairs: sources in the recipe's order, augmented copies last.
        sources: (n,) the source of each text.
        truth: (n, ...) the human labels as in `TextSet.targets`, known for texts of the task's training split only;
            None where that has none.
        counts: source -> numbers of texts (or sentences, if cut): `read` is the sum of `kept` and of all dropped:
            `length` (too short or long), `leaked`, `duplicate`, `limit`, `max_examples`.
        cards: source -> card of its texts; altered copies have none.
    """

    batch: TextBatch
    sources: tuple[str, ...]
    truth: Array | None
    counts: Mapping[str, Mapping[str, int]]
    cards: Mapping[str, DataCard] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.batch)


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """The texts of one source while they are sifted."""

    name: str
    source: str
    batch: TextBatch
    truth: Array | None
    dropped: Mapping[str, int]
    card: DataCard | None = None

    def keep(self, mask: Mask, reason: str) -> "_Pool":
        """Return the pool with the texts of the mask; the others are counted under the reason."""
        index = np.flatnonzero(mask)
        n_dropped = len(mask) - len(index)
        truth = None if self.truth is None else self.truth[index]
        dropped = Counter(self.dropped) + Counter({reason: n_dropped})
        return replace(self, batch=self.batch.take(index.tolist()), truth=truth, dropped=dropped)

    def lowest(self, n: int | None, reason: str) -> "_Pool":
        """Return the n texts with the lowest content keys, a draw independent of the order of the texts."""
        if n is None or n >= len(self.batch):
            return self
        mask = np.zeros(len(self.batch), dtype=np.bool_)
        mask[np.argsort(self.batch.keys(), kind="stable")[:n]] = True
        return self.keep(mask, reason)


def gather_texts(
    spec: TransferSpec,
    splits: Splits,
    load: Load = load_texts,
    *,
    mask_token: str = MASK,
) -> TransferTexts:
    """Return the texts that a recipe names; the same recipe always gives the same texts in the same order.

    In each source, texts of a wrong length are dropped, then texts that leak into an evaluation split, then texts of
    earlier sources; then copies are made. Copies with the same words as an evaluation text are dropped too.

    Args:
        spec: the settings.
        splits: the splits of the task: `train` may be a source, all others and further examined texts are protected.
        load: the reader of all other sources.
        mask_token: the teacher's mask token, for altered copies.

    Raises:
        InputError: if a source cannot be read, if single texts and pairs are mixed, or if nothing is left.
    """
    protected = examined_texts(splits)
    leaks = said_alike if splits.from_templates else find_batch_leaks
    seen: set[str] = set()
    pools: list[_Pool] = []
    for source in spec.sources:
        pool = _sift(_read(source, splits, load, taken=[pool.name for pool in pools]), protected, leaks, seen)
        pools.append(pool.lowest(source.limit, "limit"))
    _check_shapes(pools)
    originals = tuple(pools)
    for number, augment in enumerate(spec.augment):
        copies = _copies(augment, originals, np.random.default_rng([spec.seed, number]), number, mask_token)
        pools.append(_sift(copies, protected, said_alike, seen))
    return _joined(_cut(pools, spec.max_examples), splits)


def examined_texts(splits: Splits) -> list[TextBatch]:
    """Return the texts that models will be examined on and must not be trained on."""
    roles = [splits.roles[role].batch for role in _EXAMINED if role in splits.roles]
    return [*roles, *splits.examined.values()]


def _read(source: TextSource, splits: Splits, load: Load, *, taken: Sequence[str]) -> _Pool:
    """Return a source's texts of the right length, cut into sentences if asked for."""
    if source.source == TRAIN:
        train = splits.role("train")
        batch, truth, card = train.batch, train.targets, splits.card
    else:
        pool = load(source.source, split=source.split)
        batch, truth, card = pool.batch, None, pool.card
    if source.sentences:
        if batch.pairs is not None:
            raise InputError(f"{source.source} has pairs, which cannot be cut into sentences. Leave `sentences` out.")
        batch, truth = TextBatch(tuple(part for text in batch.texts for part in split_sentences(text))), None
    name = source.source if source.split is None else f"{source.source}/{source.split}"
    repeats = sum(other == name or other.startswith(f"{name} (") for other in taken)
    whole = _Pool(name if not repeats else f"{name} ({repeats + 1})", source.source, batch, truth, {}, card)
    n_words = np.array([len(text.split()) for text in batch.texts], dtype=np.int64)
    if batch.pairs is not None:
        n_words += [len(pair.split()) for pair in batch.pairs]
    return whole.keep((n_words >= source.min_words) & (n_words <= (source.max_words or np.inf)), "length")


def _sift(
    pool: _Pool, protected: Sequence[TextBatch], leaks: Callable[[TextBatch, TextBatch], Mask], seen: set[str]
) -> _Pool:
    """Return the pool without leaks and without texts in `seen`, to which the rest are added."""
    for batch in protected:
        pool = pool.keep(~leaks(pool.batch, batch), "leaked")
    new = np.zeros(len(pool.batch), dtype=np.bool_)
    for i, key in enumerate(pool.batch.keys()):
        new[i] = key not in seen
        seen.add(key)
    return pool.keep(new, "duplicate")


def _copies(
    augment: AugmentSpec, pools: Sequence[_Pool], rng: np.random.Generator, number: int, mask_token: str
) -> _Pool:
    """Return altered copies of the sources to augment."""
    known = {pool.source for pool in pools} | {pool.name for pool in pools}
    for name in augment.sources or ():
        if name not in known:
            raise InputError(unknown_name("transfer source to augment", name, dict.fromkeys(known)))
    originals = [pool for pool in pools if augment.sources is None or {pool.source, pool.name} & set(augment.sources)]
    if any(pool.batch.pairs is not None for pool in originals):
        raise InputError(f"{augment.kind} alters single texts, but this task has pairs. Leave `augment` out.")
    texts = [text for pool in originals for text in pool.batch.texts]
    if isinstance(augment, CounterfactualIdentity):
        copies = _swapped(texts, augment.copies, rng)
    else:
        copies = _masked(texts, augment, rng, mask_token)
    name = augment.kind if number == 0 else f"{augment.kind} ({number + 1})"
    return _Pool(name, augment.kind, TextBatch(tuple(copies)), None, {})


def _masked(texts: Sequence[str], augment: MaskAndSample, rng: np.random.Generator, mask_token: str) -> Sequence[str]:
    """Return copies with words masked or replaced."""
    copies, _ = mask_and_sample(
        texts,
        copies=augment.copies,
        p_mask=augment.p_mask,
        p_pos=augment.p_pos,
        p_ngram=augment.p_ngram,
        rng=rng,
        mask_token=mask_token,
    )
    return copies


def _swapped(texts: Sequence[str], n_copies: int, rng: np.random.Generator) -> Sequence[str]:
    """Return copies about other identities, at most `n_copies` of each text.

    Raises:
        InputError: if no text mentions an identity that can be exchanged.
    """
    swapped = swap_texts(texts)
    if not swapped.swaps:
        raise InputError(
            f"None of the {len(texts)} texts to augment mentions an identity that can be exchanged with its grammar "
            f"kept: {dict(swapped.texts_left_out)}. Leave the counterfactual copies out, or name other sources."
        )
    # each text keeps the first of its swaps, in random order
    order = rng.permutation(len(swapped.swaps))
    by_text = order[np.argsort(np.array(swapped.sources)[order], kind="stable")]
    sources = np.array(swapped.sources)[by_text]
    kept = by_text[np.arange(len(sources)) - np.searchsorted(sources, sources) < n_copies]
    return [swapped.swaps[i].text for i in kept]


def _cut(pools: Sequence[_Pool], max_examples: int | None) -> list[_Pool]:
    """Return the pools with at most `max_examples` texts in all, from earlier pools first."""
    kept: list[_Pool] = []
    for pool in pools:
        room = None if max_examples is None else max_examples - sum(len(other.batch) for other in kept)
        kept.append(pool.lowest(room, "max_examples"))
    return kept


def _joined(pools: Sequence[_Pool], splits: Splits) -> TransferTexts:
    """Return the texts of all pools.

    Raises:
        InputError: if there are none.
    """
    counts = {
        pool.name: {"read": len(pool.batch) + sum(pool.dropped.values()), **pool.dropped, "kept": len(pool.batch)}
        for pool in pools
    }
    if not any(len(pool.batch) for pool in pools):
        raise InputError(f"Nothing is left to label: {counts}. Give other sources, or wider limits.")
    pairs = [pair for pool in pools for pair in pool.batch.pairs or ()]
    batch = TextBatch(tuple(text for pool in pools for text in pool.batch.texts), tuple(pairs) or None)
    sources = tuple(pool.name for pool in pools for _ in range(len(pool.batch)))
    cards = {pool.name: pool.card for pool in pools if pool.card is not None}
    return TransferTexts(batch, sources, _joined_truth(pools, splits), counts, cards)


def _joined_truth(pools: Sequence[_Pool], splits: Splits) -> Array | None:
    """Return the human labels of all pools; the texts of a pool without labels are unlabelled."""
    if all(pool.truth is None for pool in pools):
        return None
    train = splits.role("train").targets
    assert train is not None
    unlabelled = np.nan if train.dtype.kind == "f" else UNLABELLED
    parts = [
        np.full((len(pool.batch), *train.shape[1:]), unlabelled, dtype=train.dtype)
        if pool.truth is None
        else pool.truth
        for pool in pools
    ]
    return np.concatenate(parts)


def _check_shapes(pools: Sequence[_Pool]) -> None:
    """Refuse single texts together with pairs."""
    single = [pool.name for pool in pools if pool.batch.pairs is None]
    if single and len(single) < len(pools):
        paired = [pool.name for pool in pools if pool.batch.pairs is not None]
        msg = f"The sources {paired} have pairs, but {single} have single texts. A transfer set holds one or the other."
        raise InputError(msg)
