"""The same operations from a terminal: one file a group of commands."""
