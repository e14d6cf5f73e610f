"""The Labels screen: layouts, what they make of real things, and their text."""
