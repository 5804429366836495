"""Chvasta et al. 2022, Lost in Distillation: its studies, claims and figures."""

from angelshare.recipes.papers.lost_in_distillation.claims import CLAIMS
from angelshare.recipes.papers.lost_in_distillation.drawings import drawings
from angelshare.recipes.papers.lost_in_distillation.figures import CITATION, tables_2_and_3
from angelshare.recipes.papers.lost_in_distillation.mitigations import mitigation_results
from angelshare.recipes.papers.lost_in_distillation.parts import TwoArms, mitigated_names, stated
from angelshare.recipes.papers.lost_in_distillation.texts import further_texts
from angelshare.recipes.studies.paper import Paper

PAPER = Paper(
    package=__name__,
    citation=CITATION,
    study=TwoArms,
    claims=CLAIMS,
    figures=tables_2_and_3,
    charts=drawings,
    tables=("suite_sets", "largest_differences", "mitigation"),
    roles=("train", "validation", "selection"),
    names=mitigated_names,
    # identities are compared in-domain, as in the paper; what mitigation does to their means, on template sets too
    audits={"short_synthetic": ("quality",)},
    stated=stated,
    further=further_texts,
    results=mitigation_results,
)
