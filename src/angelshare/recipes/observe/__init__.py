"""Who is compared, opened and observed."""
