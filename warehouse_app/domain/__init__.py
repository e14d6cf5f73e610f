"""The rules of the trade: frozen dataclasses and pure functions, with no clock and no input or output."""
