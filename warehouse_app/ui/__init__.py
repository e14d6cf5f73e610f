"""The screens: one folder a screen, with shared widgets, the theme and the task helper."""
