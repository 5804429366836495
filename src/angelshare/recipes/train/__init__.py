"""Models from a recipe: teacher, transfer sets, students, baselines."""
