"""What `import angelshare as ash` gives: one function for each command, and the statement that it answers with."""
