"""Scripts for those who work on the program; not part of what is installed."""
