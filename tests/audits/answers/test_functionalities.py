"""In how many functions a student is below its teacher, and how sure that is."""

import numpy as np

from angelshare.audits.answers.functionalities import functionality_counts
from angelshare.audits.frame.contrasts import pair


def test_functions_lower_equal_and_higher_are_counted(suite, make_panel):
    """A loses, B is equal in the balance, C gains; drawn templates move what is not the same in every template."""
    functions = np.repeat(["A", "B", "C"], 20)
    teacher = np.r_[np.ones(20), np.tile([1, 1, 0, 0], 5), np.zeros(20)]
    student = np.r_[np.zeros(20), np.tile([0, 1, 1, 0], 5), np.ones(20)]
    members = suite({"teacher": teacher, "student": student}, functions, np.arange(60) // 2)
    contrast = pair(make_panel(members[:1], members[1:])).contrasts[0]
    counts = {e.metric.removeprefix("n_functionalities_"): e for e in functionality_counts(contrast, "toy", 0.95)}
    assert {name: e.value for name, e in counts.items()} == {"lower": 1, "equal": 1, "higher": 1}
    assert (counts["lower"].interval.low, counts["lower"].interval.high) == (1, 2)
    assert counts["lower"].n == 3
    again = list(functionality_counts(contrast, "toy", 0.95))
    assert [e.interval for e in again] == [e.interval for e in counts.values()]


def test_templates_of_one_functionality_are_drawn_apart_from_those_of_another(suite, make_panel):
    """Twelve functions of 20 templates, six a little below and six a little above: alike, they still move on their own.

    Drawn together, all twelve would be lower at once, or none. Where all of them share their templates, that is so.
    """
    functions, places = np.repeat([f"F{i:02d}" for i in range(12)], 20), np.tile(np.arange(20), 12)
    gains = np.select([places < 5, places < 10, places == 10], [-1, 1, np.where(functions < "F06", -1, 1)], 0)
    teacher, student = np.where(gains == 1, 0, 1), np.where(gains == -1, 0, 1)

    def lower(templates):
        members = suite({"teacher": teacher, "student": student}, functions, templates)
        contrast = pair(make_panel(members[:1], members[1:])).contrasts[0]
        (count,) = [e for e in functionality_counts(contrast, "toy", 0.95) if e.metric == "n_functionalities_lower"]
        return count.value, count.interval.low, count.interval.high

    apart, shared = lower(np.arange(240)), lower(places)
    assert (apart[0], shared) == (6, (6, 0, 12))
    assert apart[1] >= 1
    assert apart[2] <= 10
