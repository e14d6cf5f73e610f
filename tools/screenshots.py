"""Draw the desktop without a screen: `python -m tools.screenshots`, or `python -m tools.screenshots gallery FOLDER`.

One PNG is written for every moment, window size, theme and language: by default of the real screens, at work on the
sample's busy day; the gallery shows the shared widgets with invented contents.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tools.gallery import COMPARE, DONE, NEXT, STOP, WRONG, GalleryPicture, PackingPicture
from tools.real_screens import ALL_FORMATS, take_all
from warehouse_app.language import mark
from warehouse_app.ui.main_window import MainWindow
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.scan_bus import ScanBus
from warehouse_app.ui.screen import Screen, ScreenEntry
from warehouse_app.ui.tasks import Tasks
from warehouse_app.ui.theme import DARK, LIGHT, Look, Tone, scale_for, use_look
from warehouse_app.ui.widgets import StatusView

SIZES = ((1366, 768), (1920, 1080))
THEMES = {"light": LIGHT, "dark": DARK}
MOMENTS: dict[str, Callable[[], Screen]] = {
    "packing-next": lambda: PackingPicture(NEXT),
    "packing-wrong": lambda: PackingPicture(WRONG, COMPARE),
    "packing-stop": lambda: PackingPicture(STOP),
    "packing-done": lambda: PackingPicture(DONE, closable=True),
    "widgets": GalleryPicture,
}
STATUS = (
    StatusView("sync", "cloud-ok", "Synced 12 s ago, 0 waiting", Tone.OK),
    StatusView("scanner", "scan", "Scanner ready", Tone.OK),
    StatusView("printer", "printer", "Label printer out of paper", Tone.WARN),
    StatusView("scale", "weight", "Scale stable", Tone.OK),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=("screens", "gallery"), nargs="?", default="screens")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("out/screenshots"))
    parser.add_argument("--only", default="", help="gallery: draw only the moments whose name contains this")
    parser.add_argument("--quick", action="store_true", help="screens: one size, theme and language")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    formats = ALL_FORMATS[:1] if arguments.quick else ALL_FORMATS
    screens = arguments.mode == "screens"
    paths = take_all(app, arguments.folder, formats) if screens else gallery(app, arguments.folder, arguments.only)
    for path in paths:
        print(path)


def gallery(app: QApplication, folder: Path, only: str = "") -> Iterator[Path]:
    """Draw every moment in both sizes and themes; yields the files."""
    for (name, make), (width, height), (theme, colours) in product(MOMENTS.items(), SIZES, THEMES.items()):
        if only in name:
            use_look(app, Look(colours, scale_for(width, height)))
            path = folder / f"{name}-{width}x{height}-{theme}.png"
            with tempfile.TemporaryDirectory() as settings:
                window = sample_window(make, Path(settings) / "window.ini")
                window.resize(width, height)
                window.show()
                for _ in range(3):
                    app.processEvents()
                window.grab().save(str(path))
                window.close()
            yield path


def sample_window(make: Callable[[], Screen], settings: Path) -> MainWindow:
    """A main window around one screen, with settings that are thrown away."""
    entries = (
        ScreenEntry("packing", mark("Packing"), "packing", make),
        ScreenEntry("today", mark("Today"), "today", Screen),
    )
    window = MainWindow(entries, ScanBus(), Preferences(settings), Tasks(), version="0.1.0")
    for view in STATUS:
        window.status.show_status(view)
    return window


if __name__ == "__main__":
    main()
