"""Templates of sets that lack them: the text with its changing word masked."""

import re

import pandas as pd

from angelshare.data.tables.columns import read_names, read_texts

MASK = "[MASKED]"


def with_templates(frame: pd.DataFrame, masked: str | None, *, where: str) -> pd.DataFrame:
    """Return the table with the column `template`: each text with the value of the column `masked` masked in it.

    A text without a value, or without that value as a whole word, is a template by itself.

    Args:
        frame: with columns `text` and `masked`.
        masked: the name of the column; None: the table stays as it is.
        where: the table's name in errors.
    """
    if masked is None:
        return frame
    texts, values = read_texts(frame, "text", path=where), read_names(frame, masked, path=where)
    patterns = {value: re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE) for value in set(values) - {""}}
    templates = [patterns[value].sub(MASK, text) if value else text for text, value in zip(texts, values, strict=True)]
    return frame.assign(template=pd.Series(templates, dtype=object))
