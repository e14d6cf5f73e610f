"""Files that travel with the program: fonts, icons, sounds, words and the sample warehouse."""

from pathlib import Path

_FOLDER = Path(__file__).parent


def resource_path(name: str) -> Path:
    """The file of this name below the resources folder, in a checkout, a wheel or a frozen build alike."""
    return _FOLDER / name
