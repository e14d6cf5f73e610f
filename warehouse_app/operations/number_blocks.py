"""Numbers that are given to one place only: by the order, or in blocks that a station uses up without the database."""

from sqlalchemy import select

from warehouse_app.domain.identifiers import SSCC
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

SERIES = "sscc"
USUAL_PREFIX = "9521234"
"""Of an example company, for a house that has not told its own."""

SSCC_BODY_DIGITS = 16
"""An SSCC's digits without the first one and the last one: company prefix and serial."""

JUMP_SHARE = 100
"""After a restore one part in so many of all numbers is left out: nobody can tell which of them were given away."""


def sscc_numbers(tx: Transaction, count: int) -> list[str]:
    """So many carton numbers that nobody has had."""
    prefix = tx.lock_warehouse()["gs1_company_prefix"] or USUAL_PREFIX
    first = tx.next_in_series(SERIES, count)
    return [SSCC.make(0, prefix, first + place).digits for place in range(count)]


def leave_out_numbers(tx: Transaction) -> None:
    """Jump ahead in the series of carton numbers: the database was set back, and those after its moment are in use."""
    prefix = tx.lock_warehouse()["gs1_company_prefix"] or USUAL_PREFIX
    capacity = int(10 ** (SSCC_BODY_DIGITS - len(prefix)))
    tx.next_in_series(SERIES, capacity // JUMP_SHARE)


def lease_numbers(database: Database, count: int) -> list[str]:
    """Carton numbers for a station to use up on its own. What it does not use is never given to anybody else."""
    return database.write(sscc_numbers, count)


def numbers_are_behind(tx: Transaction, highest: str) -> bool:
    """Whether a number that a station has was not given away yet: then the database was set back."""
    prefix = tx.house()["gs1_company_prefix"] or USUAL_PREFIX
    serial = highest[1 + len(prefix) : 1 + SSCC_BODY_DIGITS]
    if not serial.isdigit() or highest[1 : 1 + len(prefix)] != prefix:
        return False
    table = tables.number_series
    next_number = tx.value(select(table.c.next_number).where(tx.mine(table), table.c.series == SERIES))
    return int(serial) >= int(next_number or 1)


def leave_out_lost_numbers(tx: Transaction, highest: str) -> bool:
    """Jump ahead of everything that was given away after the moment to which the database was set back, but once."""
    tx.lock_warehouse()
    behind = numbers_are_behind(tx, highest)
    if behind:
        leave_out_numbers(tx)
    return behind
