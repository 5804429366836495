"""What the texts of the command line's options mean."""

from pathlib import Path

import pytest

from angelshare.audits.frame.registry import Choice
from angelshare.cli.options import audits_of, columns_of, folder_of
from angelshare.core.errors import InputError


def test_columns_are_mapped_once():
    """The later of two would win silently."""
    assert columns_of("id=doc_id, truth = gold") == {"id": "doc_id", "truth": "gold"}
    assert columns_of(None) == {}
    with pytest.raises(InputError, match=r"maps 'id' more than once\. Map every name once\.$"):
        columns_of("id=doc_id,id =doc_hash")


def test_a_folder_is_named():
    """A blank is the folder that one is in, which nobody meant to fill."""
    assert folder_of(".") == Path()
    assert folder_of(Path("runs/demo")) == Path("runs/demo")  # a default passes through it too
    with pytest.raises(InputError, match=r"^--out is blank\. Name a folder; the one that you are in is `--out \.`\.$"):
        folder_of("")


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
    assert audits_of([given], None) == (choice,)
    choice.load()


def test_one_pattern_of_identities_is_a_list_of_one():
    """However it is given."""
    (given,), (listed,) = (audits_of([f"identity_auc:identities={text}"], None) for text in ("old*", "[old*]"))
    assert given.load().options == listed.load().options


def test_identities_of_their_own_option_are_those_of_the_audit():
    """Of no other audit; what stands with the audit goes before."""
    quality, identity_auc = audits_of(["quality", "identity_auc"], ["old*", "young"])
    assert (quality.options, identity_auc.load().options.identities) == ({}, ("old*", "young"))
    (both,) = audits_of(["identity_auc:identities=women"], ["old*"])
    assert both.load().options.identities == ("women",)


@pytest.mark.parametrize("given", ["speed:n_texts", "speed:=5", "identity_auc:identities=*old", "speed:n_texts=[1"])
def test_an_option_of_another_form_is_refused(given):
    """With one of the right form."""
    with pytest.raises(InputError, match=r"is not NAME:OPTION=VALUE,\.\.\. Write it like speed:n_texts=200\.$"):
        audits_of([given], None)
