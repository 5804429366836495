"""The package's own text sets, by name: they need no file and no network."""

from dataclasses import replace

from angelshare.core.errors import InputError
from angelshare.core.factories import Registry, unknown_name
from angelshare.core.text import TextBatch
from angelshare.data.texts.catalog import catalog_card
from angelshare.data.texts.textset import Splits, TextSet, content_sha256

GENERATED = Registry(
    "generated set",
    {
        "demo": "angelshare.data.made.synthetic:demo_splits",
        "identity_swaps": "angelshare.data.identities.swaps:identity_swaps",
        "short_synthetic": "angelshare.data.made.short_synthetic:short_synthetic",
        "functional_suite": "angelshare.data.made.functional_suite:functional_suite",
    },
)


def generated_splits(name: str) -> Splits:
    """Return a generated set by roles; all but the demo have a test split alone.

    Raises:
        InputError: if there is none of that name.
    """
    made: Splits | TextSet = GENERATED.get(name)()
    if isinstance(made, Splits):
        return made
    roles = {"test": made}
    card = replace(catalog_card(name).data_card(name), sha256=content_sha256(roles))
    return Splits(card, {"test": made}, from_templates=True)


def generated_texts(name: str, split: str | None) -> tuple[Splits, tuple[str, ...], TextBatch]:
    """Return a generated set, and the ids and texts of one of its splits; None takes all.

    Raises:
        InputError: if there is no such set or split.
    """
    splits = generated_splits(name)
    sets: dict[str, TextSet] = {**{str(role): texts for role, texts in splits.roles.items()}, **splits.extra}
    if split is not None and split not in sets:
        raise InputError(unknown_name(f"split of {name}", split, sets))
    chosen = [sets[each] for each in ([split] if split else sets)]
    ids = tuple(item for texts in chosen for item in texts.ids)
    return splits, ids, TextBatch(tuple(text for texts in chosen for text in texts.batch.texts))
