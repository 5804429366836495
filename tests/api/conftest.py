"""Two invented models in memory."""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Answers:
    """Human labels (n,) of 0 and 1, and two models' probabilities of 1."""

    truth: np.ndarray
    teacher: np.ndarray
    student: np.ndarray


@pytest.fixture(scope="session")
def answers():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=120)
    teacher = np.clip(0.5 + (truth - 0.5) * 0.6 + rng.normal(0, 0.2, 120), 0.01, 0.99)
    student = np.clip(teacher + rng.normal(0, 0.2, 120), 0.02, 0.98)
    return Answers(truth, teacher, student)
