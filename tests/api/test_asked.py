"""What is asked of a comparison, as Python people and the command line write it."""

import pytest

from angelshare.api.asked import audits_of, gates_of
from angelshare.audits.frame.registry import Choice
from angelshare.core.errors import InputError
from angelshare.statement.gates import Gate


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        ("quality", Choice("quality")),
        ("speed:n_texts=200,rounds=6", Choice("speed", {"n_texts": 200, "rounds": 6})),
        ("identity_auc:identities=target=*", Choice("identity_auc", {"identities": "target=*"})),
        (
            "identity_auc:identities=[identity=d*,women]",
            Choice("identity_auc", {"identities": ["identity=d*", "women"]}),
        ),
    ],
)
def test_an_audit_is_named_with_its_options(given, choice):
    """Values are read as a recipe's are; an equals sign may be in one, a comma in a list."""
    assert audits_of([given]) == (choice,)
    choice.load()


def test_one_pattern_of_identities_is_a_list_of_one():
    """However it is given."""
    (given,), (listed,) = (audits_of([f"identity_auc:identities={text}"]) for text in ("old*", "[old*]"))
    assert given.load().options == listed.load().options


def test_identities_of_their_own_option_are_those_of_the_audit():
    """Of no other audit; what stands with the audit goes before."""
    quality, identity_auc = audits_of(["quality", "identity_auc"], ["old*", "young"])
    assert (quality.options, identity_auc.load().options.identities) == ({}, ("old*", "young"))
    (alone,) = audits_of("identity_auc", "old*")
    assert alone.load().options.identities == ("old*",)
    (both,) = audits_of(["identity_auc:identities=women"], ["old*"])
    assert both.load().options.identities == ("women",)


def test_identities_without_the_audit_that_looks_at_them_are_refused():
    """They would be measured nowhere, and nothing would say so."""
    with pytest.raises(InputError, match=r"is about identity_auc, which is not among the audits\. Add that audit\.$"):
        audits_of(["quality"], ["women"])


@pytest.mark.parametrize("given", ["speed:n_texts", "speed:=5", "identity_auc:identities=*old", "speed:n_texts=[1"])
def test_an_option_of_another_form_is_refused(given):
    """With one of the right form."""
    with pytest.raises(InputError, match=r"is not NAME:OPTION=VALUE,\.\.\. Write it like speed:n_texts=200\.$"):
        audits_of([given])


def test_an_option_given_twice_is_refused():
    """Neither would be sure to hold."""
    with pytest.raises(InputError, match=r"gives n_texts more than once\. Give every option once\.$"):
        audits_of(["speed:n_texts=5, n_texts=6"])


@pytest.mark.parametrize("given", [5, None, b"quality", [5], {}, {"n_texts": 5}, {"kind": None}])
def test_what_names_no_audit_is_refused(given):
    """With both forms."""
    with pytest.raises(InputError, match=r'is no audit\. Write its name, or {"kind": NAME, OPTION: VALUE}\.$'):
        audits_of(given)


def test_an_audit_is_also_a_mapping_as_in_a_recipe():
    """Or a choice that was made before; one alone needs no list."""
    speed = Choice("speed", {"n_texts": 200})
    assert audits_of({"kind": "speed", "n_texts": 200}) == audits_of([speed]) == audits_of(speed) == (speed,)
    assert audits_of("quality") == (Choice("quality"),)


def test_gates_are_rules_margins_or_metrics_at_their_default():
    """As on the command line, whose source they have."""
    rule = Gate("accuracy", 0.01, "command line")
    assert gates_of("accuracy >= -0.01") == gates_of({"accuracy": 0.01}) == gates_of([rule]) == (rule,)
    assert gates_of("accuracy") == (Gate("accuracy", 0.01, "command line"),)
    with pytest.raises(InputError, match="contradict each other"):
        gates_of(["accuracy >= -0.01", "accuracy >= -0.02"])
