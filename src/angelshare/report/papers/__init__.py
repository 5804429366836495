"""A paper's claims and numbers beside ours."""
