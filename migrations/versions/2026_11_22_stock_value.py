"""What stock cost, entry by entry, what it is worth, and periods that are closed for ever."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_stock_value"
down_revision = "2026_11_22_campaigns"
branch_labels = None
depends_on = None

IDENTITIES = {
    "cost_entry": (("cost_no",),),
    "landed_cost": (("cost_id",),),
    "period": (("period_no",), ("name",), ("ends_at",)),
    "period_total": (("period_no", "owner"),),
}
"""The columns that tell rows of a warehouse apart. On SQLite a replacing insert of any of them slips past triggers on
deletes, so it is refused before."""


def append_only(table: str) -> None:
    """Let the database itself refuse to change, delete or replace rows of this table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{table} rows are never changed'"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_{table}()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} rows are never changed'); END"
        )
    same = " OR ".join(
        "(" + " AND ".join(f"{name} = NEW.{name}" for name in ("warehouse_id", *names)) + ")"
        for names in IDENTITIES[table]
    )
    known = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - our own names
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN {known}"
        f" BEGIN SELECT RAISE(ABORT, '{table} rows are never replaced'); END"
    )


def refuse_what_belongs_to_a_closed_period(table: str) -> None:
    """Let the database itself refuse new rows whose time in the books lies in a period that is closed."""
    answer = f"{table} rows never come into a closed period"
    if op.get_bind().dialect.name == "postgresql":
        same = "period.warehouse_id = added.warehouse_id"
        late = f"EXISTS (SELECT 1 FROM added JOIN period ON {same} AND ends_at >= recorded_at)"  # noqa: S608
        op.execute(
            f"CREATE FUNCTION refuse_{table}_in_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {late} THEN RAISE EXCEPTION '{answer}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_keeps_out_of_closed_periods AFTER INSERT ON {table}"
            f" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}_in_closed_period()"
        )
        return
    late = "EXISTS (SELECT 1 FROM period WHERE warehouse_id = NEW.warehouse_id AND ends_at >= NEW.recorded_at)"
    op.execute(
        f"CREATE TRIGGER {table}_keeps_out_of_closed_periods BEFORE INSERT ON {table} WHEN {late}"
        f" BEGIN SELECT RAISE(ABORT, '{answer}'); END"
    )


def upgrade() -> None:
    """Apply the change."""
    whole = sa.BigInteger()
    op.add_column("warehouse", sa.Column("cost_no", whole, server_default="0", nullable=False))
    op.add_column("purchase_line", sa.Column("rate", sa.Text(), server_default="", nullable=False))
    op.add_column("purchase_line", sa.Column("house_unit_cost", whole, nullable=True))
    op.execute(
        "UPDATE purchase_line SET house_unit_cost = unit_cost WHERE unit_cost > 0 AND currency ="
        " (SELECT warehouse.currency FROM warehouse WHERE warehouse.warehouse_id = purchase_line.warehouse_id)"
    )
    op.create_table(
        "product_cost",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("quantity", whole, nullable=False),
        sa.Column("value", whole, nullable=False),
        sa.Column("last_unit_cost", whole, nullable=False),
        sa.CheckConstraint(
            "quantity >= 0 AND value >= 0 AND (quantity > 0 OR value = 0)", name=op.f("ck_product_cost_value")
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "sku", "owner", name=op.f("pk_product_cost")),
    )
    op.create_table(
        "cost_entry",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("cost_no", whole, autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("move_no", whole, server_default="0", nullable=False),
        sa.Column("cause_id", sa.Text(), server_default="", nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", whole, nullable=False),
        sa.Column("value", whole, nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opening', 'receipt', 'shipment', 'return', 'adjustment', 'landed', 'expensed', 'cost_change')",
            name=op.f("ck_cost_entry_kind"),
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "cost_no", name=op.f("pk_cost_entry")),
    )
    op.create_index("ix_cost_entry_sku", "cost_entry", ["warehouse_id", "sku", "cost_no"], unique=False)
    op.create_table(
        "landed_cost",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("cost_id", sa.Text(), nullable=False),
        sa.Column("po_no", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("spread", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", whole, nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('freight', 'duty', 'other')", name=op.f("ck_landed_cost_kind")),
        sa.CheckConstraint("spread IN ('value', 'units', 'weight')", name=op.f("ck_landed_cost_spread")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_landed_cost_amount")),
        sa.PrimaryKeyConstraint("warehouse_id", "cost_id", name=op.f("pk_landed_cost")),
    )
    op.create_index("ix_landed_cost_po_no", "landed_cost", ["warehouse_id", "po_no"], unique=False)
    op.create_table(
        "period",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("period_no", whole, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_at", Moment(), nullable=True),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("last_move_no", whole, nullable=False),
        sa.Column("last_cost_no", whole, nullable=False),
        sa.Column("head", sa.Text(), server_default="", nullable=False),
        sa.Column("seal", sa.Text(), server_default="", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", Moment(), nullable=False),
        sa.CheckConstraint("starts_at IS NULL OR starts_at < ends_at", name=op.f("ck_period_order")),
        sa.PrimaryKeyConstraint("warehouse_id", "period_no", name=op.f("pk_period")),
        sa.UniqueConstraint("warehouse_id", "name", name=op.f("uq_period_warehouse_id_name")),
        sa.UniqueConstraint("warehouse_id", "ends_at", name=op.f("uq_period_warehouse_id_ends_at")),
    )
    op.create_table(
        "period_total",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("period_no", whole, autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("quantity", whole, nullable=False),
        sa.Column("value", whole, nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "period_no", "owner", name=op.f("pk_period_total")),
    )
    for table in IDENTITIES:
        append_only(table)
    for table in ("move", "cost_entry"):
        refuse_what_belongs_to_a_closed_period(table)
