"""`station simulate`: stations at work under faults, and the proof that nothing came of them."""
