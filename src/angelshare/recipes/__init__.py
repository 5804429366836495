"""From a recipe to a statement: the one room that connects all others."""
