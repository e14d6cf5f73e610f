"""Orders for a run: made from what lies free on the shelves, so that nothing is short that nobody took away."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from warehouse_app.cli.simulation.plan import chance
from warehouse_app.cli.simulation.rows import rows

FREE = """
SELECT p.sku, SUM(b.on_hand - b.allocated) AS free
  FROM balance b
  JOIN location l ON l.warehouse_id = b.warehouse_id AND l.location = b.location
  JOIN product p ON p.sku = b.sku
 WHERE b.warehouse_id = ? AND l.pickable AND p.stocked AND b.lot = '' AND b.owner = ''
   AND p.lot_rule = 'none' AND p.serial_rule = 'none'
   AND p.sku NOT IN (SELECT sku FROM purchase_line WHERE warehouse_id = ?)
   AND p.sku NOT IN (SELECT sku FROM product_stock WHERE warehouse_id = ? AND reserved + set_aside > 0)
 GROUP BY p.sku HAVING SUM(b.on_hand - b.allocated) >= 40 ORDER BY p.sku
"""
OPEN = """
SELECT COUNT(*) AS orders FROM fulfilment_order
 WHERE warehouse_id = ? AND state IN ('new', 'reserved', 'partial', 'short') AND held = ?
"""
EMPTY = """
SELECT l.location FROM location l
 WHERE l.warehouse_id = ? AND l.kind = 'storage' AND l.pickable AND NOT EXISTS (
   SELECT 1 FROM balance b WHERE b.warehouse_id = l.warehouse_id AND b.location = l.location AND b.on_hand <> 0)
 ORDER BY l.location
"""
SERVICES = ("same_day", "next_day", "standard")
COLUMNS = ("order_no", "line_no", "ordered_at", "service", "sku", "quantity", "name", "address1", "city", "country")
KEPT_FREE = 20
"""Units of a product that no order asks for, so that what goes missing can be replaced."""


def missing_orders(url: str, wanted: int, seed: int) -> int:
    """How many orders must be made so that so many can be worked on."""
    del seed
    return max(0, wanted - int(rows(url, OPEN, ["WH1", False])[0]["orders"]))


def empty_places(url: str, seed: int, most: int) -> list[str]:
    """Storage locations where nothing lies."""
    names = [row["location"] for row in rows(url, EMPTY, ["WH1"])]
    return sorted(chance(seed, "empty").sample(names, min(most, len(names))))


def made_orders(url: str, count: int, seed: int) -> bytes:
    """So many orders as a CSV file: few products, so that stations meet at the same shelves."""
    luck = chance(seed, "orders")
    free = {row["sku"]: int(row["free"]) - KEPT_FREE for row in rows(url, FREE, ["WH1"] * 3)}
    pool = luck.sample(sorted(free), min(len(free), max(12, count // 2)))
    prefix = _free_prefix(url, seed)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    now = datetime.now(UTC)
    for number in range(1, count + 1):
        head = (f"{prefix}{number:05}",)
        ordered_at = (now - timedelta(minutes=count - number)).isoformat()
        buyer = (f"Buyer {number}", f"{number} Lane", "Leeds", "GB")
        service = luck.choice(SERVICES)
        for line_no, sku in enumerate(_skus(pool, free, luck.randint(1, 4), luck.random()), 1):
            quantity = min(free[sku], luck.choice((1, 1, 1, 2, 2, 3, 12)))
            free[sku] -= quantity
            writer.writerow((*head, line_no, ordered_at, service, sku, quantity, *buyer))
    return out.getvalue().encode()


def _skus(pool: Sequence[str], free: dict[str, int], most: int, start: float) -> list[str]:
    left = [sku for sku in pool if free[sku] > 0]
    first = int(start * len(left))
    return list(dict.fromkeys((left + left)[first : first + most]))


def _free_prefix(url: str, seed: int) -> str:
    query = "SELECT COUNT(*) AS known FROM fulfilment_order WHERE warehouse_id = ? AND order_no LIKE ?"
    number = 0
    while rows(url, query, ["WH1", f"SIM{seed}-{number}-%"])[0]["known"]:
        number += 1
    return f"SIM{seed}-{number}-"
