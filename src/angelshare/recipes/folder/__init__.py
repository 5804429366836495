"""What a run leaves behind: stages, kept predictions, statements, logs."""
