"""Numbers only: intervals and tests for paired comparisons."""
