"""What a model is asked to do, and what its numbers are."""

from typing import Literal, get_args

Task = Literal["binary", "single_label", "multi_label", "regression"]
TASKS: tuple[Task, ...] = get_args(Task)
N_BINARY = 2
"""The number of labels of a binary task."""

Outputs = Literal["logits", "probabilities", "score", "decisions", "values"]
"""logits, probabilities: one column per label. score: one column that ranks the positive label (binary).
decisions: hard labels, one 0/1 column per label. values: one column, regression."""

Role = Literal["train", "validation", "selection", "calibration", "test"]
ROLES: tuple[Role, ...] = get_args(Role)

SuiteScale = Literal["tiny", "small", "paper"]
"""tiny: what the house generates itself, for machines without data. small: local copies. paper: the hub's originals."""

ModelRole = Literal["teacher", "student", "baseline"]
