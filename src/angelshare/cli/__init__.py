"""The command line: every command parses its arguments, calls one function, prints, and ends with an exit code."""
