"""Labels: one description in millimetres, drawn as PDF, for thermal printers and as a preview."""
