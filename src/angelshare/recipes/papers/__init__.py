"""The papers' own figures, and the studies that reproduce them."""
