"""The packing bench: scans and keys in, what is packed and what comes next on screen."""
