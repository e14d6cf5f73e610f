"""The shared SQL database: its tables, types and queries, the engine and the transaction."""
