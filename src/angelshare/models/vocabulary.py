"""Word-level tokenizers, built from given texts."""

import re
from collections.abc import Iterable

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import WordLevelTrainer
from transformers import PreTrainedTokenizerFast

from angelshare.core.text import as_utf8
from angelshare.data.texts.augment import MASK

PAD, UNK, SEP = "[PAD]", "[UNK]", "[SEP]"
SPECIAL = (PAD, UNK, MASK, SEP)
"""Special tokens, in the order of their numbers; `MASK` is one because texts of mask-and-sample contain it."""

_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL)))

WordTokenizer = PreTrainedTokenizerFast
"""The type of `build_word_tokenizer`'s result, for callers that import no network library."""


def build_word_tokenizer(texts: Iterable[str], size: int, *, max_length: int) -> PreTrainedTokenizerFast:
    """Return a tokenizer whose words are the most frequent of the texts; ties are broken by alphabet.

    Texts are lower-cased, stripped of accents and control characters, and split at white space and punctuation, as BERT
    does before it looks for word pieces. [SEP] stands between the two texts of a pair; single texts get no special
    tokens, so that an empty text has none at all.

    Args:
        texts: any number of texts; they are read once.
        size: the size of the vocabulary, special tokens included.
        max_length: the maximum length in tokens; longer texts are cut.
    """
    words = Tokenizer(WordLevel({}, unk_token=UNK))
    words.normalizer = BertNormalizer()
    words.pre_tokenizer = BertPreTokenizer()
    trainer = WordLevelTrainer(vocab_size=size, special_tokens=list(SPECIAL), show_progress=False)
    words.train_from_iterator((_SPECIAL.sub(" ", as_utf8(text)) for text in texts), trainer)
    words.post_processor = TemplateProcessing(
        single="$A", pair=f"$A {SEP} $B", special_tokens=[(SEP, SPECIAL.index(SEP))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token=PAD,
        unk_token=UNK,
        mask_token=MASK,
        sep_token=SEP,
        model_max_length=max_length,
        padding_side="right",
        model_input_names=["input_ids", "attention_mask"],
    )
