"""Where the numbers come from: models, methods, settings."""

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from angelshare.audits.frame.installed import facts_of
from angelshare.report.words import lookup
from angelshare.report.words.numbers import DASH, amount, metric_name, size, unit_of, with_word
from angelshare.statement.schema import ModelRow, Statement


@dataclass(frozen=True, slots=True)
class ModelView:
    """One population of models, printed.

    Attributes:
        name: the population's name.
        role: the population's role.
        kind: the kind of model.
        quality_name: the title of the main metric; empty where nothing was measured.
        quality: its mean over the members, or a dash.
        n_parameters: every size that occurs among the members.
        n_bytes: every size of the weights.
        precision: every precision.
        max_length: every maximum length, in tokens.
        seeds: the members' seeds.
        remarks: remarks on single members.
    """

    name: str
    role: str
    kind: str
    quality_name: str
    quality: str
    n_parameters: str
    n_bytes: str
    precision: str
    max_length: str
    seeds: str
    remarks: tuple[str, ...]


def model_views(statement: Statement) -> tuple[ModelView, ...]:
    """Return a view of each population, in the order of the models."""
    metric = lookup.main_metric(statement)
    qualities = {} if metric is None else lookup.qualities(statement, metric)
    quality = {} if metric is None else {key: amount(q.value, unit_of(metric)) for key, q in qualities.items()}
    name = metric_name(metric) if metric and quality else ""
    return tuple(
        _model_view(
            [model for model in statement.models if (model.role, model.name) == key],
            quality_name=name,
            quality=quality.get(key, DASH),
        )
        for key in dict.fromkeys((model.role, model.name) for model in statement.models)
    )


def _model_view(members: list[ModelRow], *, quality_name: str, quality: str) -> ModelView:
    """Return the view of one population."""
    return ModelView(
        name=members[0].name,
        role=members[0].role,
        kind=_each(model.kind for model in members),
        quality_name=quality_name,
        quality=quality,
        n_parameters=_each(size(model.n_parameters) for model in members),
        n_bytes=_each(size(model.n_bytes) for model in members),
        precision=_each(model.precision for model in members),
        max_length=_each(str(model.max_length or DASH) for model in members),
        seeds=_each(str(model.seed) for model in members if model.seed is not None),
        remarks=tuple(
            model.remark if model.seed is None else f"seed {model.seed}: {model.remark}"
            for model in members
            if model.remark
        ),
    )


def _each(values: Iterable[str]) -> str:
    """Return the distinct values; a dash where there is none."""
    return ", ".join(dict.fromkeys(value for value in values if value)) or DASH


def methods(statement: Statement) -> tuple[tuple[str, int], ...]:
    """Return each method of computing intervals with its number of rows."""
    names = [row.interval.method for row in lookup.differences(statement)]
    return tuple((name, names.count(name)) for name in dict.fromkeys(names))


def looks(statement: Statement) -> str:
    """Return a sentence on how often the audited items were looked at, and on what counts as a look."""
    split = lookup.audited_split(statement)
    what = "The items were" if split == "given" else f"The {split} split was"
    return f"{what} {lookup.looked_at(statement)}: each set of models that is measured there is one look."


def margins(statement: Statement) -> tuple[str, ...]:
    """Return a sentence on each margin: its size, its source, and the reason for a default."""
    lines = []
    sources = {"recipe": "from the recipe", "command line": "from the command line", "default": "by default"}
    everything = [row for row in lookup.differences(statement) if row.direction != "none"]
    judged = [row for row in everything if row.contrast != "student-baseline"]
    for metric, margin, source, scale in dict.fromkeys((r.metric, r.margin, r.margin_source, r.scale) for r in judged):
        unit = unit_of(metric, scale)
        reason = f" {facts_of(metric).reason}" if source == "default" else ""
        printed = with_word(amount(margin, unit), unit)
        lines.append(f"The margin of {metric_name(metric)} is {printed}, {sources[source]}.{reason}")
    if len(judged) < len(everything):
        lines.append("Between a student and its baseline the margin is 0: the question is whether distillation helped.")
    return tuple(lines)


def as_yaml(settings: dict[str, object]) -> str:
    """Return settings as YAML text."""
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=100) if settings else ""
