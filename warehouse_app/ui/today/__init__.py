"""The first page: what is late, what is stuck, what is next."""
