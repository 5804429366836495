"""Texts in, predictions in: loading, catalogue, leakage, augmentation."""
