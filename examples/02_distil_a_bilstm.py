"""A BiLSTM distilled from a fine-tuned MiniLM: teacher, student and statement, a call for each.

Small enough for two minutes on one core, so that neither of the two is good.
"""

import argparse
from pathlib import Path

import pandas as pd

import angelshare as ash
from angelshare.data.texts.loading import load_splits

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("runs/bilstm"))
out = parser.parse_args().out

# a recipe fine-tunes the teacher; its only student is the reference that learns from human labels alone
ash.run(
    {
        "version": 1,
        "name": "teacher",
        "data": {"source": "demo", "limits": {"train": 600, "test": 200}},
        "teacher": {
            "model": "minilm",
            "fine_tune": {"epochs": 1, "learning_rate": 3e-4, "batch_size": 8, "freeze_embeddings": True},
        },
        "students": [{"name": "tfidf", "kind": "tfidf"}],
        "audits": ["quality"],
    },
    out=out / "run",
)
teacher = out / "run" / "teacher"

# the teacher labels texts that nobody else has; a few with human labels say which weights are best
splits = load_splits("demo")
validation, test = (
    pd.DataFrame({"text": part.batch.texts, "truth": part.truth})[:400]
    for part in (splits.role("validation"), splits.role("test"))
)
student = ash.distil(
    teacher,
    {"kind": "bilstm", "vocabulary": 1000, "embedding_width": 32, "hidden_width": 32},
    texts=splits.extra["unlabelled"].batch.texts[:1500],
    validation=validation,
    out=out / "student",
    epochs=8,
    batch_size=32,
    learning_rate=3e-3,
)
print(student)

statement = ash.audit(teacher, student, data=test, task="binary", labels=student.card.labels, out=out / "audit")
print(statement)
print(f"The page: {statement.folder / 'statement.html'}")
