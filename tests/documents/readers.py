"""Reads papers as a scanner and a person would: from the rendered page."""

import io
import re
import subprocess
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from PIL import Image


def page_image(pdf: bytes, folder: Path, *, page: int = 1, dpi: int = 300) -> Path:
    """One page as a grey picture; skips the test where poppler is not installed."""
    source, target = folder / "paper.pdf", folder / f"page-{page}"
    source.write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-png", "-singlefile", "-f", str(page), str(source), str(target)]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    return target.with_suffix(".png")


def page_images(pdf: bytes, folder: Path, *, dpi: int) -> list[Path]:
    """All pages as grey pictures; skips the test where poppler is not installed."""
    source = folder / "pages.pdf"
    source.write_bytes(pdf)
    try:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", str(source), str(folder / "page")], check=True)
    except FileNotFoundError:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    return sorted(folder.glob("page-*.png"))


def codes_on(picture: Path) -> dict[str, str]:
    """Text and symbology identifier of every code on a picture."""
    with Image.open(picture) as image:
        return {code.text: code.symbology_identifier for code in zxingcpp.read_barcodes(image)}


def zbar_texts(picture: Path) -> set[str]:
    """What a second, independent reader finds; skips the test where it is not installed."""
    try:
        result = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("zbarimg (zbar-tools) is not installed")
    # Not splitlines, which takes GS1's separator for the end of a line.
    return set(result.stdout.removesuffix("\n").split("\n"))


def data_matrix_text(image: Image.Image, folder: Path) -> str:
    """What libdmtx reads of a DataMatrix, GS1's separators included; skips the test where it is not installed."""
    picture = folder / "matrix.png"
    image.save(picture)
    command = ["dmtxread", "--stop-after=1", "--milliseconds=2000", "--gs1=29", str(picture)]
    try:
        result = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("dmtxread (dmtx-utils) is not installed")
    # The first separator says that what follows are GS1 elements.
    return result.stdout.removeprefix("\x1d")


def text_of(pdf: bytes, page: int = 1) -> str:
    """The words of a page as they can be searched and copied."""
    return re.sub(r"\s+", " ", pypdf.PdfReader(io.BytesIO(pdf)).pages[page - 1].extract_text())


def page_count(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
