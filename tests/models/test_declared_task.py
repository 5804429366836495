"""Label names: their order is part of what a model says."""

import pytest

from angelshare.core.errors import LabelError
from angelshare.models.declared_task import check_label_order


def test_labels_in_another_order_are_refused():
    """Both orders are named."""
    check_label_order(("no", "yes"), ("no", "yes"), who="it", where="data")
    with pytest.raises(LabelError, match=r"\['yes', 'no'\].*\['no', 'yes'\], in another order"):
        check_label_order(("yes", "no"), ("no", "yes"), who="it", where="data")
    with pytest.raises(LabelError, match="and not these"):
        check_label_order(("yes", "maybe"), ("no", "yes"), who="it", where="data")
