"""Groups of people in texts: their names, mentions and swaps."""
