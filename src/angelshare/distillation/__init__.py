"""Training students from transfer sets, and baselines from human labels."""
