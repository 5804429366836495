"""Claims on transfer size, mitigation, and the features that students rely on (Sections 6 to 8)."""

from dataclasses import replace

from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.papers.lost_in_distillation.by_set import HARD, SYNTHETIC
from angelshare.recipes.papers.lost_in_distillation.parts import (
    MITIGATED_STUDENT,
    MITIGATED_TEACHER,
    SHUFFLED,
    Parts,
)
from angelshare.recipes.studies.answers import Answer, above, below, listed, numbers, told, within, without
from angelshare.recipes.studies.evidence import TEACHER, Evidence, excess
from angelshare.stats.pooling import Sampled

ONE_TEACHER = (
    "One teacher was trained with mitigation data and one without: what another training of either would give is in no "
    "interval. Their students' transfer texts were drawn by either teacher's own answers."
)
PIECES, WIDTH, NGRAMS, FILTERS = 30_522, 768, (2, 3, 4, 5, 6), 300
"""The CNN of Section 4.1.1 over the word embeddings of BERT-base (uncased)."""
PRINTED = 8_500_000
"""The most that rounds to the 8M in Table 2."""
FLAT = 0.005
"""The change of AUC, half the default margin, below which more transfer text is said to have little effect."""


def more_text_is_flat(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether more transfer text has little effect beyond some size, on the largest doubling here."""
    *_, half, whole = sorted(parts.sweep)
    number, sets = evidence.over(
        (IN_DOMAIN, *HARD), lambda data: evidence.difference(data, parts.sweep[whole], parts.sweep[half])
    )
    finding = (
        f"AUC-ROC with {whole:,} transfer texts less that with {half:,}, mean of {len(sets)} sets: {told(number)}."
    )
    differs = f"The paper sees no gain beyond 10 million texts; the largest set here has {whole:,}."
    return Answer(within(number, FLAT), finding, number, differs, bounds=(-FLAT, FLAT))


def mitigation_helps_the_teacher_more(evidence: Evidence, parts: Parts) -> Answer:
    """Test, as an interaction, whether mitigation helps the teacher more, which the paper states without a number."""

    def gain(data: str) -> Sampled:
        plain = evidence.difference(data, parts.unmitigated, TEACHER)
        mitigated = evidence.difference(data, MITIGATED_STUDENT, MITIGATED_TEACHER)
        return replace(mitigated, linear=mitigated.linear.less(plain.linear))

    number, sets = evidence.over(SYNTHETIC, gain)
    gains = {
        "teacher": evidence.over(sets, lambda data: evidence.difference(data, MITIGATED_TEACHER, TEACHER))[0],
        "student": evidence.over(sets, lambda data: evidence.difference(data, MITIGATED_STUDENT, parts.unmitigated))[0],
    }
    finding = (
        f"Mitigation changes AUC-ROC, mean of {len(sets)} sets: {listed(gains)}; the student's gain less the "
        f"teacher's: {told(number)}."
    )
    missing = without(sets, of_all=SYNTHETIC)
    return Answer(below(number), finding, number, ONE_TEACHER if missing is None else f"{missing} {ONE_TEACHER}")


def students_lean_on_words(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether students emphasise lexical features, in that shuffling the words costs the teacher more."""
    plain = evidence.difference(IN_DOMAIN, parts.distilled, TEACHER)
    shuffled = evidence.difference(SHUFFLED, parts.distilled, TEACHER)
    number = excess(shuffled, over=plain)
    cost = {
        name: evidence.value(SHUFFLED, name) - evidence.value(IN_DOMAIN, name) for name in (TEACHER, parts.distilled)
    }
    finding = (
        f"Shuffling the words changes AUC-ROC: {numbers(cost)}; the student's change less the teacher's: "
        f"{told(number)}."
    )
    return Answer(above(number), finding, number)


def cnn_is_as_large_as_printed(evidence: Evidence, parts: Parts) -> Answer:
    """Count the parameters of the CNN that the paper describes, which needs no measurement."""
    del evidence, parts
    embeddings = PIECES * WIDTH
    layers = sum(n * WIDTH * FILTERS + FILTERS for n in NGRAMS)
    whole = embeddings + layers + 2 * (len(NGRAMS) * FILTERS + 1)
    finding = (
        f"As described it has {whole / 1e6:.1f} million: {embeddings / 1e6:.1f} in {PIECES:,} embeddings of width "
        f"{WIDTH}, {layers / 1e6:.1f} in {FILTERS} filters of each width from {NGRAMS[0]} to {NGRAMS[-1]}."
    )
    return Answer("contradicted" if whole > PRINTED else "holds", finding, None)
