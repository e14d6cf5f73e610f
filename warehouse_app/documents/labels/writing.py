"""Labels as files: by the end of a file's name it is known what is written."""

import io
from collections.abc import Callable, Mapping, Sequence

from warehouse_app.documents.labels.dots import Resolution, label_as_image
from warehouse_app.documents.labels.model import Label
from warehouse_app.documents.labels.pdf import labels_as_pdf
from warehouse_app.documents.labels.tspl import label_as_tspl
from warehouse_app.documents.labels.zpl import label_as_zpl


def _as_png(labels: Sequence[Label], resolution: Resolution) -> bytes:
    """A picture of the first label as it leaves the printer."""
    file = io.BytesIO()
    label_as_image(labels[0], resolution).save(file, "PNG", dpi=(resolution.value, resolution.value))
    return file.getvalue()


WRITERS: Mapping[str, Callable[[Sequence[Label], Resolution], bytes]] = {
    ".pdf": lambda labels, _: labels_as_pdf(labels),
    ".png": _as_png,
    ".zpl": lambda labels, dpi: b"".join(label_as_zpl(label, dpi) for label in labels),
    ".tspl": lambda labels, dpi: b"".join(label_as_tspl(label, dpi) for label in labels),
}
"""What can be written, by the end of the file's name. There must be at least one label; all must have been checked."""
