"""What can be done about a loss after training, without touching a network."""
