"""From results to files: statements, their pages, and the answers kept beside them."""
