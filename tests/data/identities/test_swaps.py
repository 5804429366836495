"""Identity swaps."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from angelshare.data.identities.swaps import find_terms, identity_swaps, swap_identities, swap_texts
from angelshare.data.identities.terms import IDENTITY_TERMS, IdentityTerm

ELDERLY, MUSLIM = (next(term for term in IDENTITY_TERMS if term.name == name) for name in ("elderly", "Muslim"))
PHRASES = identity_swaps()


def swapped(text):
    """Return identity -> text."""
    return {swap.identity: swap.text for swap in swap_identities(text)}


@pytest.mark.parametrize(
    ("text", "identity", "expected"),
    [
        ("I saw a woman.", "elderly", "I saw an elderly person."),
        ("An immigrant called.", "woman", "A woman called."),
        ("A Muslim spoke to a Muslim.", "atheist", "An atheist spoke to an atheist."),
        ("Women vote.", "deaf", "Deaf people vote."),
        ("Deaf people vote.", "woman", "Women vote."),
        ("a Jewish holiday", "woman", "a female holiday"),
        ("A WOMAN CAME", "immigrant", "AN IMMIGRANT CAME"),
        ("muslims and a muslim", "Jewish", "jewish people and a jewish person"),
        ("black people", "Mexican", "Mexicans"),
        ("the women's choir", "Muslim", "the Muslims' choir"),
        ("the Muslims' choir", "woman", "the women's choir"),
        ("the Muslims\u2019 choir", "gay", "the gay people\u2019s choir"),
        ("they shout 'Muslims' all day", "woman", "they shout 'women' all day"),
        ("a woman's bag", "asexual", "an asexual person's bag"),
        ("a woman's father", "immigrant", "an immigrant's father"),
        ("They are gay.", "Buddhist", "They are Buddhist."),
        ("\u201cWomen\u201d, it said.", "Asian", "\u201cAsian people\u201d, it said."),
        ("One day.\nMen wept.", "deaf", "One day.\nDeaf people wept."),
        ("An older woman slept.", "man", "An older man slept."),
        ("a Muslim family and other Muslims", "Christian", "a Christian family and other Christians"),
    ],
)
def test_a_swap_keeps_the_grammar(text, identity, expected):
    """Form, number, article, genitive and capitals."""
    assert swapped(text)[identity] == expected


def test_a_text_without_one_known_term_is_left_out_and_counted():
    """Nothing is guessed."""
    swaps = swap_texts(["The bus was late.", "A deaf person met a Muslim.", "What Muslim said that?", "Women sing."])
    assert swaps.texts_left_out == {"no identity term": 1, "several identity terms": 1, "unclear grammar": 1}
    assert set(swaps.sources) == {3}
    assert len(swaps.swaps) == len(swaps.sources) == 22


def test_he_and_she_keep_the_other_gender_out():
    """A man does not lose her keys; a neutral term may."""
    swaps = swap_texts(["The woman lost her keys."])
    assert swaps.swaps_left_out == {"he and she would not fit": 2}
    assert {"man", "married man"}.isdisjoint(swap.identity for swap in swaps.swaps)


def test_a_term_without_the_form_is_not_put_in():
    """Counted, as is a swap that would change nothing."""
    robot = IdentityTerm("robot", "", None, "robot", "robots")
    twin = IdentityTerm("Muslim (again)", "", "Muslim", "adherent of Islam", "adherents")
    swaps = swap_texts(["a Muslim holiday"], (MUSLIM, robot, twin, ELDERLY))
    assert [swap.text for swap in swaps.swaps] == ["an elderly holiday"]
    assert swaps.swaps_left_out == {"term lacks the form": 1, "text would stay unchanged": 1}
    after_is = swap_texts(["They are Muslim."])
    assert after_is.swaps_left_out == {"term lacks the form": 2}  # "they are immigrant", "they are teenage"


@given(item=st.integers(0, len(PHRASES) - 1), shout=st.booleans(), other=st.sampled_from(IDENTITY_TERMS))
def test_a_swap_of_a_phrase_is_the_same_phrase_about_another(item, shout, other):
    """Identity swaps know the right answer to every swap, and back again."""
    text, identity = PHRASES.batch.texts[item], PHRASES.columns["identity"][item]
    source = text.upper() if shout else text
    swapped = {swap.identity: swap.text for swap in swap_identities(source)}
    assume(other.name in swapped)
    partner = np.flatnonzero(
        (PHRASES.columns["template"] == PHRASES.columns["template"][item]) & (PHRASES.columns["identity"] == other.name)
    )[0]
    expected = PHRASES.batch.texts[partner]
    assert swapped[other.name] == (expected.upper() if shout else expected)
    back = {swap.identity: swap.text for swap in swap_identities(swapped[other.name])}
    assert back.get(identity, source) == source


def test_nearly_every_phrase_can_be_swapped():
    """What is left out is an adjective with other meanings, or a word that could be two things."""
    swaps = swap_texts(PHRASES.batch.texts)
    assert sum(swaps.texts_left_out.values()) < 0.02 * len(PHRASES)
    assert len(swaps.swaps) > 0.98 * 22 * len(PHRASES)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.sampled_from(["women", "a Muslim", "Deaf people"]))
def test_other_words_are_untouched(noise, mention):
    """Whatever stands around the mention."""
    text = f"{noise} | so said {mention} | {noise}"
    assume(len(find_terms(text)) == 1)
    for swap in swap_identities(text):
        assert swap.text.startswith(f"{noise} | so said ")
        assert swap.text.endswith(f" | {noise}")


@given(st.sampled_from(IDENTITY_TERMS), st.sampled_from(["{} came.", "I met {} there.", "It was {} who sang."]))
def test_articles_are_right_in_every_swap(term, frame):
    """Before a vowel's sound, and only there: no word of ours begins with a mute letter."""
    text = frame.format(term.with_article("noun"))
    for swap in swap_identities(text[0].upper() + text[1:]):
        for article, word in re.findall(r"\b(an?) (\w+)", swap.text, re.IGNORECASE):
            assert (article.lower() == "an") == (word[0].lower() in "aeiou"), swap.text


def test_phrases_are_balanced_and_named():
    """60 phrases, half toxic, x 23 identities; a phrase is a cluster and every identity a slice."""
    assert len(PHRASES) == len(set(PHRASES.batch.texts)) == 60 * 23
    assert PHRASES.labels == ("non-toxic", "toxic")
    assert len(np.unique(PHRASES.clusters)) == len(set(PHRASES.columns["template"])) == 60
    for mask in PHRASES.slices.values():
        assert (mask.sum(), PHRASES.truth[mask].sum()) == (60, 30)
    assert set(PHRASES.slices) == {f"identity={term.name}" for term in IDENTITY_TERMS}


def test_a_phrase_reads_as_it_should():
    """By hand."""
    texts = dict(zip(PHRASES.ids, PHRASES.batch.texts, strict=True))
    assert texts["phrase-00/elderly"] == "Never lend your tools to an elderly person, they steal everything they touch."
    assert texts["phrase-53/unmarried-woman"] == "We hired an unmarried engineer, and the team is glad about it."


@pytest.mark.real_data
def test_real_comments_keep_their_other_words(public_sets):
    """On talk pages as people write them: what stands before the first and behind the last mention stays."""
    texts = pd.read_parquet(public_sets / "wiki_toxicity/wiki_toxicity.parquet")["text"].tolist()[:3000]
    swaps = swap_texts(texts)
    assert len(swaps.swaps) > 1000
    for swap, source in zip(swaps.swaps, swaps.sources, strict=True):
        mentions = find_terms(texts[source])
        article = len("an ")
        assert swap.text.startswith(texts[source][: max(0, mentions[0].start - article)])
        assert swap.text.endswith(texts[source][mentions[-1].end + len("'s") :])
        assert not re.search(r"\ba (?:asexual|atheist|Asian|immigrant|elderly|unmarried)\b", swap.text) or re.search(
            r"\ba (?:asexual|atheist|Asian|immigrant|elderly|unmarried)\b", texts[source]
        )
