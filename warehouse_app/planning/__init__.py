"""The arithmetic of good plans: values in, values out, no clock, no I/O, standard library only."""
