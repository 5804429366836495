"""The loss statement: its schema, how it is built, and gates."""
