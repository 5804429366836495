"""Two models that angelshare never sees: what a classifier loses when it no longer looks at pairs of words.

Any models will do, since only their answers are compared.
"""

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import angelshare as ash
from angelshare.data.texts.loading import load_splits

# remarks that are fine or rude, made from templates; texts, labels and slices of your own go here
splits = load_splits("demo")
train, test = splits.role("train"), splits.role("test")

pairs = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10)).fit(train.batch.texts, train.truth)
words = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10)).fit(train.batch.texts, train.truth)

statement = ash.audit(
    pairs.predict_proba(test.batch.texts),
    {"words": words.predict_proba(test.batch.texts)},
    data=pd.DataFrame({"text": test.batch.texts, "truth": test.truth}),
    task="binary",
    labels=test.labels,  # what the columns are about, in their order
    outputs="probabilities",
    slices=test.slices,
    gates="accuracy >= -0.02",
)
print(statement)

rows = statement.to_frame().query("metric == 'accuracy' and contrast == 'student-teacher'")
print(rows.fillna({"slice": "all"})[["slice", "right_value", "left_value", "delta", "verdict"]].to_string(index=False))
print(statement.check("accuracy[slice=word_order] >= -0.02"))
