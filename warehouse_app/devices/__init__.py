"""Scanners, scales and label printers: one reader thread a port and plain callbacks."""
