"""Simulations: do intervals cover, are verdicts right, and is the power as stated?"""
