"""A statement as it comes out of a run: several students, slices, every verdict, and texts that mean harm."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from angelshare.core.estimate import Interval, judge
from angelshare.statement.compare import data_changes, gate_changes, model_changes, release_row, row_changes
from angelshare.statement.comparison import Comparison
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
    own, family = interval(delta, se, 1.96, 0.95), interval(delta, se, 1.96 if primary else 3.2, 0.999)
    decisive = own if primary else family
    direction = more.get("direction", "higher")
    verdict = judge(Interval(decisive.low, decisive.high, 0.95, ""), margin, direction)
    n_seeds = more.get("n_seeds", 5)
    fields = {
        "metric": metric, "data": "reviews", "slice": None, "output": None, "contrast": contrast, "student": student,
        "left": tuple(f"{student}/{k}" for k in range(n_seeds)), "right": ("teacher/0",),
        "inference": "recipe" if n_seeds > 1 else "this_model", "n": 1821, "n_clusters": None, "n_seeds": n_seeds,
        "left_value": left, "right_value": right, "values_by_seed": tuple(delta + 0.004 * (k - 2) for k in range(n_seeds)),
        "delta": delta, "scale": "difference", "se": se, "interval": own, "interval_family": family,
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

    found = [model("teacher", "minilm", 0, 22_713_986, kind="transformer")]
    found += [model("student", "mlp", k, 81_250, kind="mlp") for k in range(5)]
    collapsed = "collapsed: it does not beat the majority class"
    found += [
        model("student", "bilstm", k, 1_640_000, kind="bilstm", remark=collapsed if k == 4 else None) for k in range(5)
    ]
    found += [model("student", "minilm-3l", k, 17_390_000, kind="transformer") for k in range(3)]
    found += [model("baseline", "mlp", k, 81_250, kind="mlp") for k in range(5)]
    found += [model("baseline", "bilstm", k, 1_640_000, kind="bilstm") for k in range(5)]
    return (*found, model("baseline", "tfidf", 0, 96_000, kind="tfidf"))


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
        notes=("There is one teacher: everything here is conditional on it.",
               "Warning: the content of reviews differs from the one that its card names."),
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
        notes=("Warning: the items differ.", f"A note with {EVIL}."),
    )
