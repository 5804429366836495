"""Small encoders, one of each family that can be cut."""

import torch
from transformers import AutoModelForSequenceClassification, BertConfig, DistilBertConfig, ElectraConfig, RobertaConfig

_SHARED = {
    "hidden_size": 16,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "vocab_size": 30,
    "max_position_embeddings": 20,
}

SMALL_ENCODERS = {
    "bert": BertConfig(**_SHARED),
    "roberta": RobertaConfig(**_SHARED, pad_token_id=1),
    "electra": ElectraConfig(**_SHARED, embedding_size=8),
    "electra, embeddings as wide": ElectraConfig(**_SHARED, embedding_size=16),
    "distilbert": DistilBertConfig(
        dim=16, n_layers=4, n_heads=2, hidden_dim=64, vocab_size=30, max_position_embeddings=20
    ),
}


def small_encoder(name: str):
    """Return a classifier with random weights, the same ones always, so large that every head matters."""
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_config(SMALL_ENCODERS[name]).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(5)
    return model
