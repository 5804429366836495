"""From a recipe to a statement: the one place that wires all."""
