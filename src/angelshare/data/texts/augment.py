"""More texts for the teacher to label: rule-based copies."""

import re
import warnings
from collections.abc import Sequence

import numpy as np

from angelshare.core.arrays import Array, Labels
from angelshare.core.errors import InputError

MASK = "[MASK]"
"""The token in place of a masked word, unless the teacher has another."""

LONGEST_NGRAM = 5
"""The longest sampled n-gram, in words."""

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
# a sentence ends at . ! ? with closing quotes or brackets, before a blank and a capital, digit or opening quote
_CLOSING = "\"')\\]\u201d\u2019"
_OPENING = "\"'(\\[\u201c\u2018"
_SENTENCE_END = re.compile(rf"(?<=[.!?\u2026])[{_CLOSING}]*\s+(?=[{_OPENING}]*[A-Z0-9])")
_ABBREVIATION = re.compile(
    rf"(?:\b(?:mr|mrs|ms|dr|st|vs|prof|jr|sr|no|e\.g|i\.e)|\b[A-Z])\.[{_CLOSING}]*$", re.IGNORECASE
)
_CLITIC = re.compile(r"(?<=\w)(n't|'(?:s|re|ve|ll|d|m))\b")
# points and commas inside numbers stay
_PUNCTUATION = re.compile(r"(\.{2,}|--+|(?<!\d)[.,:]|[.,:](?!\d)|[!?;()\[\]\"\u201c\u201d\u2026])")
_CURLY = str.maketrans("\u2018\u2019", "''")


def mask_and_sample(
    texts: Sequence[str],
    *,
    copies: int,
    p_mask: float,
    p_pos: float,
    p_ngram: float,
    rng: np.random.Generator,
    mask_token: str = MASK,
) -> tuple[list[str], Labels]:
    """Return distinct altered copies of the texts, and the position of each copy's original.

    Each word, by one uniform draw X: masked if X < p_mask; if p_mask <= X < p_mask + p_pos, replaced by a word of the
    same part of speech, drawn from the unigram distribution of that part of speech over `texts`. Then with
    probability p_ngram only a random n-gram is kept, n uniform on 1 to 5. White space separates words.
    Copies equal to one of the texts, or to an earlier copy, are left out.

    Tang et al. 2019, "Distilling Task-Specific Knowledge from BERT into Simple Neural Networks", section 4.3. They tag
    words in context; here every distinct word is tagged once, alone, by TextBlob's rules, which need no download.

    Raises:
        InputError: if p_mask + p_pos exceeds 1.
    """
    if p_mask + p_pos > 1:
        raise InputError(f"p_mask {p_mask:g} and p_pos {p_pos:g} sum to more than 1. Lower one: a word has one fate.")
    split = [text.split() for text in texts]
    sources = np.repeat(np.array([i for i, tokens in enumerate(split) if tokens], dtype=np.int64), copies)
    if not sources.size:
        return [], sources
    vocabulary, tokens = np.unique(
        np.array([word for words in split for word in words], dtype=object), return_inverse=True
    )
    same_tag = _SameTag(tokens, parts_of_speech(vocabulary.tolist()))
    lengths = np.array([len(words) for words in split])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    low, high = _spans(lengths[sources], p_ngram, rng)
    # only the words that stay are altered: cutting first gives the same law and is less work
    kept = high - low
    ends = np.cumsum(kept)
    place = np.arange(ends[-1]) - np.repeat(ends - kept - low - starts[sources], kept)
    altered = tokens[place]
    fate = rng.random(len(altered))
    sampled = (fate >= p_mask) & (fate < p_mask + p_pos)
    altered[sampled] = same_tag.sample(altered[sampled], rng)
    words = np.append(vocabulary, mask_token)
    altered[fate < p_mask] = len(vocabulary)
    return _distinct(words[altered], ends, sources, set(texts) | {" ".join(words) for words in split})


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text as the Stanford Sentiment Treebank writes them.

    Lower case, HTML breaks and tags removed, punctuation and clitics split off by blanks: "It's bad." becomes
    "it 's bad .".
    """
    sentences: list[str] = []
    for line in _MARKUP.sub(" ", _BREAK.sub("\n", text)).splitlines():
        start = 0
        for end in _SENTENCE_END.finditer(line):
            if not _ABBREVIATION.search(line[start : end.start()]):
                sentences.append(line[start : end.end()])
                start = end.end()
        sentences.append(line[start:])
    return [tokenised for sentence in sentences if (tokenised := _tokenised(sentence))]


def parts_of_speech(vocabulary: Sequence[str]) -> Array:
    """Return the Penn Treebank tag of every word, taken alone."""
    from textblob.en import tag  # two seconds, and only augmentation needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # textblob leaves its lexicon files to the garbage collector
        tagged = [tag(word, tokenize=False) for word in vocabulary]
    return np.array([pairs[0][1] if pairs else "NN" for pairs in tagged])


def _tokenised(sentence: str) -> str:
    """Return a sentence in lower case with punctuation set apart."""
    plain = sentence.lower().translate(_CURLY)
    return " ".join(_PUNCTUATION.sub(r" \1 ", _CLITIC.sub(r" \1", plain)).split())


def _spans(lengths: Labels, p_ngram: float, rng: np.random.Generator) -> tuple[Labels, Labels]:
    """Return the first word that each copy keeps, and the first after it that it does not."""
    cut = rng.random(len(lengths)) < p_ngram
    n_words = np.where(cut, np.minimum(rng.integers(1, LONGEST_NGRAM + 1, len(lengths)), lengths), lengths)
    low = np.floor(rng.random(len(lengths)) * (lengths - n_words + 1)).astype(np.int64)
    return low, low + n_words


class _SameTag:
    """Draws words of the same part of speech: a uniform draw from all tokens of that tag is a unigram draw."""

    def __init__(self, tokens: Labels, tags: Array) -> None:
        """Sort the tokens by tag."""
        self.tag_of_word = np.unique(tags, return_inverse=True)[1]
        tag_of_token = self.tag_of_word[tokens]
        self.tokens = tokens[np.argsort(tag_of_token, kind="stable")]
        self.counts = np.bincount(tag_of_token)
        self.starts = np.cumsum(self.counts) - self.counts

    def sample(self, words: Labels, rng: np.random.Generator) -> Labels:
        """Return a word for each."""
        tags = self.tag_of_word[words]
        return np.asarray(
            self.tokens[self.starts[tags] + np.floor(rng.random(len(words)) * self.counts[tags]).astype(np.int64)]
        )


def _distinct(words: Array, ends: Labels, sources: Labels, seen: set[str]) -> tuple[list[str], Labels]:
    """Return the new copies, joined by blanks, and the positions of their originals."""
    copies: list[str] = []
    kept: list[int] = []
    flat = words.tolist()
    start = 0
    for end, source in zip(ends.tolist(), sources.tolist(), strict=True):
        copy = " ".join(flat[start:end])
        start = end
        if copy not in seen:
            seen.add(copy)
            copies.append(copy)
            kept.append(source)
    return copies, np.array(kept, dtype=np.int64)
