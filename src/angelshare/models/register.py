"""Registration of the word networks with `transformers`."""

from transformers import AutoConfig, AutoModelForSequenceClassification

from angelshare.models.bag import MlpConfig, MlpForSequenceClassification
from angelshare.models.bilstm import BilstmConfig, BilstmForSequenceClassification
from angelshare.models.cnn import CnnConfig, CnnForSequenceClassification

WORD_NETWORKS = (
    (MlpConfig, MlpForSequenceClassification),
    (BilstmConfig, BilstmForSequenceClassification),
    (CnnConfig, CnnForSequenceClassification),
)


def register_word_networks() -> None:
    """Register every word network with `AutoConfig` and `AutoModelForSequenceClassification`."""
    for config, network in WORD_NETWORKS:
        AutoConfig.register(config.model_type, config)
        AutoModelForSequenceClassification.register(config, network)
