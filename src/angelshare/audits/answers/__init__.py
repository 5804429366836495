"""Measures of answers, item by item: decisions, confidence, flips, exemplars, partners, likelihoods, time."""
