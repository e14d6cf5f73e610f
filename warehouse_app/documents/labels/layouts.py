"""Where layouts lie: those that come with the program, and a folder of one's own whose layouts come first."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from warehouse_app.documents.labels.kinds import require_known_names
from warehouse_app.documents.labels.layout import SUFFIX, Layout, read_layout
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.resources import resource_path

DEFAULTS = {
    "shipping": "shipping-4x6in",
    "carton": "carton-content-4x6in",
    "product": "product-50x30",
    "location": "location-100x50",
    "tote": "tote-100x50",
    "pallet": "pallet-105x148",
    "badge": "badge-86x54",
}
"""The layout of each kind that is used unless a station has chosen another."""

_CHOSEN = "usual.json"
"""Beside the own layouts: the names of those that a station uses, by kind."""

LONGEST_NAME = 60


class LayoutExists(WarehouseError):
    """There is a layout of this name already."""

    message = mark("There is a layout {name} already ({file}). Choose another name.")


class NameNotUsable(WarehouseError, ValueError):
    """A name that cannot be a file's in every system."""

    message = mark("{name} cannot be a layout's name: use letters, digits and hyphens.")


class LayoutLibrary:
    """The layouts that can be used here."""

    def __init__(self, own: Path | None = None) -> None:
        self._own = own

    def names(self) -> list[str]:
        """The names of all layouts."""
        folders = [built_in_folder(), *([self._own] if self._own is not None and self._own.is_dir() else [])]
        return sorted({path.stem for folder in folders for path in folder.glob(f"*{SUFFIX}")})

    def is_own(self, name: str) -> bool:
        """Whether a layout lies in the own folder."""
        return self._own is not None and (self._own / f"{name}{SUFFIX}").is_file()

    def layout(self, name: str) -> Layout:
        """A layout by its name. Raises NotFound, and LayoutNotValid."""
        return checked_layout(self.path(name))

    def usual(self, kind: str) -> str:
        """The name of the layout that labels of this kind have here, unless another is asked for."""
        chosen = self._chosen().get(kind)
        return chosen if isinstance(chosen, str) and chosen in self.names() else DEFAULTS[kind]

    def use(self, name: str) -> str:
        """Make a layout the usual one of its kind, which it gives. Raises NotFound, LayoutNotValid, OSError."""
        assert self._own is not None
        kind = self.layout(name).kind
        chosen = {**self._chosen(), kind: name}
        self._own.mkdir(parents=True, exist_ok=True)
        part = self._own / f"{_CHOSEN}.part"
        part.write_text(json.dumps(chosen, indent=1), encoding="utf-8")
        part.replace(self._own / _CHOSEN)
        return kind

    def copy(self, name: str, new_name: str) -> Path:
        """Copy a layout into the own folder under a new name. Raises NotFound, LayoutExists, NameNotUsable, OSError."""
        assert self._own is not None
        source, target = self.path(name), self.path_for(new_name)
        self._own.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        return target

    def _chosen(self) -> Mapping[str, object]:
        """A file that somebody has spoilt chooses nothing."""
        if self._own is None:
            return {}
        try:
            found = json.loads((self._own / _CHOSEN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def path_for(self, new_name: str) -> Path:
        """The file that a new own layout of this name would have. Raises LayoutExists, NameNotUsable."""
        assert self._own is not None
        if not new_name.replace("-", "").isalnum() or not new_name.isascii() or len(new_name) > LONGEST_NAME:
            raise NameNotUsable(name=new_name)
        target = self._own / f"{new_name}{SUFFIX}"
        if target.exists() or new_name.lower() in (name.lower() for name in self.names()):
            raise LayoutExists(name=new_name, file=str(target))
        return target

    def path(self, name: str) -> Path:
        """The file of a layout. Raises NotFound."""
        if name in self.names():
            own = self._own / f"{name}{SUFFIX}" if self._own is not None else None
            return own if own is not None and own.is_file() else built_in_folder() / f"{name}{SUFFIX}"
        raise NotFound(thing=mark("layout"), name=name)


def built_in_folder() -> Path:
    """The layouts that come with the program."""
    return resource_path("labels")


@lru_cache(maxsize=64)
def built_in(name: str) -> Layout:
    """One of them, read once."""
    return read_layout(built_in_folder() / f"{name}{SUFFIX}")


def checked_layout(path: Path) -> Layout:
    """A layout whose names are all known. Raises LayoutNotValid."""
    layout = read_layout(path)
    require_known_names(layout, path.name)
    return layout
