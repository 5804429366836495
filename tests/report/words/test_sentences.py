"""Verdicts in plain sentences."""

from collections.abc import Callable

from angelshare.report.words.sentences import claim, exploratory_note, plain_words, sentence, undecided
from angelshare.statement.schema import DifferenceRow, Statement


def test_every_verdict_is_a_claim_of_its_own(make_difference: Callable[..., DifferenceRow]):
    """Lost, preserved, gained, and worse where lower is better."""
    gate = {"family": "primary", "margin": 0.02}
    assert claim(make_difference("accuracy", 0.886, 0.890, 0.004, **gate)).startswith(
        "mlp keeps accuracy: it falls from 89.0 to 88.6"
    )
    assert "is better than its teacher in accuracy" in claim(make_difference("accuracy", 0.95, 0.89, 0.004, **gate))
    assert claim(make_difference("brier", 0.131, 0.087, 0.004, direction="lower", **gate)).startswith(
        "mlp is 4.4 points worse in Brier score"
    )
    assert "cannot decide" in claim(make_difference("accuracy", 0.87, 0.89, 0.006, **gate))


def test_a_sentence_names_metric_values_interval_margin_and_seeds(make_difference: Callable[..., DifferenceRow]):
    """Everything that the verdict rests on."""
    row = make_difference("accuracy", 0.818, 0.890, 0.007, family="primary", margin=0.02)
    assert sentence(row) == (
        "Accuracy falls from 89.0 to 81.8, \u22127.2 points (95% interval \u22128.6 to \u22125.8; margin 2.0; 5 seeds)."
    )


def test_an_exploratory_row_is_told_with_the_interval_that_judged_it(make_difference: Callable[..., DifferenceRow]):
    """Otherwise an undecided row would seem to lie beyond its margin."""
    row = make_difference("accuracy", 0.818, 0.890, 0.007)
    # -7.2 +- 3.2 * 0.7
    assert "simultaneous interval \u22129.4 to \u22125.0" in sentence(row)


def test_an_undecided_row_says_how_many_items_would_decide(make_difference: Callable[..., DifferenceRow]):
    """214 cannot, about 6,700 would; or none would, because seeds differ too much."""
    row = make_difference("accuracy", 0.831, 0.86, 0.028, n=214, slice="short")
    assert "214 items cannot decide at a margin of 1.0; about 6,700 would, if nothing is lost" in undecided(
        row.model_copy(update={"n_needed": 6700})
    )
    assert ", and no number of items would (" in undecided(row.model_copy(update={"n_needed": None}))
    assert ", because the difference lies close to it (" in undecided(row.model_copy(update={"n_needed": 100}))
    assert "12 clusters cannot decide" in undecided(row.model_copy(update={"n_clusters": 12}))


def test_only_a_spread_over_seeds_makes_items_useless(make_difference: Callable[..., DifferenceRow]):
    """Items needed are unknown for other reasons too; then nothing is claimed."""
    row = make_difference("accuracy", 0.87, 0.89, 0.006, n_needed=None, family="primary", margin=0.02)
    assert ", and no number of items would (" in undecided(row)
    for why in ({"se": 0.0, "mde": None}, {"margin": 0.0}, {"p_margin": None}, {"mde": None}):
        assert "no number of items" not in undecided(row.model_copy(update=why))


def test_a_row_whose_verdicts_are_withheld_says_why(make_difference: Callable[..., DifferenceRow]):
    """More items are no remedy for few clusters."""
    few = {"withheld": ("lost", "gained"), "remark": "few clusters"}
    row = make_difference("accuracy", 0.85, 0.89, 0.006, family="primary", verdict="undecided", n_clusters=7, **few)
    assert claim(row) == (
        "mlp, accuracy: no verdict, because of few clusters, though the interval alone would say lost "
        "(\u22124.0 points, 95% interval \u22125.2 to \u22122.8; 1,821 items in 7 clusters; 5 seeds)."
    )
    close = row.model_copy(update={"interval": row.interval.model_copy(update={"high": 0.0})})
    assert "7 clusters cannot decide at a margin of 1.0" in undecided(close)


def test_a_row_without_variance_or_with_few_unbounded_errors_says_why(make_difference: Callable[..., DifferenceRow]):
    """That so many items "cannot decide" would send the reader to find more of them."""
    row = make_difference("mse", 1.4, 0.4, 0.006, direction="lower", margin=0.5, family="primary", verdict="undecided")
    flat = row.interval.model_copy(update={"low": 1.0, "high": 1.0})
    still = row.model_copy(update={"interval": flat, "se": 0.0, "mde": None, "n_needed": None})
    close = make_difference(
        "mse", 0.45, 0.4, 0.006, direction="lower", margin=0.5, family="primary", verdict="undecided"
    )
    few = close.model_copy(update={"withheld": ("preserved",), "remark": "few seeds; few items"})
    assert ": no variance among the items, so no verdict (" in undecided(still)
    assert "cannot decide" not in claim(still)
    assert ": no verdict, because of few items, though the interval alone would say preserved (" in undecided(few)
    assert "few items" not in undecided(row)


def test_what_distillation_gave_back_is_named_with_its_extra_text(make_difference: Callable[..., DifferenceRow]):
    """The contrast with the baseline."""
    row = make_difference("accuracy", 0.818, 0.790, 0.006, contrast="student-baseline")
    assert sentence(row).startswith("Distillation and its extra text gave back 2.8 points of accuracy")


def test_gates_come_first_and_the_rest_is_counted(statement: Statement):
    """A student's list is short; what it leaves out is in the table."""
    mlp = next(words for words in plain_words(statement) if words.student == "mlp")
    assert mlp.sentences[0].text.startswith("Accuracy falls from 89.0 to 81.8")
    assert len(mlp.sentences) == 7
    assert mlp.n_more == 5
    assert next(words.role for words in plain_words(statement) if words.student == "tfidf") == "baseline"


def test_headlines_come_before_labels_and_slices(make_difference: Callable[..., DifferenceRow], statement: Statement):
    """What a gate names, accuracy and MCC, then two of recall by label and of slices: what is lost before the rest."""
    gate = {"family": "primary", "margin": 0.02, "slice": "women"}
    rows = [make_difference("recall", 0.90, 0.90, 0.02, output=f"label {k}") for k in range(6)]
    rows += [
        make_difference("recall", 0.60, 0.90, 0.02, output="love"),
        make_difference("accuracy", 0.9, 0.9, 0.02, **gate),
    ]
    rows += [make_difference("mcc", 0.9, 0.9, 0.001), make_difference("accuracy", 0.9, 0.9, 0.001)]
    rows += [make_difference("accuracy", 0.0, -0.1, 0.2, slice=f"s{k}", contrast="slice-rest") for k in range(3)]
    audit = statement.audits[0].model_copy(update={"differences": tuple(rows)})
    (mlp, *_) = plain_words(statement.model_copy(update={"audits": (audit,)}))
    starts = [entry.text.split(":")[0].split(" falls")[0].split(" stays")[0] for entry in mlp.sentences]
    assert starts[:5] == [
        "Accuracy on slice women",
        "Matthews correlation",
        "Accuracy",
        "Recall of love",
        "Whether slice s0 does worse than the other items in accuracy",
    ]
    assert len(starts) == 7


def test_exploratory_families_are_explained(statement: Statement, empty_statement: Statement):
    """The note says what the thin interval holds for."""
    assert "a family (of up to 37)" in exploratory_note(statement)
    assert exploratory_note(empty_statement) == ""


def test_what_distillation_did_to_an_error_is_said_the_right_way_round(make_difference: Callable[..., DifferenceRow]):
    """Less error is no loss: it was taken away, not "took"."""
    row = make_difference("mse", 1.2, 1.5, 0.05, contrast="student-baseline", direction="lower")
    assert sentence(row).startswith("Distillation and its extra text took away 0.3")
    worse = make_difference("mse", 1.5, 1.2, 0.05, contrast="student-baseline", direction="lower")
    assert sentence(worse).startswith("Distillation and its extra text added 0.3")


def test_what_was_not_sampled_is_why_there_is_no_verdict(make_difference: Callable[..., DifferenceRow]):
    """At a margin of what it could hide, and below; above it the interval decides."""
    row = make_difference("accuracy", 0.89, 0.89, 0.001, family="primary", margin=0.037, verdict="undecided")
    hidden = row.model_copy(update={"least_margin": 0.037, "n_clusters": 30})
    assert undecided(hidden).startswith(
        "Accuracy: no verdict, although the interval alone would say preserved: clusters that were not sampled could "
        "hide a loss of 3.7 points (0.0 points, 95% interval"
    )
    alike = hidden.model_copy(update={"n_clusters": None})
    assert "preserved: items of large weight that were not sampled could hide" in undecided(alike)
    assert "not sampled" not in undecided(hidden.model_copy(update={"margin": 0.038}))
    assert "not sampled" not in undecided(hidden.model_copy(update={"margin": 0.001}))


def test_text_sets_take_turns(suite_statement: Statement):
    """What a gate names comes first, then the worst of each set, before the second of any."""
    mlp = plain_words(suite_statement)[0]
    sets = [sentence.text.partition(":")[0] for sentence in mlp.sentences[:4]]
    assert sets == ["reviews", "identity_swaps", "hatecheck", "reviews"]


def test_an_identity_is_held_against_the_other_identities(make_difference: Callable[..., DifferenceRow]):
    """The rest of an identity's AUC is no set of items."""
    row = make_difference("bpsn_auc", -0.09, -0.03, 0.01, contrast="slice-rest", slice="mentions_women")
    assert "falls by 9.0 points on slice mentions_women and by 3.0 points on the other identities" in sentence(row)


def test_mitigation_that_helps_both_alike_is_told(make_difference: Callable[..., DifferenceRow]):
    """Nothing in it, to one digit; and the other way round where less is better."""
    alike = make_difference("auc", -0.03, -0.03, 0.0001, contrast="interaction", margin=0.01)
    assert "so that mitigation helps both alike" in sentence(alike)
    errors = make_difference("brier", 0.02, 0.06, 0.001, contrast="interaction", direction="lower", margin=0.01)
    assert "so that mitigation helps the student 4.0 points more than the teacher" in sentence(errors)


def test_of_several_text_sets_every_sentence_names_its_own(suite_statement: Statement, statement: Statement):
    """A loss on a hard set must not read as one on the test split."""
    told = [sentence.text for words in plain_words(suite_statement) for sentence in words.sentences]
    assert told
    assert all(text.startswith(("reviews: ", "hatecheck: ", "identity_swaps: ")) for text in told)
    assert not any(s.text.startswith("reviews: ") for words in plain_words(statement) for s in words.sentences)
