"""Layouts are data: those that come with the program print codes that are read, and others are checked before use."""

import re
import shutil
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.documents.readers import codes_on, page_image, zbar_texts
from warehouse_app.documents.codes import CodeNotValid, CodeTooWide
from warehouse_app.documents.labels.checking import CodeReadsWrong, check_label
from warehouse_app.documents.labels.dots import LabelTooLarge, Resolution, label_as_image
from warehouse_app.documents.labels.filling import Values, filled
from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.documents.labels.layout import Layout
from warehouse_app.documents.labels.layout_fields import LayoutNotValid
from warehouse_app.documents.labels.layouts import (
    DEFAULTS,
    LayoutExists,
    LayoutLibrary,
    NameNotUsable,
    built_in_folder,
    checked_layout,
)
from warehouse_app.documents.labels.model import Label, LabelCode, LabelText
from warehouse_app.documents.labels.pdf import labels_as_pdf
from warehouse_app.documents.labels.symbols import Symbol, text_code
from warehouse_app.documents.labels.tspl import label_as_tspl
from warehouse_app.documents.pen import Area
from warehouse_app.domain.errors import NotFound

NAMES = LayoutLibrary().names()
RESOLUTIONS = (Resolution.DPI_203, Resolution.DPI_300)

HEAD = 'kind = "location"\ntitle = "Mine"\nsize_mm = [50, 30]\n'
TEXT = '[[items]]\ntype = "line"\narea = [2, 2, 46, 5]\ntext = "{location}"\n'
CODE = '[[items]]\ntype = "code"\narea = [2, 10, 46, 10]\nsymbol = "code-128"\ncontent = "{code}"\n'


def example(layout: Layout) -> Label:
    return filled(layout, KINDS[layout.kind].example)


def reads_of(label: Label) -> set[str]:
    return {item.reads for item in label.codes}


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_every_code_is_read_from_the_dots_of_its_label(name: str, resolution: Resolution) -> None:
    label = example(LayoutLibrary().layout(name))

    check_label(label, resolution)

    found = zxingcpp.read_barcodes(label_as_image(label, resolution).convert("L"))
    assert {code.bytes.decode() for code in found} == reads_of(label)
    assert {code.symbology_identifier for code in found} == {item.symbol.identifier for item in label.codes}


@pytest.mark.parametrize("name", NAMES)
def test_every_code_is_read_from_the_page_by_two_readers(name: str, tmp_path: Path) -> None:
    label = example(LayoutLibrary().layout(name))

    picture = page_image(labels_as_pdf([label]), tmp_path, dpi=300)

    linear = {item.reads for item in label.codes if item.symbol is not Symbol.GS1_DATA_MATRIX}
    assert len(codes_on(picture)) == len(label.codes)
    assert zbar_texts(picture) == linear


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_an_example_is_cut(name: str) -> None:
    label = example(LayoutLibrary().layout(name))

    cut = [item.text for item in label.items if isinstance(item, LabelText) and item.text.endswith("…")]

    assert cut == ([] if name != "product-40x20" else ["WHITE HANGING HEART T-LIGHT …"])


def test_tspl_is_the_picture_that_was_checked() -> None:
    label = example(LayoutLibrary().layout("location-70x35"))

    sent = label_as_tspl(label)

    head, _, rest = sent.partition(b"BITMAP 0,0,70,280,0,")
    assert head.decode().split("\r\n")[:2] == ["SIZE 70 mm,35 mm", "GAP 2 mm,0 mm"]
    assert rest.endswith(b"\r\nPRINT 1,1\r\n")
    drawn = Image.frombytes("1", (560, 280), rest[: 70 * 280])
    assert [code.text for code in zxingcpp.read_barcodes(drawn.convert("L"))] == ["LOC:MEZZ-A01-02-3"]


def test_gs1_elements_are_parted_where_their_length_is_open() -> None:
    label = example(LayoutLibrary().layout("pallet-105x148"))

    assert reads_of(label) == {
        "02095011015300033748\x1d10AB-2026-11".replace("48\x1d", "480\x1d"),
        "00395011010000000019",
    }


def test_elements_without_a_value_are_left_out() -> None:
    layout = LayoutLibrary().layout("product-70x40")
    values: Values = {**KINDS["product"].example, "lot": ""}

    assert "010950110153000317271231" in reads_of(filled(layout, values))


def test_a_code_that_does_not_fit_is_refused_not_clipped() -> None:
    layout = LayoutLibrary().layout("location-100x30")
    values: Values = {"location": "A", "code": "LOC:MEZZANINE-NORTH-A01-02-3-LEFT"}

    with pytest.raises(CodeTooWide) as refusal:
        check_label(filled(layout, values), Resolution.DPI_203)

    assert refusal.value.values["room_mm"] == 94


def test_a_code_drawn_wrong_never_leaves() -> None:
    code = text_code(Symbol.CODE_128, "LOC:A").code
    label = Label("x", (100, 30), (LabelCode(Area(2, 2, 90, 20), Symbol.CODE_128, code, "LOC:B", 0.25, 0.5),))

    with pytest.raises(CodeReadsWrong) as refusal:
        check_label(label, Resolution.DPI_203)

    assert refusal.value.values == {"read": "LOC:A", "expected": "LOC:B"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind = 1", "the head, size_mm"),
        (HEAD.replace("location", "nothing") + TEXT.replace("{location}", ""), "kind"),
        (HEAD, "the head, items"),
        (HEAD + TEXT.replace("46, 5", "49, 5"), "items 1, area"),
        (HEAD + TEXT.replace("46, 5", "0, 5"), "items 1, area"),
        (HEAD + TEXT.replace('"line"', '"lines"'), "items 1, type"),
        (HEAD + TEXT + 'colour = "red"\n', "items 1, colour"),
        (HEAD + TEXT + 'size = "big"\n', "items 1, size"),
        (HEAD + TEXT + "size = 1e9\n", "items 1, size"),
        (HEAD + TEXT + "bold = 1\n", "items 1, bold"),
        (HEAD + TEXT.replace("{location}", "{place}"), "{place}"),
        (HEAD + TEXT + 'when = "!lot"\n', "{lot}"),
        (HEAD + CODE.replace("code-128", "gs1-128"), "items 1, content"),
        (HEAD + CODE.replace("code-128", "code-39"), "items 1, symbol"),
        (HEAD + '[[items]]\ntype = "picture"\narea = [0, 0, 5, 5]\nfile = "../logo.png"\n', "items 1, file"),
        (HEAD + '[[items]]\ntype = "picture"\narea = [0, 0, 5, 5]\nfile = "logo.png"\n', "items 1, file"),
        ("not toml", "-"),
        ("size_mm = " + "9" * 5000, "-"),
        ("size_mm = " + "[" * 5000, "-"),
    ],
)
def test_a_wrong_layout_is_refused_with_its_place(text: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)

    with pytest.raises(LayoutNotValid) as refusal:
        checked_layout(path)

    assert (refusal.value.values["file"], refusal.value.values["place"]) == ("mine.toml", place)


def test_a_label_that_would_take_all_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD.replace("[50, 30]", "[500, 1000]") + TEXT)
    label = filled(checked_layout(path), {})

    with pytest.raises(LabelTooLarge):
        label_as_image(label, Resolution.DPI_600)
    with pytest.raises(LabelTooLarge):
        label_as_tspl(label, Resolution.DPI_300)


def test_a_logo_is_drawn_black_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (10, 10), (0, 0, 0, 255)).save(tmp_path / "logo.png")
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + '[[items]]\ntype = "picture"\narea = [10, 10, 5, 5]\nfile = "logo.png"\n')

    image = label_as_image(filled(checked_layout(path), {}))

    assert image.getpixel((79, 79)) != 0
    assert image.getpixel((80, 80)) == image.getpixel((119, 119)) == 0
    assert image.getpixel((120, 120)) != 0


def test_a_copied_layout_is_changed_and_used_instead(tmp_path: Path) -> None:
    library = LayoutLibrary(tmp_path / "layouts")

    path = library.copy("location-70x35", "my-location")
    path.write_text(path.read_text().replace("Location 70 × 35 mm, QR", "Our places"))

    assert library.layout("my-location").title == "Our places"
    assert library.is_own("my-location")
    assert not library.is_own("location-70x35")
    with pytest.raises(LayoutExists):
        library.copy("location-70x35", "my-location")
    with pytest.raises(LayoutExists):
        library.copy("location-70x35", "tote-100x50")
    with pytest.raises(NameNotUsable):
        library.copy("location-70x35", "../escape")
    with pytest.raises(NotFound):
        library.copy("nothing", "new")


def test_an_own_layout_of_the_same_name_comes_first(tmp_path: Path) -> None:
    shutil.copy(built_in_folder() / "tote-100x50.toml", tmp_path / "badge-86x54.toml")

    assert LayoutLibrary(tmp_path).layout("badge-86x54").kind == "tote"


@given(text=st.text(max_size=60))
def test_any_value_fills_every_layout(text: str) -> None:
    """Whatever a channel or a file says is drawn, or refused as a code that cannot say it."""
    for name in DEFAULTS.values():
        layout = LayoutLibrary().layout(name)
        example_values = KINDS[layout.kind].example
        values = {key: text if isinstance(value, str) else [{"sku": text}] for key, value in example_values.items()}
        try:
            label_as_image(filled(layout, values))
        except (CodeNotValid, CodeTooWide):
            continue


def test_the_page_about_labels_names_every_value() -> None:
    page = (Path(__file__).parents[3] / "docs/labels.md").read_text()

    for kind, known in KINDS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{kind}` |"))
        assert set(re.findall(r"[a-z_]+", row)) >= known.example.keys()
