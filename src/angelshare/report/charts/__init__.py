"""What the charts draw, and where."""
