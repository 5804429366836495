"""One folder for each paper: its study, its claims and its figures."""
