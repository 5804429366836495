"""The nouns that every other package speaks in; no input, no output, no model."""
