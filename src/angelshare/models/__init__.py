"""What runs a network, and the runner that observes it."""
