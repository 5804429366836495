"""Remedies for a loss after training, without touching a network."""
