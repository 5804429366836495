"""An audit's results on several text sets as one, so that a statement has each audit once."""

from collections.abc import Sequence
from dataclasses import replace

from angelshare.core.audit import AuditResult, Table


def merged(results: Sequence[AuditResult], *, names: Sequence[str] = ()) -> AuditResult:
    """Return an audit's results as one, whose rows tell the comparisons apart.

    An audit that could not measure one of the sets says so in a remark, unless it could measure none. The first table
    of a name keeps it; those after it are numbered.

    Args:
        results: at least one, all of one audit.
        names: of the text sets, one per result, which sentences and tables then mention.
    """
    of_sets = [_named(result, name) for result, name in zip(results, names, strict=True)] if names else list(results)
    nothing = [result.not_applicable for result in of_sets if result.not_applicable is not None]
    all_failed = len(nothing) == len(of_sets)
    remarks = [remark for result in of_sets for remark in (*result.remarks, *_why_not(result, hidden=all_failed))]
    first = of_sets[0]
    return AuditResult(
        first.name,
        first.question,
        differences=tuple(difference for result in of_sets for difference in result.differences),
        estimates=tuple(estimate for result in of_sets for estimate in result.estimates),
        tables=_told_apart([table for result in of_sets for table in result.tables]),
        not_applicable=" ".join(dict.fromkeys(nothing)) if all_failed else None,
        remarks=tuple(dict.fromkeys(remarks)),
        warnings=tuple(dict.fromkeys(warning for result in of_sets for warning in result.warnings)),
        gaps=tuple(gap for result in of_sets for gap in result.gaps),
    )


def about(name: str, sentence: str) -> str:
    """Return a sentence that begins with the text set that it is about."""
    return f"{name}: {sentence}"


def _named(result: AuditResult, name: str) -> AuditResult:
    """Return a result whose sentences and tables say which text set they are about."""
    return replace(
        result,
        remarks=tuple(about(name, remark) for remark in result.remarks),
        warnings=tuple(about(name, warning) for warning in result.warnings),
        not_applicable=None if result.not_applicable is None else about(name, result.not_applicable),
        tables=tuple(replace(table, title=f"{table.title} ({name})") for table in result.tables),
    )


def _why_not(result: AuditResult, *, hidden: bool) -> tuple[str, ...]:
    """Return why a text set was not measured, unless it is hidden since none was."""
    return () if result.not_applicable is None or hidden else (result.not_applicable,)


def _told_apart(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Return the tables under distinct names: from the second of a name on, they are numbered."""
    seen: dict[str, int] = {}
    kept = []
    for table in tables:
        seen[table.name] = seen.get(table.name, 0) + 1
        number = seen[table.name]
        kept.append(table if number == 1 else replace(table, name=f"{table.name}_{number}"))
    return tuple(kept)
