"""Label names: their order is part of what a model says."""

import pytest
from transformers import BertConfig

from angelshare.core.errors import LabelError
from angelshare.models.declared_task import check_label_order, label_contradiction


@pytest.mark.parametrize("label2id", [{"bad": 1, "good": 0}, {"bad": [0]}, {"bad": 0, "great": 1}, ["bad", "good"]])
def test_numbers_of_labels_that_contradict_their_names_are_said(label2id):
    """Whatever stands there; the numbers by default say nothing."""
    config = BertConfig(id2label={0: "bad", 1: "good"}, label2id={"LABEL_0": 0, "good": 1})
    assert label_contradiction(config) is None
    config.label2id = label2id
    assert "id2label counts" in label_contradiction(config)


def test_labels_in_another_order_are_refused():
    """Both orders are named."""
    check_label_order(("no", "yes"), ("no", "yes"), who="it", where="data")
    with pytest.raises(LabelError, match=r"\['yes', 'no'\].*\['no', 'yes'\], in another order"):
        check_label_order(("yes", "no"), ("no", "yes"), who="it", where="data")
    with pytest.raises(LabelError, match="and not these"):
        check_label_order(("yes", "maybe"), ("no", "yes"), who="it", where="data")
