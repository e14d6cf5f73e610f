"""Pick lists, packing slips, count sheets and labels: data in, bytes (PDF, ZPL) out."""
