"""The folder of a run: its stages, its journal, and the machine that it ran on."""
