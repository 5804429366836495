"""A whole study with real weights, at the scale that fits into minutes."""

import json

import pytest
from typer.testing import CliRunner

from angelshare.cli.commands import app


@pytest.mark.real_weights
def test_the_tiny_study_answers_every_claim_it_can(tmp_path):
    """Both recipes, all generated sets, the statement, the page; sets that need data are not measured, and said."""
    call = ["reproduce", "lost-in-distillation", "--scale", "tiny", "--out", str(tmp_path), "--jobs", "1", "--json"]
    done = CliRunner().invoke(app, call, catch_exceptions=False)
    assert done.exit_code == 0
    reproduction = json.loads(done.stdout)
    verdicts = {claim["claim"]: claim["verdict"] for claim in reproduction["claims"]}
    assert verdicts["No model reaches an AUC-ROC of .6 on covert toxicity."] == "not measured"
    assert sum(verdict == "not measured" for verdict in verdicts.values()) < len(verdicts) / 2
    measured = [figure for figure in reproduction["figures"] if figure["ours"] is not None]
    assert {figure["row"].partition(" / ")[0] for figure in measured} == {
        "Civil Comments",
        "Short Synthetic",
        "Long Synthetic",
        "Hate Check",
        "Identity Swaps",
    }
    for name in ("reproduction.html", "reproduction.md", "statement.html", "plain/teacher/model.safetensors"):
        assert (tmp_path / name).is_file()
    statement = json.loads((tmp_path / "statement.json").read_text("ascii"))
    contrasts = {row["contrast"] for audit in statement["audits"] for row in audit["differences"]}
    assert {"student-teacher", "student-baseline", "mitigated-plain", "interaction"} <= contrasts
    assert CliRunner().invoke(app, ["rebuild", str(tmp_path)], catch_exceptions=False).exit_code == 0
