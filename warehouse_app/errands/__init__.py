"""Work outside, scheduled or asked for: the loop, its intents and their results."""
