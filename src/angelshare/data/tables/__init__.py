"""Tables as users have them: files, their kinds, their columns."""
