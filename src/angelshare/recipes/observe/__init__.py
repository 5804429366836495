"""The first two steps of every comparison: open its members, and observe what they answer."""
