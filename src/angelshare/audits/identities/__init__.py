"""Measures identity by identity, and means over identities."""
