"""Tests of running audits by name, with their options."""

from pathlib import Path

import numpy as np
import pytest

from angelshare.audits.frame import registry
from angelshare.audits.frame.installed import AUDITS
from angelshare.audits.frame.registry import (
    Choice,
    choices,
    kinds_of,
    load_audits,
    of_releases,
    requests_of,
    run_audits,
)
from angelshare.audits.quality import Quality
from angelshare.audits.speed import Speed
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.requests import TEST, Observations, Request

ITEMS = Items("toy", np.array(["a", "b"]))


class Greedy(Audit[NoOptions]):
    """An audit that calls other texts `test`."""

    name = "greedy"
    question = "May I?"
    Options = NoOptions

    def requests(self, test):
        """Return other texts under the same name."""
        return (Request(TEST, "scores", test.take(np.array([0]))),)

    def measure(self, observations, settings):
        """Return nothing."""
        return AuditResult(self.name, self.question)


class Wordy(Greedy):
    """An audit that wants likelihoods, which nobody here can give."""

    name = "wordy"
    kinds = ("likelihoods",)

    def requests(self, test):
        """Return what all audits do."""
        return Audit.requests(self, test)

    def measure(self, observations, settings):
        """Return how likely the first item is."""
        return AuditResult(self.name, str(observations.likelihoods().teacher.first.nats[0]))


def test_the_test_split_is_requested_once_for_all_audits():
    """All audits that run by default want it; speed wants the clock."""
    (request,) = requests_of(load_audits(registry.DEFAULT_AUDITS), ITEMS)
    assert (request.name, request.kind, request.items) == (TEST, "scores", ITEMS)
    audits = load_audits(choices("quality", "speed", "agreement"))
    assert [(each.name, each.kind) for each in requests_of(audits, ITEMS)] == [(TEST, "scores"), (TEST, "timing")]
    assert kinds_of(audits) == ("scores", "timing")


def test_some_audits_compare_releases_and_what_is_no_audit_does_not():
    """A statement may hold the tables of a suite, and the results of packages that are gone."""
    names = of_releases([*AUDITS.names(), "suite", "an audit that is gone"])
    assert names == ("agreement", "calibration", "identity_auc", "quality")


def test_different_texts_under_one_name_are_refused():
    """A panel cannot be two things."""
    with pytest.raises(InputError, match="The audit greedy and an earlier one both request scores of 'test'"):
        requests_of([Quality(), Greedy()], ITEMS)


def test_other_settings_of_one_request_are_refused():
    """Nobody would know how the texts were timed."""
    with pytest.raises(InputError, match="both request timing of 'test', with different texts or settings"):
        requests_of([Speed(), Speed(Speed.Options(rounds=3))], ITEMS)


def test_audits_run_in_the_order_of_their_names(make_member, make_panel):
    """Not in the alphabet's."""
    panel = make_panel([make_member("t/0", [1, -1])], [make_member("s/0", [1, 1])])
    audits = load_audits(choices("quality", "agreement"))
    results = run_audits(audits, Observations({(TEST, "scores"): panel}), AuditSettings())
    assert [result.name for result in results] == ["quality", "agreement"]


def test_an_audit_that_is_chosen_twice_is_refused():
    """Its options would contradict each other, and so would its rows."""
    said = r"^The audit examples is chosen more than once\. Choose it once, with all of its options\.$"
    for second in (Choice("examples"), Choice("examples", {"n_examples": 3})):
        with pytest.raises(InputError, match=said):
            load_audits([Choice("examples"), Choice("quality"), second])


def test_options_are_written_as_json_has_them():
    """Those that were given; the others have their defaults, whatever these will be."""
    seat = Choice("seat", {"tests": Path("kin") / "tests.json", "names": "kin"})
    assert seat.written == {"tests": str(Path("kin") / "tests.json"), "names": ["kin"]}
    assert Choice("seat", seat.written).load().options == seat.load().options
    assert Choice("examples").written == {}


def test_an_audit_that_needs_what_a_model_cannot_give_is_not_applicable_for_that_reason(make_member, make_panel):
    """The others are measured."""
    panel = make_panel([make_member("t/0", [1, -1])], [make_member("s/0", [1, 1])])
    seen = Observations(
        {(TEST, "scores"): panel}, {(TEST, "likelihoods"): "s/0 is a classifier: it has no likelihoods."}
    )
    quality, wordy = run_audits([Quality(), Wordy()], seen, AuditSettings())
    assert wordy.not_applicable == "s/0 is a classifier: it has no likelihoods."
    assert quality == Quality().measure(seen, AuditSettings())


def test_what_nobody_was_asked_for_is_named():
    """With the kind and the request."""
    (result,) = run_audits([Wordy()], Observations({}), AuditSettings())
    assert result.not_applicable == "No model was asked for likelihoods of test."


def test_an_unknown_audit_is_named_with_the_nearest():
    """One letter too many."""
    with pytest.raises(InputError, match="Did you mean 'quality'"):
        load_audits(choices("quallity"))


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (
            Choice("speed", {"n_text": 5}),
            (
                "The audit speed: there is no option 'n_text'; it has n_texts, latencies, rounds, seed. "
                "Did you mean 'n_texts'?"
            ),
        ),
        (Choice("quality", {"level": 0.9}), "The audit quality: there is no option 'level'; it has none."),
        (Choice("speed", {"rounds": 1}), "The audit speed: rounds: Input should be greater than or equal to 3."),
        (Choice("seat", {"tests": 5}), "The audit seat: tests: 5 is not a path."),
        (Choice("seat", {"names": 5}), "The audit seat: names: 5 is not a list."),
        (Choice("seat", {"names": []}), "The audit seat: names: Give at least one."),
    ],
)
def test_a_wrong_option_is_named_with_those_that_there_are(choice, said):
    """Each in a sentence, the nearest name with it."""
    with pytest.raises(InputError) as error:
        choice.load()
    assert str(error.value) == said
