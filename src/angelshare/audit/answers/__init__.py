"""What is read off answers: decisions, confidence, flips, exemplars, partners, time."""
