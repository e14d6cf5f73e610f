"""Small data that all warehouses share and that refers to nothing operational."""

from sqlalchemy import CheckConstraint, Index, Table

from warehouse_app.store.tables.base import metadata
from warehouse_app.store.types import flag, number, optional_number, words

product = Table(
    "product",
    metadata,
    words("sku", key=True),
    words("sku_folded"),
    words("name"),
    words("name_zh"),
    flag("stocked", default=True),
    number("weight_g", default=0),
    number("length_mm", default=0),
    number("width_mm", default=0),
    number("height_mm", default=0),
    number("unit_cost", default=0),
    words("currency"),
    flag("scan_each"),
    number("quantity_entry_above", default=0),
    flag("fragile"),
    flag("upright"),
    flag("own_box"),
    words("lot_rule"),
    words("serial_rule"),
    optional_number("shelf_life_days"),
    words("hs_code"),
    words("origin_country"),
    words("customs_text"),
    number("customs_value", default=0),
    words("un_number"),
    words("packing_instruction"),
    number("changed_no", default=0),
    CheckConstraint("lot_rule IN ('none', 'lot', 'lot_expiry')", name="lot_rule"),
    CheckConstraint("serial_rule IN ('none', 'serial')", name="serial_rule"),
)
"""`changed_no`, here and below, is the feed's number under which the row was last changed: stations ask by it."""
Index("ix_product_changed", product.c.changed_no, product.c.sku)

barcode = Table(
    "barcode",
    metadata,
    words("code", key=True),
    words("sku"),
    number("quantity", default=1),
    number("changed_no", default=0),
    CheckConstraint("quantity > 0", name="quantity"),
)
Index("ix_barcode_changed", barcode.c.changed_no, barcode.c.code)

bundle_part = Table(
    "bundle_part",
    metadata,
    words("bundle", key=True),
    words("part", key=True),
    number("quantity"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("part <> bundle", name="other"),
)
"""What is packed for an ordered bundle: so many units of each part. A bundle itself is never on a shelf."""

worker = Table(
    "worker",
    metadata,
    words("worker", key=True),
    words("name"),
    words("badge"),
    words("role"),
    flag("active", default=True),
    number("changed_no", default=0),
    CheckConstraint("role IN ('worker', 'supervisor', 'manager')", name="role"),
)

customer = Table("customer", metadata, words("customer", key=True), words("name"), number("tier", default=0))
"""Customers and their tiers: of two orders with the same promise, the one of the higher tier is served first."""

supplier = Table("supplier", metadata, words("supplier", key=True), words("name"), words("country"))

carton_type = Table(
    "carton_type",
    metadata,
    words("carton_type", key=True),
    words("name"),
    words("name_zh"),
    number("length_mm"),
    number("width_mm"),
    number("height_mm"),
    number("weight_g"),
    number("max_weight_g"),
    number("cost", default=0),
    number("changed_no", default=0),
)

service = Table(
    "service",
    metadata,
    words("service", key=True),
    words("name"),
    words("name_zh"),
    words("carrier"),
    words("carrier_name"),
    words("cut_off"),
    number("transit_days", default=1),
    number("priority", default=0),
    words("label_source"),
    words("label_moment"),
    CheckConstraint("label_source IN ('station', 'carrier', 'platform')", name="label_source"),
    CheckConstraint("label_moment IN ('release', 'pack_start', 'close')", name="label_moment"),
)
