"""The models of a recipe: teacher, transfer sets, students, baselines."""
