"""Warehouse App: a desktop for the people who run an e-commerce warehouse."""

__version__ = "0.1.0"
