"""Registration of the word networks with `transformers`."""

from collections.abc import Callable, Mapping

from transformers import AutoConfig, AutoModelForSequenceClassification

from angelshare.models.bag import MlpConfig, MlpForSequenceClassification
from angelshare.models.bilstm import BilstmConfig, BilstmForSequenceClassification
from angelshare.models.cnn import CnnConfig, CnnForSequenceClassification
from angelshare.models.word_network import WordConfig, WordNetwork

WORD_NETWORKS: Mapping[str, tuple[type[WordConfig], Callable[..., WordNetwork]]] = {
    "mlp": (MlpConfig, MlpForSequenceClassification),
    "bilstm": (BilstmConfig, BilstmForSequenceClassification),
    "cnn": (CnnConfig, CnnForSequenceClassification),
}
"""Kind of student -> its configuration and its network."""


def register_word_networks() -> None:
    """Register every word network with `AutoConfig` and `AutoModelForSequenceClassification`."""
    for config, network in WORD_NETWORKS.values():
        AutoConfig.register(config.model_type, config)
        AutoModelForSequenceClassification.register(config, network)
