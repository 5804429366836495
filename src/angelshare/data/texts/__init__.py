"""Text sets: found, labelled, joined, cleared of leaks."""
