"""What is drawn and read behind the screen: plain functions, run off the UI thread."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse_app.documents.labels.dots import LabelTooLarge, Resolution
from warehouse_app.documents.labels.filling import Values
from warehouse_app.documents.labels.kinds import KINDS, in_both_languages
from warehouse_app.documents.labels.layout_fields import LayoutNotValid
from warehouse_app.documents.labels.layout_places import line_of_error, line_of_item
from warehouse_app.documents.labels.proof import Proof, layout_of, prove
from warehouse_app.documents.labels.shipping import ShippingLabel, shipping_values
from warehouse_app.documents.labels.writing import WRITERS
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.label_things import CartonToShip, carton_to_ship, thing_called
from warehouse_app.operations.label_values import label_values
from warehouse_app.station.printing import write_whole
from warehouse_app.station.printouts import postal

Transaction = Any
"""Whatever the database hands to operations; screens only pass it on."""


class FileNotWritten(WarehouseError):
    """A label that was to be saved as a file."""

    message = mark("{file} cannot be written: {reason}.")


class FormatNotKnown(WarehouseError):
    """A file whose name does not tell what is to be in it."""

    message = mark("{file}: the name must end in {known}, which tells what is written.")


SMALLER = (2, 4)
SMALLEST = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A text to be looked at, as if it stood in this file; `values` are of a real thing of `kind`, or an example."""

    text: str
    path: Path
    resolution: Resolution
    kind: str = ""
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Dots:
    """A picture in shades of grey, a byte each: the dots themselves, or several of them mixed to one."""

    width: int
    height: int
    shades: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """What was made of it: a proof with its picture, or the error and its line (0: not known)."""

    asked: Asked
    proof: Proof | None = None
    dots: tuple[Dots, ...] = ()
    """The label's dots, then the same at smaller sizes, which a screen with less room begins from."""
    error: LayoutNotValid | None = None
    line: int = 0

    @property
    def is_real(self) -> bool:
        """Whether it shows a real thing, not the example."""
        asked = self.asked
        return self.proof is not None and asked.values is not None and asked.kind == self.proof.layout.kind

    @property
    def values(self) -> Values:
        """What the label says, by the names that layouts use."""
        assert self.proof is not None
        if self.asked.values is not None and self.is_real:
            return self.asked.values
        return KINDS[self.proof.layout.kind].example

    @property
    def may_print(self) -> bool:
        """Whether the label is whole and every code on it was read."""
        return self.proof is not None and self.proof.may_print

    def line_of(self, item: int) -> int:
        """The line on which an item of the layout begins."""
        return line_of_item(self.asked.text, item)


def look_at(asked: Asked) -> Look:
    """Draw and check."""
    try:
        layout = layout_of(asked.text, asked.path)
    except LayoutNotValid as error:
        return Look(asked, error=error, line=line_of_error(asked.text, error))
    values = asked.values if asked.values is not None and asked.kind == layout.kind else KINDS[layout.kind].example
    proof = prove(layout, values, asked.resolution)
    try:
        image = proof.image().convert("L")
    except LabelTooLarge as error:
        refused = LayoutNotValid(file=asked.path.name, place="the head, size_mm", reason=str(error).removesuffix("."))
        return Look(asked, error=refused, line=line_of_error(asked.text, refused))
    sizes = (image, *(image.reduce(times) for times in SMALLER if min(image.size) > times * SMALLEST))
    return Look(asked, proof, tuple(Dots(one.width, one.height, one.tobytes()) for one in sizes))


def values_of(tx: Transaction, kind: str, typed: str) -> Values:
    """What the label of a real thing says, called by its name or by a code of it. Raises NotFound."""
    name = thing_called(tx, kind, typed)
    if kind == "shipping":
        return shipping_values(_shipping_label(carton_to_ship(tx, name)))
    return in_both_languages(label_values(tx, kind, [name])[0])


def write_label(proof: Proof, path: Path) -> Path:
    """Write the label in the format that the file's name tells. Raises FormatNotKnown, FileNotWritten."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise FormatNotKnown(file=path.name, known=", ".join(WRITERS))
    try:
        write_whole(path, writer([proof.label], proof.resolution))
    except OSError as error:
        raise FileNotWritten(file=str(path), reason=error.strerror or str(error)) from error
    return path


def _shipping_label(carton: CartonToShip) -> ShippingLabel:
    return ShippingLabel(
        sender=postal(carton.sender),
        ship_to=postal(carton.ship_to),
        carrier=carton.carrier_name,
        service=carton.service_name,
        order_no=carton.order_no,
        sscc=carton.sscc,
        ship_on=carton.shipped_on,
        weight_g=carton.weight_g,
        carton_no=carton.number,
        cartons=0,
    )
