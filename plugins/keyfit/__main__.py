"""`python -m keyfit` is the command line."""

from keyfit.hosts.cli import main

main()
