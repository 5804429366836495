"""A paper's study carried out: its recipes run, its suite measured, its claims held against what came out."""
