"""Numbers and verdicts in words."""
