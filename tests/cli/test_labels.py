"""Labels of the house's own things, as a supervisor prints them."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.cli.commands import Shell

pytestmark = pytest.mark.on("sqlite")


def test_labels_of_places_carry_the_codes_that_are_scanned(shell: Shell) -> None:
    places = shell.run("codes", "list", "--kind", "location").json
    picture = shell.folder / "place.png"

    done = shell.run("labels", "print", "location", places[1]["name"], "--out", str(picture))

    assert done.json["labels"] == 1
    with Image.open(picture) as image:
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [places[1]["scan_text"]]


def test_each_kind_of_thing_is_labelled(shell: Shell) -> None:
    badges = len(shell.run("codes", "list", "--kind", "worker").json)

    done = shell.run("labels", "print", "badge", "--out", str(shell.folder / "badges.zpl"))
    product = shell.run(
        "labels", "print", "product", "22423", "--layout", "product-70x40", "--out", str(shell.folder / "p.pdf")
    )

    assert done.json["labels"] == badges
    assert (shell.folder / "badges.zpl").read_bytes().count(b"^XA") == badges
    assert (product.status, product.json["labels"]) == (0, 1)


def test_what_cannot_be_printed_is_said(shell: Shell) -> None:
    out = ("--out", str(shell.folder / "x.pdf"))

    assert "no tote called NONE" in shell.run("labels", "print", "tote", "NONE", *out).err
    assert "for labels of the kind badge" in shell.run("labels", "print", "tote", "--layout", "badge-86x54", *out).err
    assert "no layout called" in shell.run("labels", "preview", "nothing", *out).err
    assert ".pdf, .png" in shell.run("labels", "preview", "tote-100x50", "--out", "x.gif").err
    assert "nothing to label" in shell.run("labels", "print", "carton", *out).err


def test_a_layout_is_copied_changed_and_checked(shell: Shell) -> None:
    file = shell.run("labels", "copy", "tote-100x50", "ours").json["file"]
    checked = shell.run("labels", "check", file).json
    own = {row["layout"] for row in shell.run("labels", "layouts").json if row["own"]}
    path = Path(file)
    path.write_text(path.read_text() + '\n[[items]]\ntype = "line"\narea = [0, 0, 400, 5]\ntext = "x"\n')

    refused = shell.run("labels", "check", file)

    assert own == {"ours"}
    assert [code["reads"] for code in checked["codes"]] == ["TOTE:T-0042"]
    assert (refused.status, "items 4, area" in refused.err) == (1, True)
