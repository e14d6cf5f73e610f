"""The first tables."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def append_only(table: str, *, refuse_replacing: bool) -> None:
    """Let the database itself refuse to change or delete rows of this table.

    On SQLite an INSERT OR REPLACE slips past delete triggers, so an insert of a key that exists is looked at as well:
    refused for moves and sealed pages, and ignored for facts, where sending one again is how a station makes sure.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{table} rows are never changed'; END $$"
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
    key = {"move": "move_no", "fact": "fact_id", "ledger_page": "page_no"}[table]
    answer = f"RAISE(ABORT, '{table} rows are never replaced')" if refuse_replacing else "RAISE(IGNORE)"
    same = f"warehouse_id = NEW.warehouse_id AND {key} = NEW.{key}"
    known = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - our own names
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN {known} BEGIN SELECT {answer}; END"
    )
    if table == "fact":
        # The second key of facts is one over which another row could be replaced as well.
        op.execute(
            "CREATE TRIGGER fact_refuses_other_of_same_number BEFORE INSERT ON fact WHEN EXISTS (SELECT 1 FROM fact"
            " WHERE warehouse_id = NEW.warehouse_id AND station = NEW.station AND incarnation = NEW.incarnation"
            " AND sequence = NEW.sequence AND fact_id <> NEW.fact_id)"
            " BEGIN SELECT RAISE(ABORT, 'fact rows are never replaced'); END"
        )


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "allocation",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_allocation_quantity")),
        sa.PrimaryKeyConstraint("warehouse_id", "order_no", "line_no", "location", "lot", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_place", "allocation", ["warehouse_id", "location", "sku"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "work", "number", name=op.f("pk_amendment")),
    )
    op.create_table(
        "balance",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("physical", sa.Boolean(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "NOT physical OR (on_hand >= 0 AND allocated >= 0 AND allocated <= on_hand)",
            name=op.f("ck_balance_allocated_within_on_hand"),
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "location", "sku", "owner", "lot", name=op.f("pk_balance")),
    )
    op.create_index("ix_balance_sku", "balance", ["warehouse_id", "sku"], unique=False)
    op.create_table(
        "barcode",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="1", autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_barcode_quantity")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_barcode")),
    )
    op.create_table(
        "carton",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("carton", sa.Text(), nullable=False),
        sa.Column("shipment_no", sa.Text(), server_default="", nullable=False),
        sa.Column("carton_type", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("weight_g", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("weight_source", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("service", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking_no", sa.Text(), server_default="", nullable=False),
        sa.Column("manifest_no", sa.Text(), server_default="", nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("labels_printed", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("track_status", sa.Text(), server_default="", nullable=False),
        sa.Column("track_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("handed_over_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'closed', 'handed_over', 'stopped', 'emptied')", name=op.f("ck_carton_state")
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "carton", name=op.f("pk_carton")),
    )
    op.create_index("ix_carton_manifest", "carton", ["warehouse_id", "manifest_no"], unique=False)
    op.create_index("ix_carton_shipment", "carton", ["warehouse_id", "shipment_no"], unique=False)
    op.create_index("ix_carton_state", "carton", ["warehouse_id", "state", "track_status"], unique=False)
    op.create_table(
        "carton_content",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("carton", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_carton_content_quantity")),
        sa.PrimaryKeyConstraint("warehouse_id", "carton", "order_no", "line_no", "lot", name=op.f("pk_carton_content")),
    )
    op.create_index("ix_carton_content_order", "carton_content", ["warehouse_id", "order_no"], unique=False)
    op.create_table(
        "carton_type",
        sa.Column("carton_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("length_mm", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("width_mm", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("height_mm", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("weight_g", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("max_weight_g", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cost", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("carton_type", name=op.f("pk_carton_type")),
    )
    op.create_table(
        "channel_order",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("channel_order_id", sa.Text(), nullable=False),
        sa.Column("channel_order_no", sa.Text(), server_default="", nullable=False),
        sa.Column("ordered_at", Moment(), nullable=False),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "channel", "shop", "channel_order_id", name=op.f("pk_channel_order")),
    )
    op.create_table(
        "channel_order_line",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("channel_order_id", sa.Text(), nullable=False),
        sa.Column("channel_line_id", sa.Text(), nullable=False),
        sa.Column("channel_sku", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_price", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_channel_order_line_quantity")),
        sa.PrimaryKeyConstraint(
            "warehouse_id", "channel", "shop", "channel_order_id", "channel_line_id", name=op.f("pk_channel_order_line")
        ),
    )
    op.create_table(
        "claim",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("packet", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('held', 'given_back', 'finished')", name=op.f("ck_claim_state")),
        sa.PrimaryKeyConstraint("warehouse_id", "work", name=op.f("pk_claim")),
    )
    op.create_index("ix_claim_station", "claim", ["warehouse_id", "station", "state"], unique=False)
    op.create_table(
        "count_plan",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Text(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("planned_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "plan_no", name=op.f("pk_count_plan")),
    )
    op.create_table(
        "count_queue",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("queued_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "location", name=op.f("pk_count_queue")),
    )
    op.create_table(
        "count_result",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("sheet_no", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("round_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("counted", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booked", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("counted_by", sa.Text(), server_default="", nullable=False),
        sa.Column("counted_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint(
            "warehouse_id", "sheet_no", "location", "round_no", "owner", "sku", "lot", name=op.f("pk_count_result")
        ),
    )
    op.create_table(
        "count_task",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("sheet_no", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Text(), server_default="", nullable=False),
        sa.Column("walk_no", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("round_no", sa.BigInteger(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("counted_by", sa.Text(), server_default="", nullable=False),
        sa.Column("counted_at", Moment(), nullable=True),
        sa.Column("approved_by", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approval_id", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("state IN ('open', 'counted', 'recount', 'approved')", name=op.f("ck_count_task_state")),
        sa.PrimaryKeyConstraint("warehouse_id", "sheet_no", "location", name=op.f("pk_count_task")),
    )
    op.create_index("ix_count_task_location", "count_task", ["warehouse_id", "location", "counted_at"], unique=False)
    op.create_table(
        "debt",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("work", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_debt_quantity")),
        sa.PrimaryKeyConstraint("warehouse_id", "location", "sku", "owner", "lot", name=op.f("pk_debt")),
    )
    op.create_table(
        "discrepancy",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("discrepancy_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("work", sa.Text(), server_default="", nullable=False),
        sa.Column("order_no", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("settled_by", sa.Text(), server_default="", nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("warehouse_id", "discrepancy_id", name=op.f("pk_discrepancy")),
    )
    op.create_table(
        "errand",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("errand_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'trying', 'done', 'failed', 'unknown')", name=op.f("ck_errand_state")),
        sa.PrimaryKeyConstraint("warehouse_id", "errand_id", name=op.f("pk_errand")),
    )
    op.create_table(
        "fact",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("fact_id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("incarnation", sa.Text(), server_default="", nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("work", sa.Text(), server_default="", nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.Text(), server_default="", nullable=False),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "fact_id", name=op.f("pk_fact")),
        sa.UniqueConstraint(
            "warehouse_id",
            "station",
            "incarnation",
            "sequence",
            name=op.f("uq_fact_warehouse_id_station_incarnation_sequence"),
        ),
    )
    op.create_index("ix_fact_order_of_stations", "fact", ["warehouse_id", "recorded_at"], unique=False)
    op.create_table(
        "feed",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("feed_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entity", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "feed_no", name=op.f("pk_feed")),
    )
    op.create_table(
        "fulfilment_line",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("stocked", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("ordered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cancelled", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("picked", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("packed", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("shipped", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("short", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "cancelled >= 0 AND reserved >= 0 AND allocated >= 0 AND shipped >= 0 AND short >= 0 AND cancelled + reserved + shipped + short <= ordered",
            name=op.f("ck_fulfilment_line_within_ordered"),
        ),
        sa.CheckConstraint("ordered > 0", name=op.f("ck_fulfilment_line_ordered")),
        sa.PrimaryKeyConstraint("warehouse_id", "order_no", "line_no", name=op.f("pk_fulfilment_line")),
    )
    op.create_table(
        "fulfilment_order",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("service", sa.Text(), server_default="", nullable=False),
        sa.Column("ship_policy", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("ordered_at", Moment(), nullable=False),
        sa.Column("ship_by", Moment(), nullable=False),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("ship_to", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("held", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("hold_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("wave_no", sa.Text(), server_default="", nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.CheckConstraint("ship_policy IN ('complete', 'partial')", name=op.f("ck_fulfilment_order_ship_policy")),
        sa.CheckConstraint(
            "state IN ('new', 'reserved', 'partial', 'short', 'released', 'picking', 'picked', 'packing', 'packed', 'shipped', 'cancelled')",
            name=op.f("ck_fulfilment_order_state"),
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "order_no", name=op.f("pk_fulfilment_order")),
    )
    op.create_index("ix_fulfilment_order_state", "fulfilment_order", ["warehouse_id", "state"], unique=False)
    op.create_table(
        "fulfilment_source",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("channel_order_id", sa.Text(), nullable=False),
        sa.Column("channel_line_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "warehouse_id",
            "order_no",
            "line_no",
            "channel",
            "shop",
            "channel_order_id",
            "channel_line_id",
            name=op.f("pk_fulfilment_source"),
        ),
    )
    op.create_index(
        "ix_fulfilment_source_channel",
        "fulfilment_source",
        ["warehouse_id", "channel", "shop", "channel_order_id"],
        unique=False,
    )
    op.create_table(
        "hold",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("lot", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("receipt", sa.Text(), server_default="", nullable=False),
        sa.Column("serial", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("warehouse_id", "hold_id", name=op.f("pk_hold")),
    )
    op.create_table(
        "ledger_page",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("page_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_move_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_move_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), server_default="", nullable=False),
        sa.Column("row_digests", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_at", Moment(), nullable=False),
        sa.CheckConstraint("last_move_no >= first_move_no", name=op.f("ck_ledger_page_moves")),
        sa.PrimaryKeyConstraint("warehouse_id", "page_no", name=op.f("pk_ledger_page")),
    )
    op.create_table(
        "location",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("block", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("aisle", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("side", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("level", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("x_mm", sa.BigInteger(), nullable=True),
        sa.Column("y_mm", sa.BigInteger(), nullable=True),
        sa.Column("capacity_ml", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("inside", sa.Text(), server_default="", nullable=False),
        sa.Column("physical", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("sellable", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("pickable", sa.Boolean(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('storage', 'receiving', 'packing', 'despatch', 'tote', 'carton', 'quarantine', 'damaged', 'virtual')",
            name=op.f("ck_location_kind"),
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "location", name=op.f("pk_location")),
    )
    op.create_index("ix_location_kind", "location", ["warehouse_id", "kind"], unique=False)
    op.create_table(
        "lot",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("warehouse_id", "owner", "sku", "lot", name=op.f("pk_lot")),
    )
    op.create_table(
        "manifest",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("manifest_no", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("business_day", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("warehouse_id", "manifest_no", name=op.f("pk_manifest")),
    )
    op.create_table(
        "move",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("move_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("lot", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_location", sa.Text(), server_default="", nullable=False),
        sa.Column("to_location", sa.Text(), server_default="", nullable=False),
        sa.Column("cause_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("cause_id", sa.Text(), server_default="", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint("from_location <> to_location", name=op.f("ck_move_places")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_move_quantity")),
        sa.PrimaryKeyConstraint("warehouse_id", "move_no", name=op.f("pk_move")),
    )
    op.create_index("ix_move_cause", "move", ["warehouse_id", "cause_id"], unique=False)
    op.create_index("ix_move_happened", "move", ["warehouse_id", "happened_at"], unique=False)
    op.create_index("ix_move_sku", "move", ["warehouse_id", "sku", "move_no"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "order_history",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), server_default="", nullable=False),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "entry_id", name=op.f("pk_order_history")),
    )
    op.create_index("ix_order_history_order", "order_history", ["warehouse_id", "order_no"], unique=False)
    op.create_table(
        "order_tote",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("tote", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), server_default="", nullable=False),
        sa.Column("list_no", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "tote", name=op.f("pk_order_tote")),
        sa.UniqueConstraint("warehouse_id", "tote", "order_no", name=op.f("uq_order_tote_warehouse_id_tote_order_no")),
    )
    op.create_table(
        "parked_fact",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("fact_id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("work", sa.Text(), server_default="", nullable=False),
        sa.Column("park_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("parked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "fact_id", name=op.f("pk_parked_fact")),
    )
    op.create_table(
        "pick_list",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("list_no", sa.Text(), nullable=False),
        sa.Column("wave_no", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("walk_mm", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("rank", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("ship_by", Moment(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'picking', 'done', 'cancelled')", name=op.f("ck_pick_list_state")),
        sa.PrimaryKeyConstraint("warehouse_id", "list_no", name=op.f("pk_pick_list")),
    )
    op.create_table(
        "pick_stop",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("list_no", sa.Text(), nullable=False),
        sa.Column("stop_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_no", sa.Text(), server_default="", nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("lot", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("picked", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("short", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_pick_stop_quantity")),
        sa.PrimaryKeyConstraint("warehouse_id", "list_no", "stop_no", name=op.f("pk_pick_stop")),
    )
    op.create_index("ix_pick_stop_order", "pick_stop", ["warehouse_id", "order_no"], unique=False)
    op.create_index("ix_pick_stop_place", "pick_stop", ["warehouse_id", "location", "sku"], unique=False)
    op.create_table(
        "product",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("sku_folded", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("stocked", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("weight_g", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("length_mm", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("width_mm", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("height_mm", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("scan_each", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("quantity_entry_above", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("fragile", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("upright", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("own_box", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("lot_rule", sa.Text(), server_default="", nullable=False),
        sa.Column("serial_rule", sa.Text(), server_default="", nullable=False),
        sa.Column("shelf_life_days", sa.BigInteger(), nullable=True),
        sa.Column("hs_code", sa.Text(), server_default="", nullable=False),
        sa.Column("origin_country", sa.Text(), server_default="", nullable=False),
        sa.Column("customs_text", sa.Text(), server_default="", nullable=False),
        sa.Column("customs_value", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("un_number", sa.Text(), server_default="", nullable=False),
        sa.Column("packing_instruction", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("lot_rule IN ('none', 'lot', 'lot_expiry')", name=op.f("ck_product_lot_rule")),
        sa.CheckConstraint("serial_rule IN ('none', 'serial')", name=op.f("ck_product_serial_rule")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_product")),
    )
    op.create_table(
        "product_stock",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("sellable", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("set_aside", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND set_aside >= 0 AND reserved + set_aside <= sellable",
            name=op.f("ck_product_stock_reserved_within_sellable"),
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "sku", "owner", name=op.f("pk_product_stock")),
    )
    op.create_table(
        "purchase_line",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("po_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("ordered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "po_no", "line_no", name=op.f("pk_purchase_line")),
    )
    op.create_table(
        "purchase_order",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("po_no", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("blind", sa.Boolean(), server_default="0", nullable=False),
        sa.CheckConstraint("state IN ('open', 'receiving', 'closed')", name=op.f("ck_purchase_order_state")),
        sa.PrimaryKeyConstraint("warehouse_id", "po_no", name=op.f("pk_purchase_order")),
    )
    op.create_table(
        "reservation",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_quantity")),
        sa.PrimaryKeyConstraint("warehouse_id", "order_no", "line_no", name=op.f("pk_reservation")),
    )
    op.create_index("ix_reservation_sku", "reservation", ["warehouse_id", "sku"], unique=False)
    op.create_table(
        "service",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("carrier_name", sa.Text(), server_default="", nullable=False),
        sa.Column("cut_off", sa.Text(), server_default="", nullable=False),
        sa.Column("transit_days", sa.BigInteger(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("label_source", sa.Text(), server_default="", nullable=False),
        sa.Column("label_moment", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("label_moment IN ('release', 'pack_start', 'close')", name=op.f("ck_service_label_moment")),
        sa.CheckConstraint("label_source IN ('station', 'carrier', 'platform')", name=op.f("ck_service_label_source")),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_service")),
    )
    op.create_table(
        "service_lease",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "service", name=op.f("pk_service_lease")),
    )
    op.create_table(
        "shipment",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("shipment_no", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), server_default="", nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("service", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("ship_to", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("handed_over_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('packing', 'packed', 'handed_over', 'stopped')", name=op.f("ck_shipment_state")),
        sa.PrimaryKeyConstraint("warehouse_id", "shipment_no", name=op.f("pk_shipment")),
    )
    op.create_index("ix_shipment_order", "shipment", ["warehouse_id", "order_no"], unique=False)
    op.create_table(
        "station",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "station", name=op.f("pk_station")),
    )
    op.create_table(
        "station_cursor",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("applied_sequence", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "station", "incarnation", name=op.f("pk_station_cursor")),
    )
    op.create_table(
        "supplier",
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("supplier", name=op.f("pk_supplier")),
    )
    op.create_table(
        "tracking_event",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("carton", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("raw_code", sa.Text(), server_default="", nullable=False),
        sa.Column("raw_text", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "carton", "event_id", name=op.f("pk_tracking_event")),
    )
    op.create_table(
        "warehouse",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="", nullable=False),
        sa.Column("business_day_starts", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("gs1_company_prefix", sa.Text(), server_default="", nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("review_limit_units", sa.BigInteger(), server_default="10000", autoincrement=False, nullable=False),
        sa.Column("reference_version", sa.BigInteger(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("feed_no", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("move_no", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("last_recorded_at", Moment(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("identity", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", name=op.f("pk_warehouse")),
    )
    op.create_table(
        "wave",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("wave_no", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("released_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "wave_no", name=op.f("pk_wave")),
    )
    op.create_table(
        "worker",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("badge", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.CheckConstraint("role IN ('worker', 'supervisor', 'manager')", name=op.f("ck_worker_role")),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_worker")),
    )
    append_only("move", refuse_replacing=True)
    append_only("fact", refuse_replacing=False)
    append_only("ledger_page", refuse_replacing=True)


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
