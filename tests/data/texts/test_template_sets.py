"""Text sets made from templates."""

from angelshare.data.texts.template_sets import TemplateText, template_set


def test_columns_give_slices_and_clusters_codes():
    """The template is a column and no slice."""
    rows = [
        TemplateText("1", "a deaf baker", 0, "x", "[IDENTITY] baker", {"identity": "deaf"}),
        TemplateText("2", "a blind fool", 1, "y", "[IDENTITY] fool", {"identity": "blind"}),
        TemplateText("3", "a deaf fool", 1, "y", "[IDENTITY] fool", {"identity": "deaf"}),
    ]
    texts = template_set("bakers", ("kind", "rude"), rows)
    assert texts.truth.tolist() == [0, 1, 1]
    assert texts.clusters.tolist() == [0, 1, 1]
    assert {name: mask.tolist() for name, mask in texts.slices.items()} == {
        "identity=deaf": [True, False, True],
        "identity=blind": [False, True, False],
    }
    assert texts.columns["template"].tolist() == ["[IDENTITY] baker", "[IDENTITY] fool", "[IDENTITY] fool"]
    assert all(mask.dtype == bool for mask in texts.slices.values())
