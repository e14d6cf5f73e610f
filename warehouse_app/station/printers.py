"""This station's printers: what each is, where it is reached, what is loaded, and what it prints.

Without any, documents go into the folder `labels` of the station, as PDF and ZPL.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from warehouse_app.devices.printers import CupsPrinter, FolderPrinter, NetworkPrinter, Printer, PrinterTrouble
from warehouse_app.devices.windows_printer import WindowsPrinter
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.station.file import StationFile

LANGUAGES = ("zpl", "tspl", "pdf")
DOCUMENTS = ("label", "packing_slip", "carton", "product", "location", "tote", "pallet", "badge", "sheet")
"""What a printer can be for: `label` is the shipping label, `sheet` any other page."""

PAGES = ("packing_slip", "sheet")
"""Those that are drawn on A4."""

PORT = 9100
LONGEST_NAME = 40
SMALLEST_MM, LARGEST_MM = 10.0, 600.0
LARGER_BY_MM = 0.5
"""So much larger than the stock a label may be: a measure rounded up."""
SMALLER_BY_MM = 3.0
"""So much smaller than the stock a label may be: 100 × 150 mm on a roll of 4 × 6 in."""

Size = tuple[float, float]
"""Width and height in millimetres."""


class PrinterNotValid(WarehouseError, ValueError):
    """A description that no printer can have."""

    message = mark("The printer {printer} cannot be set up: {field}: {reason}")


class PrinterExists(WarehouseError):
    """The name is taken."""

    message = mark("There is a printer {printer} already. Choose another name, or change that one.")


class StockDoesNotFit(WarehouseError):
    """The document is of another size than what is loaded."""

    message = mark(
        "{document} is {size} mm, but in the printer {printer} there is {stock} mm. Load that size and tell the station"
        " (printers change), or send it to another printer."
    )


@dataclass(frozen=True, slots=True)
class PrinterDescription:
    """A printer of this station, checked when it is made. Raises PrinterNotValid.

    `address` is tcp://host:9100, cups:QUEUE, windows:NAME or folder:PATH; `language` zpl, tspl or pdf. `width_mm` and
    `height_mm` are those of the loaded label or page. `prints` are some of DOCUMENTS. `neighbours` take over from it,
    the first that fits; with `hands_over` by themselves, as soon as it cannot print.
    """

    name: str
    address: str
    language: str = "zpl"
    dpi: int = 203
    width_mm: float = 101.6
    height_mm: float = 152.4
    prints: tuple[str, ...] = ("label",)
    neighbours: tuple[str, ...] = ()
    hands_over: bool = False

    def __post_init__(self) -> None:
        for field, reason in _faults(self):
            raise PrinterNotValid(printer=self.name or "?", field=field, reason=reason)

    @property
    def stock_mm(self) -> Size:
        """What is loaded."""
        return self.width_mm, self.height_mm

    @property
    def resolution(self) -> Resolution:
        """Its dots an inch."""
        return Resolution(self.dpi)

    def takes(self, size_mm: Size) -> bool:
        """Whether a document of this size can be printed on what is loaded."""
        return fits(size_mm, self.stock_mm)

    def require_room(self, document: str, size_mm: Size) -> None:
        """Raises StockDoesNotFit unless a document of this size can be printed on what is loaded."""
        if not self.takes(size_mm):
            raise StockDoesNotFit(
                document=document, size=size_text(size_mm), printer=self.name, stock=size_text(self.stock_mm)
            )

    def open(self) -> Printer:
        """The way to it; nothing is connected before something is sent."""
        kind, where = _split(self.address)
        if kind == "tcp":
            host, port = _host_and_port(where)
            return NetworkPrinter(host, port, speaks_zpl=self.language == "zpl")
        if kind == "cups":
            return CupsPrinter(where)
        return WindowsPrinter(where) if kind == "windows" else FolderPrinter(Path(where).expanduser())


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What a printer said when it was asked; `problem` is a translatable text, empty when it prints.

    `answers` is False for those that never say anything, such as a folder: then nothing is known.
    """

    printer: str
    problem: str = ""
    waiting: int = 0
    answers: bool = True

    @property
    def ready(self) -> bool:
        """Whether it prints, as far as it says."""
        return not self.problem

    @property
    def text(self) -> str:
        """For people, in the language in use."""
        if self.problem:
            return tr("It cannot print: {reason}.", reason=tr(self.problem))
        if not self.answers:
            return tr("It takes documents and says nothing of itself.")
        waiting = tr_n("{n} document lies in its memory.", "{n} documents lie in its memory.", self.waiting)
        return f"{tr('Ready.')} {waiting}" if self.waiting else tr("Ready.")


class PrinterBook:
    """The printers of this station, kept in its file. May be used from any thread."""

    def __init__(self, file: StationFile) -> None:
        self._file = file

    def list(self) -> tuple[PrinterDescription, ...]:
        """All of them, in the order in which they were added; the first that fits is used."""
        with self._file.turn():
            rows = self._file.connection.execute("SELECT content FROM printer ORDER BY place").fetchall()
        return tuple(_description(json.loads(text)) for (text,) in rows)

    def get(self, name: str) -> PrinterDescription:
        """A printer by its name. Raises NotFound."""
        found = next((one for one in self.list() if one.name == name), None)
        if found is None:
            raise NotFound(thing=mark("printer"), name=name)
        return found

    def add(self, printer: PrinterDescription) -> None:
        """Set a printer up. Raises PrinterExists, NotFound for a neighbour that is none, NotWritten."""
        known = [one.name for one in self.list()]
        if printer.name in known:
            raise PrinterExists(printer=printer.name)
        self._require_neighbours(printer, known)
        with self._file.transaction():
            self._file.connection.execute(
                "INSERT INTO printer (name, place, content) SELECT ?, coalesce(max(place), 0) + 1, ? FROM printer",
                (printer.name, _content(printer)),
            )

    def change(self, printer: PrinterDescription) -> None:
        """Replace the printer of this name. Raises NotFound for it or a neighbour, NotWritten."""
        self.get(printer.name)
        self._require_neighbours(printer, [one.name for one in self.list()])
        with self._file.transaction():
            self._keep(printer)

    def remove(self, name: str) -> None:
        """Forget a printer, also as a neighbour of others. Raises NotFound, NotWritten."""
        self.get(name)
        others = [one for one in self.list() if name in one.neighbours]
        with self._file.transaction():
            for one in others:
                self._keep(replace(one, neighbours=tuple(other for other in one.neighbours if other != name)))
            self._file.connection.execute("DELETE FROM printer WHERE name = ?", (name,))

    def printer_for(self, document: str, size_mm: Size | None = None) -> PrinterDescription | None:
        """The printer for such a document, of this size when one is given; None when none is set up for such.

        Raises StockDoesNotFit when those that are set up for it have something else loaded.
        """
        able = [one for one in self.list() if document in one.prints]
        if size_mm is None or not able:
            return able[0] if able else None
        fitting = [one for one in able if one.takes(size_mm)]
        if not fitting:
            able[0].require_room(document, size_mm)
        return fitting[0]

    def neighbours_of(self, printer: PrinterDescription, size_mm: Size | None = None) -> tuple[PrinterDescription, ...]:
        """Who can take over from it, the best first; with the same stock, or with room for this size."""
        known = {one.name: one for one in self.list()}
        wanted = size_mm or printer.stock_mm
        return tuple(known[name] for name in printer.neighbours if name in known and known[name].takes(wanted))

    def _keep(self, printer: PrinterDescription) -> None:
        self._file.connection.execute(
            "UPDATE printer SET content = ? WHERE name = ?", (_content(printer), printer.name)
        )

    @staticmethod
    def _require_neighbours(printer: PrinterDescription, known: Sequence[str]) -> None:
        for name in printer.neighbours:
            if name == printer.name:
                raise PrinterNotValid(
                    printer=printer.name, field="neighbours", reason=mark("a printer cannot take over from itself")
                )
            if name not in known:
                raise NotFound(thing=mark("printer"), name=name)


def state_of(printer: PrinterDescription) -> PrinterState:
    """Ask a printer how it is. This takes up to some seconds: never on a screen's own thread."""
    try:
        status = printer.open().status()
    except PrinterTrouble as trouble:
        return PrinterState(printer.name, str(trouble.values["reason"]), answers=False)
    if status is None:
        return PrinterState(printer.name, answers=False)
    return PrinterState(printer.name, status.problem, status.waiting)


def fits(size_mm: Size, stock_mm: Size) -> bool:
    """Whether something of this size can be printed on such stock: not larger, and not so small that it is another."""
    return all(
        -LARGER_BY_MM <= loaded - wanted <= SMALLER_BY_MM for wanted, loaded in zip(size_mm, stock_mm, strict=True)
    )


def size_text(size_mm: Size) -> str:
    """Width and height as people write them."""
    return f"{size_mm[0]:g} × {size_mm[1]:g}"


def parse_size(text: str) -> Size:
    """Two lengths in millimetres with an x between them, such as 101.6x152.4. Raises ValueError."""
    width, height = (float(part) for part in text.lower().replace("×", "x").split("x"))
    if not all(SMALLEST_MM <= side <= LARGEST_MM for side in (width, height)):
        raise ValueError(text)
    return width, height


def _faults(printer: PrinterDescription) -> Iterable[tuple[str, str]]:
    """The fields that are wrong, each with what it should be; the reasons are translatable."""
    name = printer.name
    if not name or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable() or "," in name:
        yield "name", mark("it has 1 to 40 characters, none of them a comma")
    yield from _faults_of_address(printer)
    if printer.language not in LANGUAGES:
        yield "language", mark("it is zpl, tspl or pdf")
    if printer.dpi not in list(Resolution):
        yield "dpi", mark("it is 203, 300 or 600")
    if not all(SMALLEST_MM <= side <= LARGEST_MM for side in printer.stock_mm):
        yield "stock", mark("width and height are 10 to 600 mm")
    if printer.language != "pdf" and set(printer.prints) & set(PAGES):
        yield "prints", mark("packing slips and other pages need a printer that speaks pdf")
    if not printer.prints or not set(printer.prints) <= set(DOCUMENTS):
        yield "prints", f"{', '.join(printer.prints) or '-'}: {', '.join(DOCUMENTS)}"


def _faults_of_address(printer: PrinterDescription) -> Iterable[tuple[str, str]]:
    kind, where = _split(printer.address)
    if not kind or not where.strip() or not where.isprintable() or where.startswith("-"):
        yield "address", mark("it is tcp://HOST:9100, cups:QUEUE, windows:NAME or folder:PATH")
    elif kind == "tcp" and not _host_and_port(where)[1]:
        yield "address", mark("its port is a number from 1 to 65535, as in tcp://192.168.1.40:9100")
    elif kind == "windows" and printer.language == "pdf":
        yield "language", mark("printers of Windows take zpl or tspl here, not pdf")


def _split(address: str) -> tuple[str, str]:
    for kind, start in (("tcp", "tcp://"), ("cups", "cups:"), ("windows", "windows:"), ("folder", "folder:")):
        if address.startswith(start):
            return kind, address.removeprefix(start)
    return "", address


def _host_and_port(where: str) -> tuple[str, int]:
    """The port is 0 when it is none."""
    host, colon, port = where.removesuffix("/").rpartition(":")
    if not colon or host.endswith(":") or where.endswith("]"):
        host, port = where.removesuffix("/"), str(PORT)
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= len("65535") else 0
    host = host.removeprefix("[").removesuffix("]")
    return host, number if 1 <= number <= 65_535 and host and "/" not in host else 0  # noqa: PLR2004 - the largest


def _description(content: dict[str, object]) -> PrinterDescription:
    """What was kept; fields that a newer release added are left out."""
    known = {name: value for name, value in content.items() if name in PrinterDescription.__dataclass_fields__}
    for name in ("prints", "neighbours"):
        known[name] = tuple(str(one) for one in known.get(name, ()))  # type: ignore[attr-defined]
    return PrinterDescription(**known)  # type: ignore[arg-type]


def _content(printer: PrinterDescription) -> str:
    return json.dumps(asdict(printer))
