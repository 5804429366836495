"""Chvasta et al. 2022, Lost in Distillation: its studies, claims and figures."""
