"""Labels as TSPL for the thermal printers of TSC and of those that speak as they do.

TSPL has no harmless way to write any text between its quotation marks, each make has other typefaces, and makes differ
in how they mix a bitmap with what is there. So the whole label is sent as one bitmap: the very dots of the preview.
"""

from warehouse_app.documents.labels.dots import Resolution, label_as_image
from warehouse_app.documents.labels.model import Label

GAP_MM = 2.0
_OVERWRITE = 0


def label_as_tspl(label: Label, resolution: Resolution = Resolution.DPI_203, gap_mm: float = GAP_MM) -> bytes:
    """One label with its size, from SIZE to PRINT; `gap_mm` is between two labels of the roll. Raises CodeTooWide."""
    width, height = label.size_mm
    image = label_as_image(label, resolution)
    row_bytes = (image.width + 7) // 8
    head = (
        f"SIZE {width:g} mm,{height:g} mm", f"GAP {gap_mm:g} mm,0 mm", "DIRECTION 1", "REFERENCE 0,0", "CLS",
        f"BITMAP 0,0,{row_bytes},{image.height},{_OVERWRITE},",
    )  # fmt: skip
    # A set bit is white here, as in the image; the dots that fill the last byte of a row lie beside the label.
    return "\r\n".join(head).encode() + image.tobytes() + b"\r\nPRINT 1,1\r\n"
