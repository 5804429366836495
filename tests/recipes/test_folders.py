"""Tests of what a run may replace."""

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.folder.journal import note
from angelshare.recipes.reading import checked
from angelshare.recipes.schema import Recipe
from angelshare.recipes.train.folders import check_folders, write_recipe


def recipe(teacher="minilm", *, fine_tune=True, **more):
    """Return a recipe with a student and TF-IDF."""
    given = {"model": str(teacher), "fine_tune": {"epochs": 1} if fine_tune else None}
    students = [{"name": "mlp", "kind": "mlp"}, {"name": "tfidf", "kind": "tfidf"}]
    content = {"version": 1, "name": "x", "seeds": [0], "data": {"source": "demo"}, **more}
    return checked(Recipe, {**content, "teacher": given, "students": students}, where="recipe")


@pytest.mark.parametrize("place", ["teacher", "students/mlp/seed-0", "baselines/mlp/seed-0", "baselines/tfidf/seed-0"])
def test_a_users_model_in_the_place_of_a_models_is_refused(tmp_path, place):
    """Before anything is trained, and it stays."""
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "model.safetensors").write_text("precious")
    with pytest.raises(InputError, match=rf"{place} holds what angelshare did not make \(model\.safetensors\)"):
        check_folders(recipe(), tmp_path)


def test_a_folder_that_no_model_takes_is_free(tmp_path):
    """A teacher that is not trained is not replaced."""
    (tmp_path / "teacher").mkdir()
    (tmp_path / "teacher" / "model.safetensors").write_text("precious")
    check_folders(recipe(tmp_path / "teacher", fine_tune=False), tmp_path)


@pytest.mark.parametrize("place", ["teacher", "students/mlp/seed-0", "baselines/mlp/seed-0/deeper"])
def test_no_model_is_trained_over_the_one_that_it_starts_from(tmp_path, place):
    """Each call would start from the last one's outcome."""
    with pytest.raises(InputError, match="would train another in its place"):
        check_folders(recipe(tmp_path / "students" / ".." / place), tmp_path)


def test_a_recipe_of_the_user_is_not_replaced(tmp_path):
    """`run recipe.yaml --out .` would leave it without its comments."""
    file = tmp_path / "recipe.yaml"
    file.write_text("# mine")
    with pytest.raises(InputError, match=r"recipe\.yaml is not one that angelshare wrote, and would be replaced"):
        write_recipe(recipe(), tmp_path)
    assert file.read_text() == "# mine"


def test_the_recipe_of_a_run_is_replaced_and_a_changed_one_kept(tmp_path, caplog):
    """The last run's says what was done."""
    file = tmp_path / "recipe.yaml"
    write_recipe(recipe(), tmp_path)
    note(tmp_path, "run")
    written = file.read_text()
    write_recipe(recipe(), tmp_path)
    assert (file.read_text(), caplog.text) == (written, "")
    file.write_text("changed")
    write_recipe(recipe(), tmp_path)
    assert file.read_text() == written
    assert (tmp_path / "recipe.yaml.damaged-1").read_text() == "changed"
    assert "is not as the run wrote it. It is now" in caplog.text


def test_a_journal_of_another_program_is_refused(tmp_path):
    """It would get more lines, and let its neighbours pass for files of a run."""
    (tmp_path / "log.jsonl").write_text('{"time": "now", "level": "info"}\n')
    with pytest.raises(InputError, match=r"log\.jsonl is not one that angelshare wrote"):
        check_folders(recipe(), tmp_path)
    (tmp_path / "log.jsonl").write_text("")
    check_folders(recipe(), tmp_path)
    note(tmp_path, "run")
    check_folders(recipe(), tmp_path)


def test_a_users_files_in_the_place_of_transfer_sets_or_speeds_are_refused(tmp_path):
    """Before anything is trained; those of an earlier run are replaced."""
    (tmp_path / "transfer").mkdir()
    (tmp_path / "transfer" / "transfer.json").write_text("precious")
    with pytest.raises(InputError, match=r"transfer holds what angelshare did not make \(transfer\.json\)"):
        check_folders(recipe(), tmp_path)
    note(tmp_path, "run")
    check_folders(recipe(), tmp_path)
    (tmp_path / "speed").mkdir()
    (tmp_path / "speed" / "speed.json").write_text("precious")
    check_folders(recipe(), tmp_path)
    timed = recipe(audits=["quality", "speed"])
    with pytest.raises(InputError, match=r"speed holds what angelshare did not make \(speed\.json\)"):
        check_folders(timed, tmp_path)
