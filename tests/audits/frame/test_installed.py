"""Tests of audits that are known by name, and of what they state of their metrics."""

import subprocess
import sys
import warnings
from importlib.metadata import Distribution, EntryPoint
from types import ModuleType

import pytest

from angelshare.audits.answers.quality_metrics import ACCURACY
from angelshare.audits.frame.installed import GROUP, InstalledAudits
from angelshare.audits.quality import Quality
from angelshare.core.audit import Audit
from angelshare.core.errors import InputError, LeftOut
from angelshare.core.metric import MetricFacts

OURS = InstalledAudits(brought=tuple)


class Foreign(Distribution):
    """A package that brings audits."""

    metadata = {"Name": "foreign-audits"}  # noqa: RUF012  (Distribution has it as a property)

    def read_text(self, filename):
        """Return nothing."""

    def locate_file(self, path):
        """Return nothing."""


def brought(name, value):
    """Return audits with one entry point of another package."""
    entry = EntryPoint(name, value, GROUP)
    vars(entry).update(dist=Foreign())
    return InstalledAudits(brought=lambda: [entry])


def test_every_module_of_the_room_is_an_audit_of_its_name():
    """So that adding one is one file; and what it states is about itself."""
    assert set(OURS.names()) >= {"quality", "agreement", "speed"}
    for name in OURS.names():
        assert OURS.get(name).name == name
        assert OURS.get(name).question.endswith("?")


def test_names_are_known_without_importing_an_audit():
    """Help lists them."""
    code = (
        "import sys\nfrom angelshare.audits.frame.installed import AUDITS\nassert 'quality' in AUDITS.names()\n"
        "assert not {'numpy', 'angelshare.audits.quality'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_audit_is_named_with_the_nearest():
    """One letter too many."""
    with pytest.raises(InputError, match="Did you mean 'quality'"):
        OURS.get("quallity")


def test_no_two_audits_contradict_each_other_about_a_metric():
    """Warnings are errors; every sentence ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        facts = InstalledAudits(brought=tuple).facts
    for known in facts.values():
        assert known.meaning.endswith(".")
        assert known.margin is None or (known.margin >= 0 and len(known.reason) > 20)
        assert known.title


def test_an_audit_is_brought_as_a_module_or_as_a_class():
    """Either form of an entry point."""
    for value in ("angelshare.audits.quality", "angelshare.audits.quality:Quality"):
        audits = brought("mine", value)
        assert "mine" in audits.names()
        assert audits.get("mine") is Quality
        assert audits.metrics("mine") == OURS.metrics("quality")


def test_our_own_audit_comes_before_another_of_its_name_and_that_is_said():
    """A statement's `quality` is always the same."""
    audits = brought("quality", "angelshare.audits.agreement")
    with pytest.warns(
        LeftOut, match=r"'quality' at angelshare\.audits\.agreement is left out: angelshare\.audits\.quality"
    ):
        assert audits.get("quality") is Quality


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("no.such.module", "ModuleNotFoundError: No module named 'no'"),
        ("angelshare.core.errors", "AttributeError: .* no attribute"),
    ],
)
def test_an_audit_that_cannot_be_imported_is_named_and_left_out_and_all_else_goes_on(value, why):
    """Somebody's package is broken: whoever asks for it learns why, whoever does not is warned."""
    audits = brought("mine", value)
    told = rf"^The audit 'mine' of the package foreign-audits is left out, since {value} cannot be used: {why}"
    with pytest.raises(InputError, match=told):
        audits.get("mine")
    with pytest.warns(LeftOut, match=told):
        assert "accuracy" in audits.facts


def test_a_module_that_ends_the_process_is_left_out_too(monkeypatch, tmp_path):
    """A script, for example."""
    (tmp_path / "a_script.py").write_text("import sys\nsys.exit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match=r"since a_script cannot be used: SystemExit: 3\."):
        brought("mine", "a_script").get("mine")


@pytest.mark.parametrize("value", ["angelshare.audits.quality:METRICS", "angelshare.core.items:Items"])
def test_what_is_no_class_of_audits_is_named(value):
    """Instances, and other classes."""
    with pytest.raises(InputError, match=rf"^The audit 'mine' is left out: at {value} is .*, which is no class of aud"):
        brought("mine", value).get("mine")


def test_a_class_without_a_question_is_named(monkeypatch):
    """Else help, which shows every question, would end for everybody."""
    module = ModuleType("foreign")
    module.AUDIT = type("Half", (Audit,), {"name": "mine"})
    monkeypatch.setitem(sys.modules, "foreign", module)
    with pytest.raises(InputError, match="'mine' is left out: its class at foreign has no question, Options"):
        brought("mine", "foreign").get("mine")


def test_a_single_metric_needs_no_tuple(monkeypatch):
    """`METRICS = (YES)` is a tuple only to the eye, and must not end the audits of everybody else."""
    module = ModuleType("foreign")
    module.METRICS = MetricFacts("assent_rate", "rate of assent", "How often the answer is yes.")
    monkeypatch.setitem(sys.modules, "foreign", module)
    audits = brought("mine", "foreign")
    assert audits.metrics("mine") == (module.METRICS,)
    assert audits.facts["assent_rate"] is module.METRICS


@pytest.mark.parametrize(
    ("metrics", "told"),
    [
        (
            (MetricFacts("accuracy", "accuracy", "It."),),
            "of the metric 'accuracy' is left out: another audit states it",
        ),
        (("accuracy",), "its METRICS hold 'accuracy', which are not MetricFacts"),
        (None, "its METRICS hold None, which are not MetricFacts"),
    ],
)
def test_what_another_package_states_of_our_metrics_does_not_hold(monkeypatch, metrics, told):
    """Else a margin would depend on what else is installed."""
    module = ModuleType("foreign")
    module.METRICS = metrics
    monkeypatch.setitem(sys.modules, "foreign", module)
    with pytest.warns(LeftOut, match=told):
        assert brought("mine", "foreign").facts["accuracy"] is ACCURACY
