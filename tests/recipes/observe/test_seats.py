"""Tests of who sits at the table."""

import pytest

from angelshare.core.errors import LabelError, MisalignedError
from angelshare.recipes.observe.seats import Seat, assemble, check_labels, entries


def seated(*opened):
    """Return what the members of files answer."""
    return [(member.seat, member.held["scores"]) for member in opened]


def test_a_member_is_called_after_its_population_and_its_seed():
    """A student that is called as its teacher has another key."""
    assert (Seat("student", "mlp", 3).member, Seat("student", "mlp").member) == ("mlp/3", "mlp")
    assert Seat("teacher", "mlp").key == "teacher mlp" != Seat("student", "mlp").key


def test_members_are_seated_by_role_and_population(held):
    """Seeds of one name are one population; a baseline stands under the name of its student."""
    members = [
        held("student", "mlp", 3, seed=0),
        held("teacher", "big"),
        held("student", "lstm", 5),
        held("baseline", "mlp", 9, seed=0),
        held("student", "mlp", 4, seed=1),
    ]
    panel = assemble(seated(*members), data="toy")
    assert (panel.data, panel.teacher.names) == ("toy", ("big",))
    assert {student.name: student.names for student in panel.students} == {"mlp": ("mlp/0", "mlp/1"), "lstm": ("lstm",)}
    assert {name: baseline.role for name, baseline in panel.baselines.items()} == {"mlp": "baseline"}
    assert panel.items.ids.tolist() == members[0].held["scores"].items.ids.tolist()


def test_members_that_saw_other_items_are_refused(held):
    """Paired statistics need the same ones."""
    (seat, whole) = seated(held("student", "mlp"))[0]
    with pytest.raises(MisalignedError, match="big has 40 items and mlp 39; they share 39"):
        assemble([*seated(held("teacher", "big")), (seat, whole.take(slice(1, None)))], data="toy")


def test_a_model_that_learnt_nothing_is_called_collapsed_where_a_panel_tells(held):
    """Half of the answers are wrong, and half of the items are rude."""
    members = [held("teacher", "big"), held("student", "mlp", 20)]
    panel = assemble(seated(*members), data="toy")
    big, mlp = entries(members, panel)
    assert (big.role, big.name, big.seed, big.card, big.remark) == ("teacher", "big", None, members[0].card, None)
    assert mlp.remark == "collapsed: accuracy 0.500 does not beat the majority class (0.500)"
    assert [entry.remark for entry in entries(members, None)] == [None, None]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (("rude", "fine"), "the same labels in another order. Correct id2label in the model's config.json."),
        (("no", "yes"), "If its outputs mean these, in this order, say so: --labels fine,rude. Else correct id2label"),
    ],
)
def test_a_model_of_other_labels_is_refused_with_what_to_do(remarks, labels, said):
    """Nothing is guessed from their order."""
    check_labels("mlp", ("fine", "rude"), remarks)
    with pytest.raises(LabelError) as error:
        check_labels("mlp", labels, remarks)
    assert str(error.value).startswith(f"mlp names the labels {list(labels)}, remarks ['fine', 'rude']")
    assert said in str(error.value)
