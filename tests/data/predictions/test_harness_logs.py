"""Sample logs of lm-evaluation-harness: what is read from each kind of task, and what is refused.

The lines have the shape that version 0.4.13 writes; `floats` and `lists` that of the earlier ones.
"""

import json

import pytest

from angelshare.core.errors import AngelshareError, InputError
from angelshare.core.text import text_key
from angelshare.data.predictions.files import read_population, read_predictions
from angelshare.data.predictions.sources import read_prediction_texts

CHOICES = ("fine", "rude")
TEXTS = ("The cask leaks.", "Nobody asked you.", "A sweet smell rises.")


def question(number, likelihoods, *, choices=CHOICES, target="0", **more):
    """Return one sample of a multiple-choice task."""
    prompt = f"{TEXTS[number % 3]} It is"
    asked = {f"gen_args_{i}": {"arg_0": prompt, "arg_1": f" {choice}"} for i, choice in enumerate(choices)}
    pairs = [[str(value), "False"] for value in likelihoods]
    return {
        "doc_id": number,
        "doc": {
            "q": TEXTS[number % 3],
            "choices": list(choices),
            "barrel": f"b{number // 2}",
            "old": number < 1,
            "share": number,
        },
        "target": target,
        "arguments": asked,
        "resps": [[pair] for pair in pairs],
        "filtered_resps": pairs,
        "filter": "none",
        "metrics": ["acc"],
        "doc_hash": f"d{number}",
        "prompt_hash": f"p{number}",
        "target_hash": "t",
    } | more


def answer(number, *, right, name="exact_match", filtered="none"):
    """Return one sample of a task of generated answers."""
    return {
        "doc_id": number,
        "doc": {"q": TEXTS[number]},
        "target": "oak",
        "arguments": {"gen_args_0": {"arg_0": TEXTS[number], "arg_1": {"until": ["."]}}},
        "resps": [["oak"]],
        "filtered_resps": ["oak"],
        "filter": filtered,
        "metrics": [name, "bleu"],
        name: right,
        "bleu": ["oak", "oak"],
    }


@pytest.fixture
def log(tmp_path):
    """Write samples as the tool does and return the path."""

    def written(samples, name="samples_tone_2026-01-02T03-04-05.jsonl"):
        path = tmp_path / name
        path.write_text("".join(f"{json.dumps(sample)}\n" for sample in samples))
        return path

    return written


TONE = [
    question(0, (-0.5, -1.5), acc=1.0),
    question(1, (-2.0, -0.25), target="1", acc=1.0),
    question(2, (-1.0, -0.75), acc=0.0),
]


def test_choices_that_are_the_same_everywhere_are_the_classes(log):
    """Their log-likelihoods are logits, and the task is binary for two."""
    tone = read_predictions(log(TONE), name="teacher/0")
    assert (tone.member.task, tone.member.labels, tone.member.outputs) == ("binary", CHOICES, "logits")
    assert tone.items.ids.tolist() == ["0", "1", "2"]
    assert tone.member.values.tolist() == [[-0.5, -1.5], [-2.0, -0.25], [-1.0, -0.75]]
    assert tone.items.truth.tolist() == [0, 1, 0]
    assert tone.member.decisions().tolist() == [0, 1, 1]
    assert tone.items.keys.tolist() == [text_key(f"{text} It is") for text in TEXTS]


def test_three_fixed_choices_are_a_single_label_task(log):
    """A target may be the choice's own text."""
    samples = [question(i, (-3, -1, -2), choices=("oak", "ash", "elm"), target=each) for i, each in enumerate("012")]
    samples[0]["target"] = "ash"
    woods = read_predictions(log(samples), name="x")
    assert (woods.member.task, woods.member.labels, woods.items.truth.tolist()) == (
        "single_label",
        ("oak", "ash", "elm"),
        [1, 1, 2],
    )


@pytest.mark.parametrize(
    "others", [("salt", "iron"), ("oak", "oak")], ids=["other texts", "two choices of the same text"]
)
def test_choices_whose_texts_differ_are_positions(log, others):
    """Nothing else is common to the documents, so no position is positive."""
    samples = [question(0, (-1, -2), choices=others), question(1, (-1, -2), choices=("oak", "ash"), target="1")]
    positions = read_predictions(log(samples), name="x")
    assert (positions.member.task, positions.member.labels, positions.items.truth.tolist()) == (
        "single_label",
        ("0", "1"),
        [0, 1],
    )


def test_a_varying_number_of_choices_leaves_right_and_wrong(log):
    """Accuracy can be measured then, a ranking cannot; the likelier of equals is the first."""
    samples = [
        question(0, (-1, -2)),
        question(1, (-1, -2, -0.5), choices=("a", "b", "c"), target="1"),
        question(2, (-1, -1)),
    ]
    judged = read_predictions(log(samples), name="x")
    assert (judged.member.task, judged.member.labels, judged.member.outputs) == (
        "binary",
        ("wrong", "right"),
        "decisions",
    )
    assert judged.member.decisions().tolist() == [1, 0, 1]
    assert judged.items.truth.tolist() == [1, 1, 1]
    assert not judged.member.has_scores


def test_older_logs_are_read_alike(log, tmp_path):
    """Numbers instead of texts, requests as lists, one JSON list instead of lines."""
    older = [
        sample
        | {
            "arguments": [[each["arg_0"], each["arg_1"]] for each in sample["arguments"].values()],
            "filtered_resps": [[float(value), False] for value, _ in sample["filtered_resps"]],
            "target": int(sample["target"]),
        }
        for sample in TONE
    ]
    new = read_predictions(log(TONE), name="x")
    (tmp_path / "tone.jsonl").write_text(json.dumps(older, indent=2))
    for path in (log(older, "older.jsonl"), tmp_path / "tone.jsonl"):
        old = read_predictions(path, name="x")
        assert old.member.labels == new.member.labels
        assert old.member.values.tolist() == new.member.values.tolist()
        assert old.items.truth.tolist() == new.items.truth.tolist()
        assert old.items.keys.tolist() == new.items.keys.tolist()


def test_unconditional_likelihoods_are_no_choices(log):
    """`acc_mutual_info` asks for each choice a second time, without the question."""
    sample = question(0, (-0.5, -1.5, -9, -8), choices=(*CHOICES, *CHOICES), acc=1.0, acc_mutual_info=0.0)
    other = question(1, (-0.5, -1.5, -9, -8), choices=(*CHOICES, *CHOICES), acc=1.0, acc_mutual_info=0.0)
    assert read_predictions(log([sample, other]), name="x").member.values.tolist() == [[-0.5, -1.5]] * 2


def test_a_metric_may_be_asked_for_instead(log):
    """By its name in the log, also where there are likelihoods."""
    samples = [sample | {"acc_norm": float(i == 1)} for i, sample in enumerate(TONE)]
    judged = read_predictions(log(samples), name="x", columns={"label": "acc_norm"})
    assert judged.member.labels == ("wrong", "right")
    assert judged.member.decisions().tolist() == [0, 1, 0]


def test_generated_answers_are_right_or_wrong(log):
    """By the only metric that is a number."""
    path = log([answer(0, right=1.0), answer(1, right=0.0)])
    assert read_predictions(path, name="x").member.decisions().tolist() == [1, 0]
    assert read_prediction_texts(path) == {"0": TEXTS[0], "1": TEXTS[1]}


def test_one_filter_of_several_is_chosen(log):
    """METRIC@FILTER."""
    samples = [
        answer(i, right=float(i == (name == "loose")), filtered=name) for name in ("strict", "loose") for i in (0, 1)
    ]
    path = log(samples)
    strict = read_predictions(path, name="x", columns={"label": "exact_match@strict"})
    loose = read_predictions(path, name="x", columns={"label": "exact_match@loose"})
    assert (strict.member.decisions().tolist(), loose.member.decisions().tolist()) == ([1, 0], [0, 1])


def test_a_graded_metric_is_right_from_a_threshold_on(log):
    """At the threshold it is right."""
    path = log([answer(0, right=0.5, name="f1"), answer(1, right=0.49, name="f1")])
    assert read_predictions(path, name="x", threshold=0.5).member.decisions().tolist() == [1, 0]


def test_fields_of_the_document_are_mapped(log):
    """As clusters, slices, weights, texts, or what makes two texts the same."""
    columns = {
        "cluster": "doc.barrel",
        "slice:old": "doc.old",
        "weight": "doc.share",
        "text": "doc.q",
        "text_key": "doc_hash",
    }
    tone = read_predictions(log(TONE), name="x", columns=columns)
    assert tone.items.clusters.tolist() == [0, 0, 1]
    assert tone.items.slices["old"].tolist() == [True, False, False]
    assert tone.items.weights.tolist() == [0, 1, 2]
    assert tone.items.keys.tolist() == ["d0", "d1", "d2"]
    assert read_prediction_texts(log(TONE), columns=columns)["1"] == TEXTS[1]


def test_several_logs_are_seeds(log):
    """Numbered by position, as other files."""
    population = read_population([log(TONE, "a.jsonl"), log(TONE, "b.jsonl")], "student", "small")
    assert population.names == ("small/0", "small/1")


REFUSED = {
    "filters": (
        [answer(0, right=1.0, filtered="strict"), answer(0, right=1.0, filtered="loose")],
        {},
        "judges every answer by 2 filters: strict, loose. Choose one: --columns label=exact_match@strict, for example.",
    ),
    "unknown filter": (
        [answer(0, right=1.0, filtered="strict"), answer(0, right=1.0, filtered="loose")],
        {"columns": {"label": "exact_match@stric"}},
        "There is no filter called 'stric'. Did you mean 'strict'? Known: loose, strict.",
    ),
    "metrics": (
        [answer(0, right=1.0) | {"f1": 0.5}],
        {},
        "has 2 metrics: exact_match, f1. Choose one: --columns label=exact_match, for example.",
    ),
    "unknown metric": (
        TONE,
        {"columns": {"label": "acc_norn"}},
        "There is no metric called 'acc_norn'. Known: acc.",
    ),
    "a graded metric": (
        [answer(0, right=1.0, name="f1"), answer(1, right=0.25, name="f1")],
        {},
        (
            "sample '1': f1 is 0.25, neither right (1) nor wrong (0) (such samples: 1). Say from which value on an answer is "
            "right: --threshold 0.5, for example."
        ),
    ),
    "not scored": (
        [answer(0, right=float("nan"))],
        {},
        "sample 0: exact_match is nan. What was not scored is missing, not wrong: score it again, or leave it out of",
    ),
    "another kind of task": (
        [answer(0, right=["oak", "ash"])],
        {},
        "has no metric that says how good the answer to each sample was. Take another log.",
    ),
    "a threshold on likelihoods": (
        TONE,
        {"threshold": 0.5},
        "has log-likelihoods, not a graded metric. Leave the threshold out.",
    ),
    "a target elsewhere": (
        [question(0, (-1, -2), target="7")],
        {},
        (
            "sample 0: the target '7' is none of its 2 choices ['fine', 'rude']. Read whether the answers are right by a "
            "metric: --columns label=METRIC; the log has none."
        ),
    ),
    "an accuracy that is none": (
        [question(0, (-1, -2), acc=[1])],
        {},
        "sample 0: acc is [1], and the likeliest choice is",
    ),
    "an endless number": (
        [answer(0, right=10**400)],
        {},
        "sample 0: exact_match is 1000000000000000000000000000000000000000.",
    ),
    "its own accuracy": (
        [question(0, (-1, -2), acc=0.0)],
        {},
        (
            "sample 0: acc is 0.0, and the likeliest choice is the target '0'. Read what the log says: "
            "--columns label=acc."
        ),
    ),
    "an infinite likelihood": (
        [question(0, ("-inf", -2))],
        {},
        "sample 0: the log-likelihoods [['-inf', 'False'], ['-2', 'False']] are not all finite numbers. Score these",
    ),
    "a repeated document": (
        [TONE[0], TONE[0]],
        {},
        "row 2: the id '0' is in 2 rows (rows that repeat an id: 1). Give every row an id of its own.",
    ),
    "ids that differ in type only": ([TONE[0], TONE[1] | {"doc_id": "0"}], {}, "row 2: the id '0' is in 2 rows"),
    "another task": ([*TONE], {"task": "regression"}, "says that it answers a binary task, but regression was"),
    "a column that is not there": (
        TONE,
        {"columns": {"cluster": "doc.barel"}},
        "has no column 'doc.barel' to read as 'cluster'. Did you mean 'doc.barrel'?",
    ),
    "a negative weight": (
        [sample | {"doc": {"w": 1 - sample["doc_id"]}} for sample in TONE],
        {"columns": {"weight": "doc.w"}},
        "row 3 (id '2'): the weight is -1 (such rows: 1). A weight says how many items one stands for: write 0 or more",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_sample(log, case):
    """The log, the sample, the value and the remedy are in the message."""
    samples, settings, message = REFUSED[case]
    with pytest.raises(AngelshareError) as refusal:
        read_predictions(log(samples), **({"name": "x"} | settings))
    assert message in str(refusal.value)
    assert "samples_tone_2026-01-02T03-04-05.jsonl" in str(refusal.value)


def test_a_log_that_was_cut_off_is_refused(log):
    """With the line where it ends."""
    path = log(TONE)
    path.write_text(path.read_text()[:-40])
    with pytest.raises(InputError, match=r"line 3 is not a JSON object .* Write one object a line\."):
        read_predictions(path, name="x")
    path.write_text(json.dumps(TONE)[:-40])
    with pytest.raises(InputError, match=r"is not a JSON list, or is truncated .* Write or copy it again\."):
        read_predictions(path, name="x")


def test_the_results_are_no_samples(tmp_path):
    """The tool writes both side by side."""
    (tmp_path / "results.json").write_text('{\n  "results": {"tone": {"acc,none": 0.5}}\n}')
    with pytest.raises(InputError, match=r"holds the results of lm-evaluation-harness, not its samples\. Run it with"):
        read_predictions(tmp_path / "results.json", name="x")


@pytest.mark.parametrize(("threshold", "never"), [(-5, "wrong"), (0, "wrong"), (1.5, "right")])
def test_a_threshold_at_which_all_answers_are_alike_is_refused(log, threshold, never):
    """Whatever the model did; between the ends of the scale it is a choice."""
    path = log([answer(i, right=i % 2) for i in range(2)])
    with pytest.raises(
        InputError, match=f"at the threshold {threshold:g} no answer could be {never}: exact_match goes"
    ):
        read_predictions(path, name="m", threshold=threshold)
    read_predictions(path, name="m", threshold=1)


@pytest.mark.parametrize("threshold", [float("nan"), float("inf")])
def test_a_threshold_on_grades_is_finite(log, threshold):
    """NaN would make every answer wrong."""
    with pytest.raises(InputError, match=r"the threshold (nan|inf) is not finite"):
        read_predictions(log([answer(0, right=True)]), name="m", threshold=threshold)
