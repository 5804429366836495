"""The content of charts, and its places."""
