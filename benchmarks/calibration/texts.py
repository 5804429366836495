"""What the page says about each study, and why cells fall short where that is known."""

import math
from collections.abc import Callable, Mapping

from calibration.judging import Result

FIGURES: Mapping[str, str] = {
    "coverage": "95% interval covers less than 94%",
    "beyond": "99.9% interval misses too often",
    "preserved": "`preserved` although the loss is the margin",
    "preserved_more": "`preserved` although the loss is 1/0.9 of the margin",
    "null": "`lost` or `gained` although nothing is",
}

HEAD = """
# The instrument, simulated

Populations whose true difference is known were sampled again and again, and every sample was given to the same
functions that the audits use. A cell of the grid is one population. It reaches its figures if the 95% interval holds
the truth in at least 94% of the samples, `preserved` at a margin of exactly the true loss comes out in at most 2.5%,
and `lost` or `gained` in at most 5% where nothing is lost, each but for two Monte-Carlo standard errors. With 1,000
samples these are 1.5, 1.0 and 1.4 points; so, of cells at exactly 2.5% or 5%, about one in forty falls short by
chance. Intervals of 99.9%, as they hold for fifty rows at once, are counted as well; they may miss in 0.12%.

`make calibrate` computes all of it again (about half an hour on two cores that others use too; what is done is kept
in `runs/calibration`, so it can be stopped). `python benchmarks/calibrate.py --quick --out FOLDER` is a first look in
less than a minute. Chance depends on a cell's settings alone. Every count is in [instrument.json](instrument.json),
one cell a line: `better` and `worse` are the samples whose interval lies above and below the truth; a count that is not
there is 0.
"""

_LOSS = "Across: discordance (items that one of the two has right), and the part of it by which accuracy falls."

STUDY_TEXTS: Mapping[str, str] = {
    "one_pair": f"""
## Accuracy, one student, independent items

Tango's interval on the counts of discordant items. {_LOSS} Where it falls below 95% a little, that is the score
interval's own granularity: with so few discordant items a single count more or less moves the coverage by points.
""",
    "recipe": f"""
## Accuracy, several seeds

Students differ by a latent difficulty, half of it common to all seeds; a threshold moves from seed to seed by the
seed effect (in standard deviations of the difficulty): none, small, and one that dominates wherever items are not
very few. The true value is the mean over all seeds there could be. With the large effect the seeds' values are
skewed: most are good, some are much worse. A few seeds often hold none of the bad ones; they then look alike and
good, and no interval made from them alone can know better. {_LOSS}
""",
    "clustered": f"""
## Accuracy, clusters

Every cluster has its own rates of winning and losing items (Dirichlet), with the intra-cluster correlation that is
named. Sizes are equal, or the k-th largest has 1/k of the largest's items. With fewer than 10 clusters the interval
is a bound that can show `preserved` only. {_LOSS}
""",
    "weighted": f"""
## Accuracy, weights

Exponential weights that have nothing to do with the outcome; and two strata with weights 1 and 9, of which the
lighter is four times as often discordant. {_LOSS}
""",
    "excess": f"""
## Excess loss of a slice

The difference on a slice less that on all other items; on the slice, items that the student would win are lost
instead with the probability that is called loss. {_LOSS}
""",
    "ranking": """
## AUC and average precision

Normal scores; a student's noise is correlated with its teacher's. The true values are exact (AUC) or by quadrature
(average precision). Seed effects move the positives' mean; clusters have an effect on the student's scores, each
class its own. In the last table a share of the positives falls to the bottom, and nearly nothing else changes: the
hardest case for an AUC, because a sample often holds none of them.
""",
    "counted": f"""
## F1, macro F1, Matthews' correlation

Who is right is drawn as for accuracy. Two classes (70% and 30%), three for macro F1 (60%, 30%, 10%), so that with 50
items the smallest class has five. {_LOSS}
""",
    "mean": """
## Means

Errors of one item with variance 1: normal, exponential, lognormal, and t with 3 degrees of freedom. The last two
stand for unbounded errors with a heavy tail: no interval from so few items can cover them, which is why `preserved`
is withheld from an unbounded error below 1,000 items, or where single items make up its variance.
""",
    "correlation": """
## Pearson, Spearman

Normal truth and noise, or the exponential of all three. Seed effects are on Fisher's scale; in clusters the student's
noise is correlated.
""",
    "null_pairs": """
## Null pairs

Pairs of models whose scores are exchangeable, so that nothing is truly lost anywhere, went through the audit
`quality` and into a statement, with every margin at 0: accuracy, F1, Matthews' correlation, recalls, AUC, average
precision, and two slices with their excess. A statement is wrong if a single row of its family is `lost` or `gained`.
""",
    "power": """
## Power at the stated detectable difference

The detectable difference that a row states (the median over pilots without any true difference) was made the true
loss, with the discordance unchanged, and `lost` at margin 0 was counted. It should come out in 75% to 90%. "Cannot
be": the stated difference is larger than the discordance, so no such population exists. Pilots on few
seeds, or on a few large clusters, differ widely from one another. Where a loss makes items or seeds vary more (an AUC
of 0.97 that falls to 0.9), the pilot cannot know. Where nearly all discordant items would have to be losses, they
vary less than in the pilot, and the power is higher.
""",
}

SKEWED = {"mean": math.inf, "correlation": 0.2}
"""Seed effects from which the seeds' values are skewed, where that is not 0.5."""
CONCENTRATED = 0.2

CAUSES: tuple[tuple[Callable[[Result], bool], str], ...] = (
    (
        lambda cell: cell["study"] == "mean" and cell["settings"]["items"] in ("lognormal", "t3"),
        "heavy tail: not covered by design; `preserved` is withheld",
    ),
    (
        lambda cell: cell["study"] == "mean" and cell["settings"]["items"] == "exponential",
        "skewed errors, few items; `preserved` is withheld from so few",
    ),
    (
        lambda cell: cell["settings"].get("seed_effect", 0) >= SKEWED.get(cell["study"], 0.5),
        "skewed seeds: a few often hold none of the bad ones",
    ),
    (
        lambda cell: cell["settings"].get("icc", 0) >= CONCENTRATED,
        "discordance lies in few clusters, which a sample of so few seldom holds",
    ),
    (
        lambda cell: "catastrophic" in cell["settings"],
        "a rare total failure that most samples do not hold",
    ),
)
