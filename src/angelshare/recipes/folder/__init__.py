"""What a run leaves behind while it works: stages, the journal, and the machine's card."""
