"""The facts of identity AUCs, of equality gaps, and of means over identities."""

from collections.abc import Mapping

from angelshare.core.metric import MetricFacts

GLOSSARY = "metrics of groups"
_AUCS = {
    "subgroup": (
        "subgroup AUC",
        "How well texts that mention the identity are ranked among themselves.",
        "An identity has fewer items than the whole set: two pairs in a hundred, twice what auc may lose.",
        "As auc: a mean over identities rests on as many items as a whole set.",
    ),
    "bpsn": (
        "BPSN AUC",
        "Background positives against subgroup negatives: low means false positives for the identity.",
        "As subgroup_auc: two pairs in a hundred.",
        "As mean_subgroup_auc.",
    ),
    "bnsp": (
        "BNSP AUC",
        "Background negatives against subgroup positives: low means false negatives for the identity.",
        "As subgroup_auc: two pairs in a hundred.",
        "As mean_subgroup_auc.",
    ),
}
"""AUC -> title, meaning, reason for its margin, and reason for the margin of its mean."""
_GAPS = {
    "positive": (
        "toxic",
        "As subgroup_auc, of which it has the scale: two pairs in a hundred further from even.",
    ),
    "negative": ("harmless", "As aeg_positive: two pairs in a hundred further from even."),
}

BY_IDENTITY: Mapping[str, MetricFacts] = {
    **{
        f"{auc}_auc": MetricFacts(
            f"{auc}_auc",
            title,
            meaning,
            direction="higher",
            margin=0.02,
            reason=reason,
            rest="identities",
            glossary=GLOSSARY,
        )
        for auc, (title, meaning, reason, _) in _AUCS.items()
    },
    **{
        f"aeg_{label}": MetricFacts(
            f"aeg_{label}",
            f"equality gap of {label}s (AEG)",
            f"Whether {texts} texts of the identity score higher (above 0) or lower than other {texts} texts.",
            direction="target",
            target=0.0,
            margin=0.02,
            reason=reason,
            glossary=GLOSSARY,
        )
        for label, (texts, reason) in _GAPS.items()
    },
}
MEANS: Mapping[str, MetricFacts] = {
    f"{name}_auc": MetricFacts(f"{name}_auc", title, meaning, direction="higher", margin=margin, reason=reason)
    for auc, (auc_title, _, _, as_auc) in _AUCS.items()
    for name, title, meaning, margin, reason in (
        (
            f"mean_{auc}",
            f"mean {auc_title} over identities",
            f"The mean of the {auc_title} over identities.",
            0.01,
            as_auc,
        ),
        (
            f"power_mean_{auc}",
            f"power mean (p = \N{MINUS SIGN}5) of {auc_title}",
            f"The generalised mean of the {auc_title} over identities, in which the worst weigh most.",
            0.02,
            f"As {auc}_auc: the worst identities decide it.",
        ),
    )
}
FINAL = MetricFacts(
    "final_bias_score",
    "final bias score",
    "A quarter each: overall AUC, and the power means over identities of the three AUCs.",
    direction="higher",
    margin=0.01,
    reason="As auc, a quarter of which it is: three quarters are generalised means of AUCs.",
    glossary=GLOSSARY,
)
