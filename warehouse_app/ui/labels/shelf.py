"""The layouts of a station, and the texts that are being changed: read and written off the UI thread."""

from dataclasses import dataclass
from pathlib import Path

from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.documents.labels.layout import SUFFIX
from warehouse_app.documents.labels.layout_fields import LayoutNotValid
from warehouse_app.documents.labels.layouts import LayoutLibrary
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import language_in_use, mark
from warehouse_app.station.printing import write_whole

OWN_LAYOUTS = "layouts"
DRAFTS = ".drafts"
"""Changes that are not saved yet lie here, so that neither another screen nor a power cut takes them away."""


class LayoutNotWritten(WarehouseError):
    """The folder of own layouts cannot be written."""

    message = mark("{file} cannot be written ({reason}). Free the disk or mend its rights; your text is still here.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A layout as the list shows it; one that cannot be read has an error and no size."""

    name: str
    kind: str
    title: str
    size_mm: tuple[float, float]
    own: bool
    usual: bool
    unsaved: bool
    error: LayoutNotValid | None = None


@dataclass(frozen=True, slots=True)
class LayoutText:
    """The text of a layout: as its file has it, and as somebody left it unsaved."""

    name: str
    path: Path
    own: bool
    saved: str
    unsaved: str | None = None


class Shelf:
    """The layouts that can be used at a station, which keeps its own ones in its folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / OWN_LAYOUTS
        self._library = LayoutLibrary(self.folder)

    def listed(self) -> tuple[Listed, ...]:
        """All of them by kind, the kinds in their usual order; those that cannot be read are at the end."""
        order = {kind: place for place, kind in enumerate(KINDS)}
        found = [self._listed(name) for name in self._library.names()]
        return tuple(sorted(found, key=lambda one: (order.get(one.kind, len(order)), one.own, not one.usual, one.name)))

    def read(self, name: str) -> LayoutText:
        """The text of a layout. Raises NotFound, LayoutNotValid."""
        path, own, draft = self._library.path(name), self._library.is_own(name), self._draft(name)
        try:
            # What is no UTF-8 is shown with its place taken by a sign, and refused by the check.
            saved = path.read_text(encoding="utf-8", errors="replace")
            unsaved = draft.read_text(encoding="utf-8") if own and draft.is_file() else None
        except (OSError, UnicodeDecodeError) as error:
            raise LayoutNotValid(file=path.name, place="-", reason=str(error)) from error
        return LayoutText(name, path, own, saved, unsaved)

    def copy(self, name: str, new_name: str) -> str:
        """Copy a layout, and give the new name. Raises NotFound, LayoutExists, NameNotUsable, LayoutNotWritten."""
        try:
            self._library.copy(name, new_name)
        except OSError as error:
            raise _not_written(self.folder, error) from error
        return new_name

    def use(self, name: str) -> str:
        """Make a layout the usual one of its kind at this station, and give its name. Raises as `copy` does."""
        try:
            self._library.use(name)
        except OSError as error:
            raise _not_written(self.folder, error) from error
        return name

    def require_free(self, new_name: str) -> None:
        """Whether a new layout may have this name. Raises LayoutExists, NameNotUsable."""
        self._library.path_for(new_name)

    def save(self, name: str, text: str) -> None:
        """Write the text of an own layout, which ends its unsaved one. Raises LayoutNotWritten."""
        self._write(self.folder / f"{name}{SUFFIX}", text)
        self._draft(name).unlink(missing_ok=True)

    def keep(self, name: str, text: str | None) -> None:
        """Keep a text that is not saved yet, or with None forget it. Raises LayoutNotWritten."""
        if text is None:
            self._draft(name).unlink(missing_ok=True)
        else:
            self._write(self._draft(name), text)

    def _write(self, path: Path, text: str) -> None:
        try:
            # Half a surrogate pair can be typed by no keyboard, but pasted.
            write_whole(path, text.encode("utf-8", "replace"))
        except OSError as error:
            raise _not_written(path, error) from error

    def _draft(self, name: str) -> Path:
        return self.folder / DRAFTS / f"{name}{SUFFIX}"

    def _listed(self, name: str) -> Listed:
        own = self._library.is_own(name)
        unsaved = own and self._draft(name).is_file()
        try:
            layout = self._library.layout(name)
        except LayoutNotValid as error:
            return Listed(name, "", name, (0, 0), own, usual=False, unsaved=unsaved, error=error)
        title = layout.title_zh if language_in_use() == "zh" and layout.title_zh else layout.title
        usual = self._library.usual(layout.kind) == name
        return Listed(name, layout.kind, title, layout.size_mm, own, usual, unsaved)


def _not_written(path: Path, error: OSError) -> LayoutNotWritten:
    return LayoutNotWritten(file=str(path), reason=error.strerror or str(error))
