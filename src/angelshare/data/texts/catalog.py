"""Cards of the data sets known by name: origin, description, content."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import Field

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.protocols import DataCard
from angelshare.core.strict import Strict
from angelshare.core.task import Role, Task

FOLDER_VARIABLE = "ANGELSHARE_DATA"
"""The environment variable that names the folder of local copies."""


class CatalogCard(Strict):
    """All that is known of a data set.

    Attributes:
        about: its description and purpose.
        source: the repository (and file) of which the local copy was made.
        revision: of the source; None where unknown.
        file: that of the local copy, below the folder ANGELSHARE_DATA; None where there is none.
        files: all of them, with their sha256.
        sha256: `content_sha256` of the set as loaded; None for sets without texts to classify.
        licence, hazards: in words.
        task: None for sets without use for classifiers.
        labels: in index order.
        positive: of binary sets, the label of rates and AUCs.
        columns: the house's name -> the file's.
        where: column -> value in the rows of this set; all rows where there is none.
        masked: the column whose value, masked in the text, leaves the text's template; None where the set names them.
        roles: role -> the file's split, where their names differ.
        slices: columns to slice by, or patterns of them.
        from_templates: whether it was written from templates or generated, so that shared runs are no leaks.
        hub: the id on the Hugging Face hub, for want of a local copy; unpinned: its revision is unknown.
        hub_config, hub_columns: its configuration and column names there.
        homepage: another description.
        stands_in_for: the catalogued sets for which it is taken where they are not at hand; see `data.suites`.
    """

    about: str
    source: str
    revision: str | None = None
    file: str | None = None
    files: dict[str, str] = Field(default_factory=dict)
    sha256: str | None = None
    licence: str
    hazards: str = "none known"
    task: Task | None = None
    labels: tuple[str, ...] = ()
    positive: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    where: dict[str, str] = Field(default_factory=dict)
    masked: str | None = None
    roles: dict[Role, str] = Field(default_factory=dict)
    slices: tuple[str, ...] = ()
    from_templates: bool = False
    hub: str | None = None
    hub_config: str | None = None
    hub_columns: dict[str, str] = Field(default_factory=dict)
    homepage: str = ""
    stands_in_for: tuple[str, ...] = ()

    def data_card(self, name: str, *, from_hub: bool = False) -> DataCard:
        """Return the statement's card of the set: of the copy, or of the hub's."""
        return DataCard(
            name=name,
            source=f"hub: {self.hub}" if from_hub else self.source,
            revision=None if from_hub else self.revision,
            sha256=self.sha256,
            licence=self.licence,
            hazards=self.hazards,
            homepage=f"https://huggingface.co/datasets/{self.hub}" if self.hub else self.homepage,
            notes=("The revision is not pinned.",) if from_hub or self.revision is None else (),
        )


@cache
def catalog() -> Mapping[str, CatalogCard]:
    """Return every card by name."""
    cards = yaml.safe_load(files("angelshare.data.resources").joinpath("cards.yaml").read_text("utf-8"))
    return {name: CatalogCard.model_validate(card) for name, card in cards.items()}


def catalog_card(name: str) -> CatalogCard:
    """Return one card.

    Raises:
        InputError: if there is none of that name; the nearest name is told.
    """
    cards = catalog()
    if name not in cards:
        raise InputError(unknown_name("data set", name, cards))
    return cards[name]
