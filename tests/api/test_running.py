"""A recipe carried out from Python."""

import pytest

import angelshare as ash
from angelshare.core.errors import InputError, RecipeError


def test_all_mistakes_of_a_recipe_are_told_at_once():
    """By name, as a file or as a mapping; nothing is loaded or written before."""
    with pytest.raises(RecipeError, match=r"^There is no recipe called 'sst'\. Did you mean 'sst2'\?"):
        ash.run("sst")
    with pytest.raises(InputError, match=r"^recipe is a int\. Give a recipe's name, its file, or its content\.$"):
        ash.run(3)
    content = {"version": 1, "name": "x", "dta": {"source": "demo"}, "students": [{"name": "a", "kind": "mpl"}]}
    with pytest.raises(RecipeError) as caught:
        ash.run(content)
    told = "\n".join(caught.value.problems)
    assert "dta: unknown key. Did you mean 'data'?" in told
    assert "teacher: this key is needed." in told
    assert all(problem.startswith("recipe: ") for problem in caught.value.problems)


def test_a_blank_folder_is_refused():
    """It would be the one that Python was started in."""
    content = {
        "version": 1,
        "name": "x",
        "data": {"source": "demo"},
        "teacher": {"model": "minilm"},
        "students": [{"name": "tfidf", "kind": "tfidf"}],
    }
    for blank in ("", " "):
        with pytest.raises(InputError, match=r"^`out` is blank\."):
            ash.run(content, out=blank)


def test_fewer_than_one_job_is_refused():
    """Elsewhere -1 stands for all processors."""
    for jobs in (0, -1):
        with pytest.raises(InputError, match=rf"^`jobs` is {jobs}\. Give 1 or more, or leave it out"):
            ash.run("demo", jobs=jobs)
