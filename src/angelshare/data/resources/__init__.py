"""Lists, cards and templates that the package brings."""
