"""Tests of the models of several arms side by side."""

from angelshare.core.protocols import ModelCard
from angelshare.recipes.observe.seats import Opened, Seat
from angelshare.recipes.run import Trained
from angelshare.recipes.studies.arms import called, side_by_side

ARM = Trained(
    {},
    tuple(
        Opened(seat, ModelCard(seat.member, "binary", ("no", "yes"), seat.key))
        for seat in (Seat("teacher", "teacher"), Seat("student", "cnn", 0), Seat("baseline", "cnn", 0))
    ),
)


def test_models_of_further_arms_have_names_of_their_own():
    """Their teachers stand among the students, their baselines beside their own students."""
    seats = [model.seat for model in side_by_side({"plain": ARM, "mitigated": ARM}, {"mitigated/teacher": "wise"})]
    assert seats == [
        Seat("teacher", "teacher"),
        Seat("student", "cnn", 0),
        Seat("baseline", "cnn", 0),
        Seat("student", "wise"),
        Seat("student", "cnn+mitigated", 0),
        Seat("baseline", "cnn+mitigated", 0),
    ]


def test_baselines_are_told_from_their_students():
    """As in the evidence."""
    assert called(Seat("baseline", "cnn", 0)) == "cnn (baseline)"
    assert called(Seat("student", "cnn", 0)) == "cnn"
