"""`python -m angelshare` is the command line."""

from angelshare.cli.main import main

main()
