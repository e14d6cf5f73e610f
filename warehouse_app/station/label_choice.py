"""Which layout a label is printed with: the loaded stock decides."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from warehouse_app.documents.labels.layout import Layout
from warehouse_app.documents.labels.layout_fields import LayoutNotValid
from warehouse_app.documents.labels.layouts import LayoutLibrary
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.station.printers import PrinterDescription, Size, StockDoesNotFit, fits, size_text

OWN_LAYOUTS = "layouts"
"""The folder within the station's own in which a supervisor's layouts lie."""


class OtherKind(WarehouseError):
    """A layout of another kind of label than the one asked for."""

    message = mark("The layout {layout} is for labels of the kind {is_for}, not {kind}.")


class StationLayouts:
    """The layouts of this station, each read once; make a new one to see what was changed since."""

    def __init__(self, home: Path) -> None:
        self._library = LayoutLibrary(home / OWN_LAYOUTS)
        self._read: dict[str, Layout] = {}
        self._chosen: dict[tuple[str, str, Size | None], Layout] = {}

    def choose(self, kind: str, name: str, printer: PrinterDescription | None) -> Layout:
        """The layout of this name, or else the one of this kind for what is loaded in a printer, or the usual one.

        Raises StockDoesNotFit when none fits, OtherKind, NotFound, LayoutNotValid.
        """
        key = kind, name, printer.stock_mm if printer else None
        if key not in self._chosen:
            self._chosen[key] = self._choose(kind, name, printer)
        return self._chosen[key]

    def _choose(self, kind: str, name: str, printer: PrinterDescription | None) -> Layout:
        usual = self._layout(name or self._library.usual(kind))
        if usual.kind != kind:
            raise OtherKind(layout=usual.name, is_for=usual.kind, kind=kind)
        if printer is None or printer.takes(usual.size_mm):
            return usual
        fitting = [] if name else [one for one in self._all(kind) if fits(one.size_mm, printer.stock_mm)]
        if not fitting:
            raise StockDoesNotFit(
                document=usual.title, size=size_text(usual.size_mm), printer=printer.name,
                stock=size_text(printer.stock_mm),
            )  # fmt: skip
        # Of two that fit the larger one uses what is loaded.
        return max(fitting, key=lambda one: (one.size_mm[0] * one.size_mm[1], one.name))

    def _all(self, kind: str) -> Iterable[Layout]:
        for name in self._library.names():
            # A layout that somebody is still changing is no reason for another label not to be printed.
            with suppress(LayoutNotValid):
                layout = self._layout(name)
                if layout.kind == kind:
                    yield layout

    def _layout(self, name: str) -> Layout:
        if name not in self._read:
            self._read[name] = self._library.layout(name)
        return self._read[name]
