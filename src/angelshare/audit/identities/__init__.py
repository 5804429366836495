"""What is measured identity by identity."""
