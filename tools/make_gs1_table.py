"""Write warehouse_app/domain/gs1_table.py from the table of application identifiers in tests/data/barcodes.

The domain reads no files, so its table is Python. Run this after the table has been brought up to date.
"""

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tests" / "data" / "barcodes" / "gs1_ai_table.csv"
TARGET = ROOT / "warehouse_app" / "domain" / "gs1_table.py"
HEADER = '''"""The GS1 application identifiers: a line each. Written by tools/make_gs1_table.py; do not edit.

First and last AI of a range; whether a separator must end the value; whether it may be an attribute of a GS1 Digital
Link; components; rules on which AIs go together. From the GS1 Barcode Syntax Dictionary of 2026-07-27,
Copyright GS1 AISBL, Apache License 2.0.
"""

APPLICATION_ROWS = """\\
'''


def table_lines(source: Path) -> list[str]:
    """The data rows of the table without their titles, fields parted by semicolons, which no field contains."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = [row[:6] for row in csv.reader(file)][1:]
    if any(";" in field for row in rows for field in row):
        raise SystemExit(f"{source} has a semicolon within a field; choose another mark between the fields.")
    return [";".join(row) for row in rows]


def main() -> None:
    """Write the module."""
    TARGET.write_text(HEADER + "\n".join(table_lines(SOURCE)) + '\n"""\n', encoding="utf-8")


if __name__ == "__main__":
    main()
