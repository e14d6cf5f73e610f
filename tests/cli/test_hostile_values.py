"""Whatever stands where a name or a number is asked for: one line for a person, and nothing is stored."""

import csv
import io

import pytest

from tests.cli.commands import Shell
from tests.station.benches import table_counts
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

ORDER, SKU, PLACE = "551725", "85123A", "A01-01-1"
TEXTS = ("a\x00b", "\udcff", "x" * 10_000)
NUMBERS = ("-1", str(2**63), "9" * 10_000, "1\x00", "many")

NAMES = [
    "orders rush ?", "orders why ?",
    "orders show ?", "orders cancel ?", "orders cancel ? --reason r", "orders hold ? --reason r",
    "orders unhold ?", "orders change ? --line 1 --quantity 1", "orders split ? --lines 1",
    f"orders merge {ORDER} ?", "orders unrelease ?", "facts list --order ?", "facts list --station ?",
    "facts list --kind ?", "picks print ? --out {folder}/x.pdf", "manifests print ? --out {folder}/x.pdf",
    "counts plan --location ?", "counts sheet ?", "counts status ?", "counts approve ?", "counts report --day ?",
    "stock ?", "stock --at ?", "explain ?", f"explain {SKU} ?",
    f"campaigns add ? --sku {SKU} --quantity 1 --until 2099-01-01", "campaigns change ? --quantity 2",
    "campaigns end ?", "campaigns add C --sku ? --quantity 1 --until 2099-01-01",
    f"campaigns add C --sku {SKU} --quantity 1 --until ?", "buffers set --channel ? --units 1",
    "buffers remove --channel ?", "atp ?", f"atp {SKU} --channel ?", "holds add --sku ? --reason r",
    "holds add --lot ? --reason r", "holds add --location ? --reason r", "holds add --owner ? --reason r",
    "holds add --receipt ? --reason r", "holds add --serial ? --reason r",
    f"holds add --sku {SKU} --reason r --worker ?", "holds remove --sku ?", "holds list --lot ?",
    "holds reached --lot ?", f"move ? 1 {PLACE} {PLACE}", f"move {SKU} 1 ? {PLACE}", f"move {SKU} 1 {PLACE} ?",
    f"adjust ? {PLACE} 1 --reason r", f"adjust {SKU} ? 1 --reason r", "value history ?", "costs list ?",
    "costs set ? --unit-cost 1", "periods close ? --until 2099", "periods close P --until ?", "periods show ?",
    "waves release --until ?", "settings set ? 1", "settings set timezone ?",
    "station scan --task pick --worker ?", "import orders --channel ? {folder}/none.csv",
]  # fmt: skip
REASONS = [f"orders cancel {ORDER} --reason ?", f"orders hold {ORDER} --reason ?", f"holds add --sku {SKU} --reason ?"]
QUANTITIES = [
    f"orders change {ORDER} --line ? --quantity 1", f"orders split {ORDER} --line ? --quantity 1",
    f"campaigns add C --sku {SKU} --quantity ? --until 2099-01-01", f"move {SKU} ? {PLACE} {PLACE}",
    f"costs set {SKU} --unit-cost ?", "costs add PO-1 --kind freight --amount ?",
]  # fmt: skip
SPOTS = [
    *((spot, TEXTS) for spot in NAMES),
    *((spot, TEXTS[:2]) for spot in REASONS),
    *((spot, NUMBERS) for spot in QUANTITIES),
]
ASKING = ("facts", "stock", "explain", "atp", "holds list", "holds reached", "value", "costs list", "picks")
"""What only asks may find nothing and be right."""


@pytest.mark.parametrize("spots", [SPOTS[start::6] for start in range(6)], ids=range(6))
def test_no_value_on_the_command_line_does_harm(spots: list[tuple[str, tuple[str, ...]]], shell: Shell) -> None:
    shell.run("verify")
    before = counts(shell)
    for spot, values in spots:
        for value in values:
            words = [value if word == "?" else word.format(folder=shell.folder) for word in spot.split()]

            done = shell.run(*words)

            told = ascii((spot, value[:20], done.status, done.err[-300:]))
            assert done.status in ((0, 1, 2) if spot.startswith(ASKING) else (1, 2)), told
            assert "Traceback" not in done.err, told
            assert done.status != 1 or done.err.count("\n") == 1, told
            assert done.status != 1 or len(done.err) < 2_000, told
        assert counts(shell) == before, spot


FILES = {
    "products": {"sku": "P1", "name": "Pot", "unit_cost": "1.50", "currency": "GBP", "barcode": "", "weight_g": "5"},
    "locations": {"location": "Q01", "kind": "storage", "zone": "Q", "aisle": "1", "position": "1", "x_mm": "5"},
    "stock": {"sku": SKU, "location": PLACE, "quantity": "4", "lot": "", "owner": ""},
    "workers": {"worker": "W-99", "name": "Ann", "badge": "W-99", "role": "worker"},
    "suppliers": {"supplier": "SUP-99", "name": "Ann", "country": "GB"},
    "orders": {
        "order_no": "N1", "line_no": "1", "ordered_at": "2026-03-02T07:00:00Z", "service": "standard", "sku": SKU,
        "quantity": "1", "name": "Ann", "address1": "1 Lane", "city": "Leeds", "country": "GB",
    },
}  # fmt: skip
IN_FILES = ("a\x00b", "\ud800", "x" * 10_000, "-1", str(2**63))


@pytest.mark.parametrize("kind", FILES)
def test_no_value_in_a_file_does_harm(kind: str, shell: Shell) -> None:
    words = ("orders", "--channel", "csv") if kind == "orders" else (kind,)
    for field in FILES[kind]:
        for value in IN_FILES:
            done = shell.run("import", *words, "-", text=csv_of({**FILES[kind], field: value}))

            told = ascii((kind, field, value[:20], done.status, done.err[-300:]))
            assert done.status in (0, 1), told
            assert "Traceback" not in done.err, told
    assert shell.run("verify").json["differences"] == []


def test_order_of_an_impossible_quantity_is_rejected(shell: Shell) -> None:
    shell.run("verify")
    before = counts(shell)
    for quantity in ("0", "-1", str(2**63), "1.5", "", "many"):
        text = csv_of({**FILES["orders"], "quantity": quantity})

        done = shell.run("import", "orders", "--channel", "csv", "-", text=text)

        assert [(reject["row"], reject["field"]) for reject in done.json["rejects"]] == [(2, "quantity")]
        assert counts(shell) == before


def csv_of(row: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, row, lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode("utf-8", "surrogatepass")


def counts(shell: Shell) -> dict[str, int]:
    database = Database(open_database(shell.database))
    found = table_counts(database)
    database.close()
    return found
