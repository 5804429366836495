"""Tests of an audit that another package brings: one file, found by its entry point."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from angelshare.audits.frame.installed import AUDITS
from angelshare.audits.frame.registry import choices
from angelshare.cli.main import main
from angelshare.core.errors import InputError, LeftOut
from angelshare.core.protocols import Silent
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.compare import CompareRequest, compare_releases
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import parse_side

N = 400
NOW = datetime(2026, 1, 2, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "audits.md"
ASSENT = (
    PAGE.read_text(encoding="utf-8")
    .partition("## An audit of your own")[2]
    .partition("```python\n")[2]
    .partition("```")[0]
)
"""The audit that the page shows."""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package of one module, as pip would, that brings one audit."""

    def install(name, content):
        site = tmp_path / "site"
        folder = site / f"{name}_audit-1.0.dist-info"
        folder.mkdir(parents=True)
        (site / f"{name}_audit.py").write_text(content)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-audit\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[angelshare.audits]\n{name} = {name}_audit\n")
        monkeypatch.syspath_prepend(site)
        AUDITS.forget()

    yield install
    for name in [name for name in sys.modules if name.endswith("_audit")]:
        del sys.modules[name]
    monkeypatch.undo()
    AUDITS.forget()


@pytest.fixture
def files(tmp_path):
    """Return the predictions of a teacher, and of a student that says yes more often."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, N)
    for name, shift in (("teacher", 0.0), ("student", 0.8)):
        logit = 2.0 * (2 * truth - 1) + rng.normal(shift, 1.0, N)
        table = {"id": np.arange(N), "logit:no": -logit, "logit:yes": logit, "truth": np.where(truth == 1, "yes", "no")}
        pd.DataFrame(table).to_csv(tmp_path / f"{name}.csv", index=False)
    return {role: str(tmp_path / f"{role}.csv") for role in ("teacher", "student")}


def audited(files, out, *audits):
    """Return the statement of an audit of two files."""
    sides = tuple(parse_side(role, path) for role, path in files.items())
    request = AuditRequest(sides, out, NOW, audits=choices(*audits), reading=Reading(task="binary"))
    return audit_models(request, progress=Silent())


def test_an_audit_of_another_package_has_its_units_margins_and_section_on_the_page(install, files, tmp_path):
    """Nothing of angelshare knows its name."""
    install("assent", ASSENT)
    assert "assent" in AUDITS.names()
    (audit,) = audited(files, tmp_path / "out", "assent").audits
    (row,) = audit.differences
    assert (row.metric, row.direction, row.margin, row.margin_source) == ("assent_rate", "lower", 0.04, "default")
    page = (tmp_path / "out" / "statement.html").read_text(encoding="utf-8")
    assert '<h3><bdi>assent</bdi></h3>\n<p class="dim"><bdi>How often does the student say yes?</bdi></p>' in page
    assert "The margin of rate of assent is 40 per mille, by default. A reader notices forty in a thousand." in page
    assert f"+{1000 * row.delta:.0f} per mille" in page
    assert "What the metrics of manners say" in page
    assert "Of a thousand items, how many get the answer yes." in page
    assert "rate of assent" in (tmp_path / "out" / "statement.md").read_text(encoding="utf-8")


def test_an_audit_of_another_package_compares_releases_where_it_says_so(install, files, tmp_path):
    """With the options of the new statement; by default its rows are only matched."""
    install("assent", ASSENT)
    install("nod", ASSENT.replace("assent", "nod").replace("    Options", "    between_releases = True\n    Options"))
    for name in ("last", "this"):
        audited(files, tmp_path / name, "assent", "nod")
    comparison = compare_releases(CompareRequest(tmp_path / "last", tmp_path / "this", NOW))
    assert [(audit.name, row.metric, row.contrast) for audit in comparison.audits for row in audit.differences] == [
        ("nod", "nod_rate", "new-old")
    ]
    assert {row.metric for row in comparison.rows} == {"assent_rate", "nod_rate"}


def test_a_gate_knows_the_metric_of_another_package(install, files, tmp_path, monkeypatch, capsys):
    """The command line takes its margin, its direction and its name."""
    install("assent", ASSENT)
    given = [part for role, path in files.items() for part in (f"--{role}", path)]
    gate = ["--gate", "assent_rate <= 0.5", "--audit", "assent", "--task", "binary", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["angelshare", "audit", *given, *gate])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert "Rate of assent rises from" in capsys.readouterr().out


def test_a_package_that_cannot_be_imported_is_named_and_skipped_unless_it_is_asked_for(install, files, tmp_path):
    """All other audits run; who asks for it learns why it cannot."""
    install("broken", "import no_such_module")
    with pytest.warns(LeftOut, match=r"audit 'broken' of the package broken-audit is left out, .*no_such_module"):
        assert [audit.name for audit in audited(files, tmp_path / "out", "quality").audits] == ["quality"]
    with pytest.raises(InputError, match=r"audit 'broken' of the package broken-audit .*no_such_module.*Mend that"):
        audited(files, tmp_path / "other", "broken")


def test_the_command_line_says_on_standard_error_what_is_left_out(install, files, tmp_path, monkeypatch, capsys):
    """A line, and no line of code; the exit code is that of the gates."""
    install("broken", "import no_such_module")
    given = [part for role, path in files.items() for part in (f"--{role}", path)]
    monkeypatch.setattr(
        sys, "argv", ["angelshare", "audit", *given, "--task", "binary", "--out", str(tmp_path / "out")]
    )
    with pytest.raises(SystemExit) as end:
        main()
    told = capsys.readouterr().err.splitlines()
    assert end.value.code == 0
    assert len(told) == 1
    assert told[0].startswith("warning: The audit 'broken' of the package broken-audit is left out, since broken_audit")
