"""Decisions: one function for each thing a person decides, recorded whole or not at all."""
