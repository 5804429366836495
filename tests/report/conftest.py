"""A statement as it comes out of a run: several students, slices, every verdict, and texts that mean harm."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from angelshare.core.estimate import Interval, judge
from angelshare.statement.compare import data_changes, gate_changes, model_changes, release_row, row_changes
from angelshare.statement.comparison import Comparison
from angelshare.statement.reproduction import Chart, Claim, PaperFigure, Point, Reproduction, Series, Setting
from angelshare.statement.schema import (
    AuditRow,
    DataRow,
    DifferenceRow,
    EstimateRow,
    GateRow,
    IntervalRow,
    ModelRow,
    Statement,
    TableRow,
)

HOSTILE = (
    "<script>document.title = 'taken'; alert(1)</script>",
    "</script><img src=x onerror=alert(2)> closes what it did not open",
    "an override \u202eturns this around\u202c and a NUL \x00 ends it",
    "emoji \N{ROCKET} and a family \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a very long word: " + "unbreakable" * 40,
    "שלום mixed with English, 'quotes', \"double\" & ampersands",
    "a lone surrogate \ud800 in the middle",
    "{{ 7 * 7 }} {% raw %} looks like a template",
    "long, " * 2_000,
)
PLAIN = (
    "it keeps promising a storm and delivers a drizzle",
    "nobody could accuse this soup of being bland",
    "a triumph, provided that one sleeps through it",
    "not half as dull as its poster",
    "the cook forgot the salt, and nothing was missing",
    "warm, brisk and over before the tea is cold",
)
GROUPS = ("only the teacher is right", "only the student is right", "neither is right")


def interval(value: float, se: float, z: float, level: float, method: str = "recipe t interval") -> IntervalRow:
    """An interval of z standard errors to either side."""
    return IntervalRow(low=value - z * se, high=value + z * se, level=level, method=method)


def difference(
    metric: str,
    left: float,
    right: float,
    se: float,
    *,
    student: str = "mlp",
    contrast: str = "student-teacher",
    **more: Any,
) -> DifferenceRow:
    """A difference with its verdict; `more` overrides any field."""
    delta, margin = left - right, more.get("margin", 0.01)
    primary = more.get("family") == "primary"
    single, family = interval(delta, se, 1.96, 0.95), interval(delta, se, 1.96 if primary else 3.2, 0.999)
    decisive = single if primary else family
    direction = more.get("direction", "higher")
    verdict = judge(Interval(decisive.low, decisive.high, 0.95, ""), margin, direction)
    n_seeds = more.get("n_seeds", 5)
    fields = {
        "metric": metric, "data": "reviews", "slice": None, "output": None, "contrast": contrast, "student": student,
        "left": tuple(f"{student}/{k}" for k in range(n_seeds)), "right": ("teacher/0",),
        "inference": "recipe" if n_seeds > 1 else "this_model", "n": 1821, "n_clusters": None, "n_seeds": n_seeds,
        "left_value": left, "right_value": right, "values_by_seed": tuple(delta + 0.004 * (k - 2) for k in range(n_seeds)),
        "delta": delta, "scale": "difference", "se": se, "interval": single, "interval_family": family,
        "judged": None, "judged_family": None, "p_zero": math.erfc(abs(delta / se) / 1.4142), "p_margin": 0.0004,
        "p_adjusted": 0.01, "family": f"{student}/reviews/quality", "family_size": 37, "direction": direction,
        "target": None, "margin": margin, "margin_source": "default", "mde": 2.8 * se,
        "n_needed": math.ceil(1821 * (2.8 * se / margin) ** 2) if margin else None, "verdict": verdict, "remark": None,
    }  # fmt: skip
    return DifferenceRow(**(fields | more))


def quality() -> tuple[DifferenceRow, ...]:
    """Quality of three students and one reference."""
    few: dict[str, Any] = {"n_seeds": 3, "remark": "few seeds"}
    gate: dict[str, Any] = {"family": "primary", "family_size": 3, "margin": 0.02, "margin_source": "recipe"}
    rows = [
        difference("accuracy", 0.818, 0.890, 0.007, **gate),
        difference("accuracy", 0.872, 0.890, 0.006, student="bilstm", **gate),
        difference("accuracy", 0.886, 0.890, 0.004, student="minilm-3l", **gate, **few),
    ]
    for student, base, left in (("mlp", 0.790, 0.818), ("bilstm", 0.841, 0.872)):
        rows += [
            difference("accuracy", left, base, 0.006, student=student, contrast="student-baseline", margin=0.0),
            difference("accuracy", base, 0.890, 0.007, student=student, contrast="baseline-teacher"),
            difference("auc", left + 0.06, 0.951, 0.005, student=student, output="positive"),
            difference("auc", left + 0.06, base + 0.05, 0.004, student=student, contrast="student-baseline", output="positive"),
            difference("auc", base + 0.05, 0.951, 0.006, student=student, contrast="baseline-teacher", output="positive"),
            difference("accuracy", left - 0.11, 0.88, 0.02, student=student, slice="negation", n=402),
            difference("accuracy", left - 0.02, 0.86, 0.028, student=student, slice="8 words or fewer", n=214),
            difference("accuracy", left, 0.93, 0.15, student=student, slice="<b>bold</b> | @someone `code`", n=31),
            difference("accuracy", 0.70, 0.826, 0.018, student=student, slice="negation", n=402, contrast="slice-rest"),
            difference("brier", 0.131, 0.087, 0.004, student=student, direction="lower"),
            difference("nll", 0.31, 0.29, 0.02, student=student, direction="lower", margin=0.05),
        ]  # fmt: skip
    rows += [
        difference("accuracy", 0.897, 0.86, 0.004, student="minilm-3l", slice="questions", n=200, **few),
        difference("length", 19.2, 19.0, 0.4, student="minilm-3l", direction="none", verdict=None, **few),
        difference("perplexity", 31.0, 24.0, 0.02, student="minilm-3l", direction="lower", scale="log_ratio",
                   delta=0.256, interval=interval(0.256, 0.02, 1.96, 0.95),
                   interval_family=interval(0.256, 0.02, 3.2, 0.999), margin=0.05, **few),
        difference("accuracy", 0.803, 0.890, 0.008, student="tfidf", contrast="baseline-teacher", n_seeds=1),
    ]  # fmt: skip
    return tuple(rows)


def flips(*, redacted: bool) -> TableRow:
    """The table of texts on which a student and its teacher disagree."""
    texts = [*HOSTILE, *(f"{text} ({k})" for k in range(6) for text in PLAIN)]
    rows = tuple(
        (f"r-{i:04d}", None if redacted else text, "positive" if i % 2 else "negative", "positive" if i % 2 else "negative",
         0.5 + (i * 37 % 50) / 100, "negative" if i % 2 else "positive", 0.5 + (i * 17 % 50) / 100, GROUPS[i % 3],
         ("mlp", "bilstm")[i % 2])
        for i, text in enumerate(texts)
    )  # fmt: skip
    columns = (
        "id", "text", "truth", "teacher label", "teacher confidence", "student label", "student confidence", "group", "student",
    )  # fmt: skip
    return TableRow(
        name="flips",
        title="Texts on which a student and its teacher disagree",
        columns=columns,
        rows=rows,
        text_columns=("text",),
        redacted=redacted,
    )


def agreement(*, redacted: bool) -> AuditRow:
    """The audit of agreement, with its tables."""
    shares = {"mlp": (0.884, 0.094, 0.022), "bilstm": (0.931, 0.042, 0.024), "minilm-3l": (0.972, 0.016, 0.012)}
    estimates = tuple(
        EstimateRow(
            metric=metric, data="reviews", slice=None, output=None, student=student, models=(f"{student}/0", "teacher/0"),
            value=value, se=0.005, interval=interval(value, 0.005, 1.96, 0.95, "Wilson"), n=1821, n_clusters=None,
        )
        for student, values in shares.items()
        for metric, value in zip(("agreement", "negative_flips", "positive_flips"), values, strict=True)
    )  # fmt: skip
    counts = TableRow(
        name="flip_counts",
        title="Disagreements, by true label",
        columns=("student", "truth", "teacher label", "student label", "n"),
        rows=(("mlp", "negative", "negative", "positive", 112), ("mlp", None, "positive", "negative", 64)),
    )
    return AuditRow(
        name="agreement",
        question="Does the student answer as its teacher does, and where not, who is right?",
        not_applicable=None,
        remarks=("KL of tfidf is not measured: tfidf/0 gives no probabilities.",),
        estimates=estimates,
        tables=(flips(redacted=redacted), counts),
        differences=(),
    )


def models() -> tuple[ModelRow, ...]:
    """One teacher, three students with seeds, their baselines, a reference."""

    def model(role: str, name: str, seed: int, n: int, *, kind: str, remark: str | None = None) -> ModelRow:
        return ModelRow(
            role=role, name=name, seed=seed, fingerprint=f"{abs(n * 7919 + seed):064x}", n_parameters=n, n_bytes=4 * n,
            parent_fingerprint=None if role != "student" else "ab" * 32, precision="bf16", kind=kind, max_length=128,
            remark=remark,
        )  # fmt: skip

    models = [model("teacher", "minilm", 0, 22_713_986, kind="transformer")]
    models += [model("student", "mlp", k, 81_250, kind="mlp") for k in range(5)]
    collapsed = "collapsed: it does not beat the majority class"
    models += [
        model("student", "bilstm", k, 1_640_000, kind="bilstm", remark=collapsed if k == 4 else None) for k in range(5)
    ]
    models += [model("student", "minilm-3l", k, 17_390_000, kind="transformer") for k in range(3)]
    models += [model("baseline", "mlp", k, 81_250, kind="mlp") for k in range(5)]
    models += [model("baseline", "bilstm", k, 1_640_000, kind="bilstm") for k in range(5)]
    return (*models, model("baseline", "tfidf", 0, 96_000, kind="tfidf"))


def build(*, redacted: bool = False) -> Statement:
    """The statement."""
    return Statement(
        schema="loss-statement/0",
        created="2026-01-02T03:04:05Z",
        angelshare="0.1.0",
        title="reviews: minilm → mlp, bilstm, minilm-3l",
        recipe={"version": 1, "name": "reviews", "seeds": [0, 1, 2, 3, 4], "students": [{"name": "mlp", "kind": "mlp"}]},
        environment={"python": "3.11.9", "torch": "2.13.0", "cores": 2},
        test_looks=1,
        models=models(),
        data=(
            DataRow(name="reviews", split="train", n=6920, sha256="12" * 32, revision="v1", licence="CC0-1.0",
                    hazards="opinions, now and then rude", leaked_and_dropped=8, handled={}),
            DataRow(name="reviews", split="test", n=1821, sha256="34" * 32, revision=None, licence="CC0-1.0",
                    hazards="none known", leaked_and_dropped=0, handled={"empty": 2, "nul": 1}),
            *(DataRow(name=f"source-{k:02d}/" + "unbreakable" * (k % 3), split="transfer", n=1000 * k, sha256="56" * 32,
                      revision=None, licence="as its source", hazards="as its source", leaked_and_dropped=3,
                      handled={"repeated": 17 * k, "left_out_over_the_limit": 4}) for k in range(1, 13)),
        ),
        audits=(
            AuditRow(name="quality", question="Is the student as good as its teacher on human labels?", not_applicable=None,
                     remarks=("Slice sarcasm is not measured: 9 labelled items, at least 30 are needed.",),
                     estimates=(), tables=(), differences=quality()),
            agreement(redacted=redacted),
            AuditRow(name="identity_auc", question="Whom does the loss hurt?", remarks=(), estimates=(), tables=(),
                     differences=(), not_applicable="no item mentions an identity."),
        ),
        gates=(
            GateRow(rule="accuracy within 2.0 points", metric="accuracy", margin=0.02, student="mlp", state="lost"),
            GateRow(rule="accuracy within 2.0 points", metric="accuracy", margin=0.02, student="bilstm", state="undecided"),
            GateRow(rule="accuracy within 2.0 points", metric="accuracy", margin=0.02, student="minilm-3l", state="held"),
            GateRow(rule="latency|p99 <b>", metric="latency", margin=1.0, student=None, state="not_measured"),
        ),
        verdict="lost",
        notes=("There is one teacher: everything here is conditional on it.",),
        warnings=("the content of reviews differs from the one that its card names.",),
    )  # fmt: skip


SLICES = ("women", "men", "negation", "questions", "more than 40 words", "names @someone", "women and negation")


def sliced() -> tuple[DifferenceRow, ...]:
    """Slices, and whether they lose more than the rest, of two students."""
    rows = []
    for student, scale in (("mlp", 1.0), ("bilstm", 0.4)):
        for k, name in enumerate(SLICES):
            delta, rest, n = scale * -(0.09 - 0.017 * k), scale * -0.05, 900 - 120 * k
            clustered = {"n": n, "n_clusters": 40 + k} if k % 2 else {"n": n}
            where = {"slice": name, "student": student, **clustered}
            rows += [
                difference("accuracy", 0.88 + delta, 0.88, 0.008 + 0.003 * k, **where),
                difference("accuracy", delta, rest, 0.007 + 0.003 * k, contrast="slice-rest", **where),
            ]
    few = {"withheld": ("lost", "gained"), "remark": "few clusters", "n_clusters": 7, "n": 96, "slice": "poems"}
    rows.append(difference("accuracy", 0.70, 0.88, 0.02, verdict="undecided", **few))
    return tuple(rows)


def calibration() -> AuditRow:
    """Overconfidence against its target of 0, errors of debiased ECE, and diagrams of four models."""
    rows, estimates, bins = [], [], []
    models = (("teacher", "teacher/0", 0.00), ("student", "mlp/0", 0.06), ("student", "mlp/1", 0.05),
              ("student", "bilstm/0", -0.03), ("baseline", "mlp/0", 0.12))  # fmt: skip
    for role, model, gap in models:
        estimates.append(
            EstimateRow(metric="ece", data="reviews", slice=None, output=None, student=None, models=(model,),
                        value=abs(gap) + 0.004, se=None, interval=None, n=1821, n_clusters=None)
        )  # fmt: skip
        for k in range(15):
            low, n = k / 15, 0 if k < 7 else 12 * (k - 6) ** 2
            accuracy = min(max(low + 1 / 30 - gap * (1.2 - low), 0.0), 1.0) if n else None
            wide = 0 if not n else 1 / n**0.5
            ends = (None, None) if accuracy is None else (max(accuracy - wide, 0.0), min(accuracy + wide, 1.0))
            bins.append((model, role, low, low + 1 / 15, n, low + 1 / 30 if n else None, accuracy, *ends))
    for student, left in (("mlp", 0.06), ("bilstm", -0.03)):
        row = difference(
            "overconfidence", left, 0.012, 0.006, student=student, direction="none", verdict=None, target=0.0
        )
        further = abs(left) - 0.012
        judged, family = interval(further, 0.006, 1.96, 0.95), interval(further, 0.006, 3.2, 0.999)
        verdict = judge(Interval(family.low, family.high, 0.999, ""), 0.01, "lower")
        rows.append(
            row.model_copy(
                update={
                    "direction": "target",
                    "judged": judged,
                    "judged_family": family,
                    "verdict": verdict,
                    "margin": 0.01,
                }
            )
        )
    columns = ("model", "role", "bin_low", "bin_high", "n", "confidence", "accuracy", "low", "high")
    table = TableRow(name="reliability", title="Confidence and accuracy, in bins", columns=columns, rows=tuple(bins))
    return AuditRow(
        name="calibration", question="Is each model as often right as it is sure?", not_applicable=None,
        remarks=(), estimates=tuple(estimates), tables=(table,), differences=tuple(rows),
    )  # fmt: skip


def speed() -> AuditRow:
    """What each model costs, and how many times faster the students are."""
    costs = {
        None: (22_713_986, 90_855_944, 412.0, 9.8, 14.2, 410_000_000),
        "mlp": (81_250, 325_000, 61_300.0, 0.21, 0.34, 182_000_000),
        "bilstm": (1_640_000, 6_560_000, 3_150.0, 1.9, 3.1, 205_000_000),
        "minilm-3l": (17_390_000, 69_560_000, 1_590.0, 2.6, 4.4, 372_000_000),
    }
    metrics = ("n_parameters", "n_bytes", "texts_per_second", "latency_p50_ms", "latency_p99_ms", "peak_memory_bytes")
    estimates = tuple(
        EstimateRow(metric=metric, data="reviews", slice=None, output=None, student=student,
                    models=(f"{student or 'teacher'}/0",), value=value, se=None, interval=None, n=None, n_clusters=None)
        for student, values in costs.items()
        for metric, value in zip(metrics, values, strict=True)
    )  # fmt: skip
    rows = []
    for student in ("mlp", "bilstm", "minilm-3l"):
        for metric, k, direction in (
            ("texts_per_second", 2, "higher"),
            ("latency_p50_ms", 3, "lower"),
            ("latency_p99_ms", 4, "lower"),
        ):
            left, right = costs[student][k], costs[None][k]
            delta, se = math.log(left / right), 0.03
            ends = {"interval": interval(delta, se, 2.2, 0.95), "interval_family": interval(delta, se, 3.4, 0.99)}
            rows.append(
                difference(metric, left, right, se, student=student, scale="log_ratio", direction=direction,
                           n_seeds=1, n=20, margin=0.05, delta=delta, verdict="gained", p_zero=0.0, **ends)
            )  # fmt: skip
    rows[-1] = rows[-1].model_copy(
        update={"slice": "more than 40 words", "delta": 0.01, "left_value": 14.3, "verdict": "undecided"}
    )
    return AuditRow(
        name="speed", question="What does each model cost?", not_applicable=None,
        remarks=("Measured in 20 interleaved rounds after 3 of warm-up, on 2 cores.",),
        estimates=estimates, tables=(), differences=tuple(rows),
    )  # fmt: skip


def slice_flips() -> TableRow:
    """Negative and positive flips by slice."""
    rows = []
    for student, scale in (("mlp", 1.0), ("bilstm", 0.5)):
        for k, name in enumerate((None, *SLICES)):
            negative, positive = scale * (0.12 - 0.012 * k), scale * (0.02 + 0.006 * k)
            wide = 0.01 + 0.004 * k
            rows.append((student, name, 1821 - 200 * k, negative, max(negative - wide, 0.0), negative + wide,
                         positive, max(positive - wide, 0.0), positive + wide))  # fmt: skip
    columns = ("student", "slice", "n", "negative_flips", "negative_low", "negative_high", "positive_flips", "positive_low",
               "positive_high")  # fmt: skip
    return TableRow(name="flips_by_slice", title="Flips by slice", columns=columns, rows=tuple(rows))


def examples() -> AuditRow:
    """Four groups of items, with texts."""
    groups = ("all right", "only strong students right", "only the teacher right", "none right")
    counts = TableRow(
        name="example_groups", title="Who is right, over all items", columns=("group", "n", "share"),
        rows=tuple((group, n, n / 1821) for group, n in zip(groups, (1402, 201, 121, 97), strict=True)),
    )  # fmt: skip
    rows = tuple(
        (f"e-{i:03d}", f"{text} ({i})", "positive", "negative" if i % 4 == 3 else "positive", "negative" if i % 2 else "positive",
         "positive", groups[i % 4])
        for i in range(40) for text in (PLAIN[i % len(PLAIN)],)
    )  # fmt: skip
    table = TableRow(
        name="examples", title="Texts of each group", columns=("id", "text", "truth", "teacher label", "mlp", "bilstm", "group"),
        rows=rows, text_columns=("text",),
    )  # fmt: skip
    return AuditRow(
        name="examples", question="On which texts do the models part?", not_applicable=None, remarks=(), estimates=(),
        tables=(counts, table), differences=(),
    )  # fmt: skip


def build_rich() -> Statement:
    """The statement with slices, excess losses, targets, ratios, calibration, speed and examples."""
    plain = build()
    quality_row, agreement_row, identity = plain.audits
    rows = (*(row for row in quality_row.differences if row.slice is None), *sliced())
    audits = (
        quality_row.model_copy(update={"differences": rows}),
        agreement_row.model_copy(update={"tables": (*agreement_row.tables, slice_flips())}),
        calibration(),
        speed(),
        examples(),
        identity,
    )
    gate = GateRow(
        rule="accuracy[slice=women] >= -0.01",
        metric="accuracy",
        slice="women",
        margin=0.01,
        student="mlp",
        state="lost",
    )
    return plain.model_copy(update={"audits": audits, "gates": (*plain.gates, gate)})


def identity_table(name: str, data: str, drop: float) -> TableRow:
    """The AUCs of five identities for a teacher, a student with two seeds and a baseline; one is not measured."""
    rows = []
    for model, role, less in (
        ("teacher/0", "teacher", 0.0),
        ("mlp/0", "student", 1.0),
        ("mlp/1", "student", 1.2),
        ("mlp/0", "baseline", 1.6),
    ):
        for k, identity in enumerate(("mentions_women", "mentions_men", "mentions_muslim", "mentions_elderly")):
            values = tuple(round(0.95 - less * drop * (1 + k) - 0.01 * j, 4) for j in range(3))
            rows.append((model, role, identity, 900 - 90 * k, 210 - 20 * k, *values, 0.02 * k * less, -0.01 * k * less))
        rows.append((model, role, "mentions_deaf", 14, 2, None, None, None, None, None))
    columns = (
        "model",
        "role",
        "identity",
        "n",
        "positives",
        "subgroup_auc",
        "bpsn_auc",
        "bnsp_auc",
        "aeg_positive",
        "aeg_negative",
    )
    return TableRow(name=name, title=f"AUCs of every identity ({data})", columns=columns, rows=tuple(rows))


def functionality_rows() -> TableRow:
    """Twelve functionalities of two students; one has a single template and no interval."""
    rows = []
    for student, scale in (("mlp", 1.0), ("bilstm", 0.5)):
        for k in range(12):
            delta = scale * (0.06 - 0.03 * k)
            ends = (None, None) if k == 11 else (delta - 0.05, delta + 0.05)
            rows.append((student, f"function_{k:02d}_nh", 40 + k, 5 + k, 0.5, 0.8, 0.8 + delta, delta, *ends))
    columns = (
        "student",
        "functionality",
        "n",
        "n_templates",
        "positives",
        "teacher_accuracy",
        "student_accuracy",
        "delta",
        "low",
        "high",
    )
    return TableRow(
        name="functionalities",
        title="Accuracy in every functionality; `positives` is a share (hatecheck)",
        columns=columns,
        rows=tuple(rows),
    )


def build_suite() -> Statement:
    """The rich statement on three text sets, with identities, functionalities and a mitigation."""
    rich = build_rich()
    quality_row, *others, identity = rich.audits
    hard = [
        difference("auc", 0.74 - 0.05 * k, 0.90, 0.02, student=student, data=data)
        for k, data in enumerate(("hatecheck", "identity_swaps"))
        for student in ("mlp", "bilstm")
    ]
    hard += [
        difference("bpsn_auc", -0.09 + 0.02 * k, -0.03, 0.012, contrast="slice-rest", slice=f"mentions_{name}")
        for k, name in enumerate(("women", "men", "muslim", "elderly"))
    ]
    mitigation = [
        difference("auc", 0.86, 0.83, 0.005, student="mlp: mitigation data", contrast="mitigated-plain", margin=0.0),
        difference("auc", -0.06, -0.03, 0.006, student="mlp: mitigation data", contrast="interaction", margin=0.0),
        difference("auc", -0.04, -0.03, 0.02, student="bilstm: mitigation data", contrast="interaction", margin=0.0),
    ]
    audits = (
        quality_row.model_copy(update={"differences": (*quality_row.differences, *hard, *mitigation)}),
        *others,
        identity.model_copy(update={"not_applicable": None, "tables": (
            identity_table("identity_aucs", "reviews", 0.02), identity_table("identity_aucs_2", "identity_swaps", 0.03))}),
        identity.model_copy(update={"name": "hatecheck", "question": "Which functions fail?", "not_applicable": None,
                                    "tables": (functionality_rows(),)}),
    )  # fmt: skip
    data = tuple(rich.data[1].model_copy(update={"name": name, "n": 900}) for name in ("hatecheck", "identity_swaps"))
    return rich.model_copy(update={"audits": audits, "data": (*rich.data, *data)})


SUITES = {
    "Civil Comments": None,
    "Short Synthetic": "stand-in: short_synthetic",
    "Long Synthetic": "stand-in: short_synthetic with filler",
    "Hate Check": None,
    "False Positives": "stand-in: wiki_context_toxicity",
    "Identity Swaps": "stand-in: identity_swaps",
    "Covert Toxicity": "proprietary: not reproducible",
}
PAPER_MODELS = {"BERT": "teacher", "DISTILLEDCNN": "cnn", "DISTILLEDSMBERTONPROPRIETARY": None, "CNN": "cnn-plain"}
SIZES = (5_000, 10_000, 20_000, 40_000, 80_000)
IDENTITIES = ("black", "homosexual", "jewish", "muslim", "psychiatric or mental illness", "women", "young adults")
DRAWN = (
    ("BERT", "teacher"),
    ("cnn", "student"),
    ("cnn, mitigated", "student"),
    ("small-bert", "student"),
    ("cnn", "baseline"),
)


def paper_figures(n_models: int = 4) -> tuple[PaperFigure, ...]:
    """Three metrics of up to four models on seven text sets."""
    rows = []
    for i, (suite, note) in enumerate(SUITES.items()):
        for k, (model, ours) in enumerate(list(PAPER_MODELS.items())[:n_models]):
            for metric, paper in (
                ("auc_pr", 0.98 - 0.13 * i),
                ("auc", 0.98 - 0.06 * i - 0.02 * k),
                ("auc_difference", -0.02 * k),
            ):
                missing = ours is None or suite == "Covert Toxicity"
                value = None if missing else paper - 0.03 + 0.01 * k
                reason = "distilled from proprietary texts: not reproducible" if ours is None else note
                rows.append(
                    PaperFigure(
                        table="Table 2", row=f"{suite} / {model}", metric=metric, paper=round(paper, 3), ours=value,
                        low=None if value is None else value - 0.012, high=None if value is None else value + 0.011,
                        model=ours, note=reason,
                    )
                )  # fmt: skip
    return tuple(rows)


def paper_claims() -> tuple[Claim, ...]:
    """One claim of every verdict."""
    return (
        Claim(claim="Distilled students lose more on hard suites than on the test set.", where="Table 2, section 5",
              verdict="holds", finding="On Hate Check the student loses 0.118 of AUC, in domain 0.012.",
              value=-0.106, low=-0.131, high=-0.081),
        Claim(claim="More transfer text stops helping beyond ten million comments.", where="section 7, figure 2",
              verdict="undecided", finding="From 40,000 to 80,000 texts the AUC rises by 0.004.", value=0.004, low=-0.003,
              high=0.011, differs="Our largest transfer set has 80,000 texts, the paper's twenty million."),
        Claim(claim="The student is worse on 22 of 29 functionalities.", where="section 5, Hate Check",
              verdict="contradicted", finding="Of 29 functionalities our student is worse on 12.", value=12, low=9, high=15,
              differs="Ours has seen a third of the training texts only."),
        Claim(claim="Mitigation helps the teacher more than the student.", where="section 8", verdict="not measured",
              finding="Mitigation was left out at this scale."),
    )  # fmt: skip


def sweep(suite: str, height: float) -> Chart:
    """AUC against transfer size on one text set."""

    def point(x: float, y: float, wide: float = 0.012) -> Point:
        return Point(x=x, y=y, low=y - wide, high=y + wide)

    rising = tuple(point(n, height - 0.06 + 0.022 * math.log10(n / 1000)) for n in SIZES)
    lower = tuple(point(n, height - 0.09 + 0.02 * math.log10(n / 1000)) for n in (0, *SIZES) for n in (max(n, 0),) if n)
    return Chart(
        name=f"figure 2/{suite}", title=suite, kind="lines", x_label="transfer texts", y_label="AUC-ROC", log_x=True,
        series=(
            Series(name="BERT", role="teacher", points=(point(1, height, 0.006),)),
            Series(name="cnn", role="student", points=rising),
            Series(name="small-bert", role="student", points=lower),
        ),
    )  # fmt: skip


def by_identity(metric: str, height: float) -> Chart:
    """One AUC by identity; the last identity is measured for nobody, one for some."""
    series = []
    for k, (name, role) in enumerate(DRAWN):
        points = tuple(
            Point(x=i, y=height - 0.03 * k - 0.015 * ((i * 5) % 4), low=height - 0.03 * k - 0.015 * ((i * 5) % 4) - 0.02,
                  high=height - 0.03 * k - 0.015 * ((i * 5) % 4) + 0.02)
            for i in range(len(IDENTITIES) - 1) if not (i == 4 and k > 2)
        )  # fmt: skip
        series.append(Series(name=name, role=role, points=points))
    return Chart(
        name=f"figure 4/{metric}", title=metric, kind="bars", x_label="identity", y_label="AUC", categories=IDENTITIES,
        series=tuple(series), note="an identity needs 10 positives and 10 negatives" if metric.startswith("BPSN") else None,
    )  # fmt: skip


def table_4(*, redacted: bool = False) -> TableRow:
    """Texts with the largest differences of scores."""
    texts = ("Never lend a thing to a married man", "I do not know many gardeners", "I wish I could meet a baker")
    rows = tuple(
        (
            i,
            None if redacted else f"{texts[i % 3]} ({i})",
            bool(i % 2),
            0.847 - 0.03 * i,
            "TP",
            0.3 + 0.02 * i,
            "FN",
            -0.5,
        )
        for i in range(8)
    )
    return TableRow(
        name="largest_differences", title="Largest differences between teacher and student (Table 4)",
        columns=("id", "text", "truth", "teacher", "teacher is", "student", "student is", "difference"),
        rows=rows, text_columns=("text",), redacted=redacted,
    )  # fmt: skip


def build_reproduction(*, hostile: tuple[str, ...] = (), redacted: bool = False) -> Reproduction:
    """The reproduction; hostile texts stand in every place that holds a text."""
    taken = tuple(hostile)
    first = taken[0] if taken else "Chvasta et al. 2022, Lost in Distillation: A Case Study in Toxicity Modeling, WOAH"
    charts = [sweep(suite, 0.97 - 0.05 * i) for i, suite in enumerate(list(SUITES)[:6])]
    charts += [
        by_identity(metric, 0.93 - 0.04 * i) for i, metric in enumerate(("subgroup AUC", "BPSN AUC", "BNSP AUC"))
    ]
    more = tuple(
        Claim(claim=text, where=text, verdict="undecided", finding=text, differs=text, value=1.0) for text in taken
    )
    odd = tuple(
        PaperFigure(table=text, row=f"{text} / {text}", metric="auc", paper=0.5, ours=None, note=text) for text in taken
    )
    return Reproduction(
        paper=first, name="lost-in-distillation", scale="small", created="2026-01-02T03:04:05Z", angelshare="0.1.0",
        seconds=3_661.0, claims=(*paper_claims(), *more), figures=(*paper_figures(), *odd), charts=tuple(charts),
        tables=(table_4(redacted=redacted),),
        settings=(Setting(what="batch size", paper="64", ours="64"), Setting(what="sequence length", paper="1,536 tokens",
                  ours="128 tokens: two cores"), *(Setting(what=t, paper=t, ours=t) for t in taken)),
        not_reproducible=("Table 3 rests on proprietary data.", *taken),
        notes=("Seeds: 3 of each student.", *taken), warnings=("the transfer set is a thousandth of the paper's.",),
        statements=("statements/suite/statement.html", "javascript:alert(1)", *taken),
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_difference() -> Callable[..., DifferenceRow]:
    """The function that makes one difference."""
    return difference


@pytest.fixture(scope="session")
def make_statement() -> Callable[..., Statement]:
    """The function that makes the statement."""
    return build


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """The texts that mean harm."""
    return HOSTILE


@pytest.fixture(scope="session")
def statement() -> Statement:
    """A statement with every kind of row."""
    return build()


@pytest.fixture(scope="session")
def suite_statement() -> Statement:
    """A statement on several text sets, with everything that is measured group by group."""
    return build_suite()


@pytest.fixture(scope="session")
def make_reproduction() -> Callable[..., Reproduction]:
    """The function that makes the reproduction of a paper."""
    return build_reproduction


@pytest.fixture(scope="session")
def reproduction() -> Reproduction:
    """A reproduction with every verdict, stand-ins, gaps, a sweep and identities."""
    return build_reproduction()


@pytest.fixture(scope="session")
def rich_statement() -> Statement:
    """A statement with everything that the audits can find."""
    return build_rich()


@pytest.fixture(scope="session")
def redacted_statement() -> Statement:
    """The same, made with the texts left out."""
    return build(redacted=True)


@pytest.fixture(scope="session")
def empty_statement(statement: Statement) -> Statement:
    """A statement in which nothing was measured."""
    nothing = {
        "audits": (),
        "gates": (),
        "models": (),
        "data": (),
        "verdict": None,
        "notes": (),
        "recipe": {},
        "environment": {},
    }
    return statement.model_copy(update=nothing)


EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="session")
def comparison(rich_statement: Statement, make_difference: Callable[..., DifferenceRow]) -> Comparison:
    """A release whose mlp lost two points; a row is gone, one is new, one has another margin, a model is gone."""
    old, quality = rich_statement, rich_statement.audits[0]
    first, second, third, *rest = quality.differences
    changed = (
        first.model_copy(update={"verdict": "undecided"}),
        second.model_copy(update={"margin": 0.03}),
        *rest,
        third.model_copy(update={"slice": EVIL}),
    )
    models = tuple(m.model_copy(update={"fingerprint": "ff" * 32}) if m.name == "mlp" else m for m in old.models[:-1])
    new = old.model_copy(
        update={"audits": (quality.model_copy(update={"differences": changed}), *old.audits[1:]), "models": models}
    )
    between = (
        make_difference("accuracy", 0.798, 0.818, 0.003, contrast="new-old", family="primary"),
        make_difference("accuracy", -0.03, -0.01, 0.004, contrast="slice-rest", slice="women"),
        make_difference(
            "texts_per_second", 500, 400, 0.02, contrast="new-old", scale="log_ratio", delta=0.223, verdict=None
        ),
    )
    audit = AuditRow(
        name="quality", question="q", not_applicable=None, remarks=(), estimates=(), tables=(), differences=between
    )
    gate = GateRow(rule="accuracy within 1.0 points", metric="accuracy", margin=0.01, student="mlp", state="lost")
    return Comparison(
        schema_name="loss-comparison/0",
        created="2026-02-03T04:05:06Z",
        angelshare="0.1.0",
        old=release_row(old),
        new=release_row(new),
        identical=False,
        models=model_changes(old, new),
        data=data_changes(old, new),
        rows=row_changes(old, new),
        gate_changes=gate_changes(old, new),
        items=None,
        audits=(audit,),
        gates=(gate,),
        verdict="lost",
        warnings=("the items differ.", f"A warning with {EVIL}."),
    )
