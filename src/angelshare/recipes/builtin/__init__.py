"""The recipes that come with this package."""
