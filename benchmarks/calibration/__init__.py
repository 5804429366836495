"""Simulations that show whether intervals cover, verdicts are right, and power is what it is said to be."""
