"""Seals the ledger in pages, each chained to the page before, so that an edited history is noticed and the row named.

A page's hash is SHA-256 over the hash of the page before, its numbers and every column of its moves. Who can write the
tables can also alter a move and seal everything anew; then a hash that was printed earlier, or that a station kept, is
no longer in the chain. Moves above the last page are not sealed yet: they are proved by their balances only.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, Text, and_, func, select, type_coerce
from sqlalchemy.sql import ColumnElement

from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.types import Moment

PAGE_MOVES = 1_000
PAGES_A_TRANSACTION = 10
"""Sealing holds the warehouse's lock; ten pages take some 50 ms."""

PAGES_A_QUERY = 50
"""About 8 MB of text at a time while the chain is proved."""

SEALED_COLUMNS = (
    "move_no",
    "owner",
    "sku",
    "lot",
    "quantity",
    "from_location",
    "to_location",
    "cause_kind",
    "cause_id",
    "worker",
    "happened_at",
    "recorded_at",
)
"""Everything that a move says, in the order in which it is hashed; a change of it breaks every seal there is."""

DIGEST_DIGITS = 16
FIELD_END, MOVE_END = "\x1f", "\n"
"""No text of a move holds the first, and their number is fixed, so two different moves never read the same."""


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A move or page that is not as it was sealed: what is there now, and what was sealed."""

    key: str
    found: str
    sealed: str


@dataclass(frozen=True, slots=True)
class _Page:
    page_no: int
    first: int
    last: int
    hash: str
    row_digests: str


def chain_head(tx: Transaction) -> str:
    """The hash of the newest sealed page, empty before the first one. It covers every move up to that page's end."""
    page = _last_page(tx)
    return page.hash if page.page_no else ""


def chain_holds(tx: Transaction, head: str) -> bool:
    """Whether this is the hash of a page, as every head stays when later pages are added."""
    page = tables.ledger_page
    return tx.value(select(page.c.page_no).where(tx.mine(page), page.c.hash == head)) is not None


def ledger_hash(tx: Transaction) -> str:
    """One hash over every move, sealed or not, for telling whether two databases hold the same ledger."""
    digest = hashlib.sha256()
    for first in range(1, newest_move(tx) + 1, PAGE_MOVES * PAGES_A_QUERY):
        query = select(_joined_lines(tx)).where(_between(tx, first, first + PAGE_MOVES * PAGES_A_QUERY - 1))
        digest.update(f"{tx.value(query)}{MOVE_END}".encode())
    return digest.hexdigest()


def unsealed_count(tx: Transaction) -> int:
    """Moves that no page covers yet."""
    return max(0, newest_move(tx) - _last_page(tx).last)


def seal_full_pages(database: Database) -> int:
    """Seal whatever fills whole pages; gives the number of new pages."""
    return _seal(database, rest=False)


def seal_now(database: Database) -> str:
    """Seal everything that is in the books, the open rest as a shorter page; gives the chain's head."""
    _seal(database, rest=True)
    return database.read(chain_head)


class ChainProof:
    """Replays the chain, in steps that may each be a transaction of their own: sealed moves and pages never change."""

    def __init__(self, printed_head: str = "") -> None:
        self._wanted = printed_head.strip().lower()
        self._seen = not self._wanted
        self._before: _Page | None = None
        self._broken: list[BrokenSeal] = []

    def step(self, tx: Transaction) -> bool:
        """Prove some more pages; False when there are none left."""
        before = self._before or _genesis(tx)
        pages = _pages_with_text(tx, before.page_no if self._before else None)
        for page, text in pages:
            self._broken += _broken_in(tx, before, page, text)
            self._seen = self._seen or page.hash == self._wanted
            before = page
        self._before = before
        return bool(pages)

    def finish(self, tx: Transaction) -> list[BrokenSeal]:
        """What is left, and everything found: the first altered or missing move of each page that does not hold.

        Then moves beside the pages, and a head that was printed or kept earlier and is not in the chain.
        """
        while self.step(tx):
            pass
        broken = [*self._broken, *_beside_the_pages(tx, (self._before or _genesis(tx)).last)]
        if not self._seen:
            broken.append(BrokenSeal(f"head {self._wanted}", "not in the chain", "printed or kept earlier"))
        return broken


def _seal(database: Database, *, rest: bool) -> int:
    wanted = 1 if rest else PAGE_MOVES
    pages = 0
    while database.read(unsealed_count) >= wanted:
        added = database.write(_seal_some, rest=rest)
        if not added:
            break
        pages += added
    return pages


def _seal_some(tx: Transaction, *, rest: bool) -> int:
    """Seal the next pages. A gap in the numbers ends it: there a move was taken away, which only verify may tell."""
    tx.lock_warehouse()
    before = _last_page(tx)
    lines = _lines(tx, before.last + 1, before.last + PAGE_MOVES * PAGES_A_TRANSACTION)
    contiguous = [line for place, (number, line) in enumerate(lines, before.last + 1) if number == place]
    rows = []
    for start in range(0, len(contiguous), PAGE_MOVES):
        page_lines = contiguous[start : start + PAGE_MOVES]
        if len(page_lines) < PAGE_MOVES and not rest:
            break
        before = _sealed(before, page_lines)
        rows.append(
            {
                "page_no": before.page_no,
                "first_move_no": before.first,
                "last_move_no": before.last,
                "hash": before.hash,
                "row_digests": before.row_digests,
                "sealed_at": tx.recorded_at,
            }
        )
    tx.add(tables.ledger_page, rows)
    return len(rows)


def _sealed(before: _Page, lines: Sequence[str]) -> _Page:
    first, last = before.last + 1, before.last + len(lines)
    page_hash = _hash_of(before.hash, first, last, MOVE_END.join(lines))
    return _Page(before.page_no + 1, first, last, page_hash, "".join(map(_digest_of, lines)))


def _hash_of(hash_before: str, first: int, last: int, text: str) -> str:
    return hashlib.sha256(f"{hash_before} {first} {last}{MOVE_END}{text}".encode()).hexdigest()


def _digest_of(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()[:DIGEST_DIGITS]


def _broken_in(tx: Transaction, before: _Page, page: _Page, text: str) -> list[BrokenSeal]:
    if page.page_no != before.page_no + 1:
        return [BrokenSeal(f"page {before.page_no + 1}", "missing", f"moves {before.last + 1} and above")]
    if page.first != before.last + 1:
        said = f"moves {page.first} to {page.last}"
        return [BrokenSeal(f"page {page.page_no}", said, f"moves {before.last + 1} and above")]
    if _hash_of(before.hash, page.first, page.last, text) == page.hash:
        return []
    lines = dict(_lines(tx, page.first, page.last))
    for place, number in enumerate(range(page.first, page.last + 1)):
        sealed = page.row_digests[place * DIGEST_DIGITS : (place + 1) * DIGEST_DIGITS]
        found = _digest_of(lines[number]) if number in lines else "missing"
        if found != sealed:
            return [BrokenSeal(f"move {number}", found, sealed)]
    return [BrokenSeal(f"page {page.page_no}, moves {page.first} to {page.last}", "sealed anew", page.hash)]


def _beside_the_pages(tx: Transaction, sealed_to: int) -> list[BrokenSeal]:
    """Moves whose numbers the books never gave, and numbers above the last page that have no move."""
    move, newest = tables.move, newest_move(tx)
    broken = []
    for outside in (move.c.move_no < 1, move.c.move_no > newest):
        added = tx.value(select(move.c.move_no).where(tx.mine(move), outside).order_by(move.c.move_no).limit(1))
        if added is not None:
            broken.append(BrokenSeal(f"move {added}", "added", "no such move"))
    rest = select(func.count()).select_from(move).where(_between(tx, sealed_to + 1, newest))
    if int(tx.value(rest)) < newest - sealed_to:
        numbers = select(move.c.move_no).where(_between(tx, sealed_to + 1, newest)).order_by(move.c.move_no)
        found = {row["move_no"] for row in tx.rows(numbers)}
        missing = next(number for number in range(sealed_to + 1, newest + 1) if number not in found)
        broken.append(BrokenSeal(f"move {missing}", "missing", "not sealed yet"))
    return broken


def _genesis(tx: Transaction) -> _Page:
    return _Page(0, 0, 0, tx.warehouse_id, "")


def _last_page(tx: Transaction) -> _Page:
    page = tables.ledger_page
    row = tx.row(select(page).where(tx.mine(page)).order_by(page.c.page_no.desc()).limit(1))
    return _page_of(row) if row else _genesis(tx)


def _page_of(row: RowMapping) -> _Page:
    return _Page(row["page_no"], row["first_move_no"], row["last_move_no"], row["hash"], row["row_digests"])


def newest_move(tx: Transaction) -> int:
    """The last number that the books gave to a move; move numbers have no gaps."""
    table = tables.warehouse
    return int(tx.value(select(table.c.move_no).where(tx.mine(table))) or 0)


def _pages_with_text(tx: Transaction, after: int | None) -> list[tuple[_Page, str]]:
    """The next pages, with their moves' text put together by the database, which is many times faster than here."""
    page, move = tables.ledger_page, tables.move
    inside = and_(
        move.c.warehouse_id == page.c.warehouse_id, move.c.move_no.between(page.c.first_move_no, page.c.last_move_no)
    )
    query = (
        select(page, _joined_lines(tx).label("text"))
        .select_from(page.outerjoin(move, inside))
        .where(tx.mine(page))
        .group_by(page.c.warehouse_id, page.c.page_no)
        # Ordered just as they are grouped: else all pages are joined before the limit cuts them.
        .order_by(page.c.warehouse_id, page.c.page_no)
        .limit(PAGES_A_QUERY)
    )
    rows = tx.rows(query if after is None else query.where(page.c.page_no > after))
    return [(_page_of(row), row["text"] or "") for row in rows]


def _between(tx: Transaction, first: int, last: int) -> ColumnElement[bool]:
    return and_(tx.mine(tables.move), tables.move.c.move_no.between(first, last))


def _lines(tx: Transaction, first: int, last: int) -> list[tuple[int, str]]:
    move = tables.move
    query = select(move.c.move_no, _line(tx)).where(_between(tx, first, last)).order_by(move.c.move_no)
    return [(int(number), str(line)) for number, line in tx.connection.execute(query)]


def _joined_lines(tx: Transaction) -> ColumnElement[str]:
    return func.aggregate_strings(_line(tx), MOVE_END).aggregate_order_by(tables.move.c.move_no)


def _line(tx: Transaction) -> ColumnElement[str]:
    """A move as one text, letter for letter the same on both engines."""
    return func.concat_ws(FIELD_END, *(as_text(tx, tables.move.c[name]) for name in SEALED_COLUMNS))


def as_text(tx: Transaction, column: ColumnElement[object]) -> ColumnElement[object]:
    """A column in the form in which it is hashed."""
    if not isinstance(column.type, Moment):
        return column
    if tx.connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
    return type_coerce(column, Text)
