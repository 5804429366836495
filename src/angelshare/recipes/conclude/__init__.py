"""From what was measured to what is written: statements, and the answers kept beside them."""
