"""Work packets: everything a station needs to finish claimed work without the shared database."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Packet:
    """Base of all packets. `work` names the work, `epoch` the claim under which the station does it."""

    work: str
    epoch: int

    def to_json(self) -> str:
        """The packet as text for the station's own file."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The packet back from its text."""
        return cls(**cls.parts(json.loads(text)))

    @classmethod
    def parts(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Turn nested values into their types; packets with nested parts override this."""
        return values


Serials = dict[str, tuple[str, ...]]
"""Serials by SKU."""


def _serials(values: dict[str, Any], *names: str) -> dict[str, Serials]:
    """Serials back in their types; packets of an earlier release have none."""
    return {name: {sku: tuple(found) for sku, found in values.get(name, {}).items()} for name in names}


@dataclass(frozen=True, slots=True)
class PickStop:
    """A stop of a pick list in walking order."""

    stop_no: int
    order_no: str
    line_no: int
    slot: str
    owner: str
    sku: str
    lot: str
    location: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PickPacket(Packet):
    """A pick list: its stops, totes that were empty when it was claimed, and serials that must not be taken."""

    list_no: str
    stops: tuple[PickStop, ...]
    totes: dict[str, str]
    free_totes: tuple[str, ...]
    drop_location: str
    tote_volume_ml: int
    held_serials: Serials = field(default_factory=dict)

    @classmethod
    def parts(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Stops are nested."""
        stops = tuple(PickStop(**stop) for stop in values["stops"])
        held = _serials(values, "held_serials")
        return {**values, "stops": stops, "free_totes": tuple(values["free_totes"]), **held}


@dataclass(frozen=True, slots=True)
class PackUnits:
    """Units of an order line that lie in a tote."""

    line_no: int
    owner: str
    sku: str
    lot: str
    tote: str
    quantity: int


@dataclass(frozen=True, slots=True)
class BoxType:
    """A carton type with inner sizes in millimetres and weights in grams."""

    carton_type: str
    name: str
    name_zh: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    max_weight_g: int
    cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes or comes from."""

    name: str = ""
    company: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""

    def by_name(self) -> dict[str, str]:
        """Its parts by their names; `asdict` would copy each of them, which an import of orders feels."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PackPacket(Packet):
    """An order to pack: units by tote, boxes, labels and a block of SSCCs. Suggestions are one a planned carton.

    `serials` are those known to lie in its totes, `other_serials` those of other orders, `held_serials` those on hold.
    `bundles` names the bundle of each line that is a part of one, by line number. With `label_scan_back` a carton is
    closed by scanning its stuck-on label; `tracking` has the carrier's numbers that are known before, by carton.
    """

    order_no: str
    customer: str
    service: str
    service_name: str
    carrier: str
    carrier_name: str
    ship_by: str
    wave_no: str
    note: str
    ship_to: Address
    sender: Address
    units: tuple[PackUnits, ...]
    ordered: dict[str, int]
    boxes: tuple[BoxType, ...]
    ssccs: tuple[str, ...]
    first_carton_number: int
    suggested: tuple[str, ...] = ()
    suggested_fill: tuple[float, ...] = ()
    timezone: str = "UTC"
    service_name_zh: str = ""
    suggested_units: tuple[int, ...] = ()
    serials: Serials = field(default_factory=dict)
    other_serials: Serials = field(default_factory=dict)
    held_serials: Serials = field(default_factory=dict)
    bundles: dict[str, str] = field(default_factory=dict)
    label_scan_back: bool = False
    tracking: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parts(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Units, boxes and addresses are nested."""
        return {
            **values,
            "ship_to": Address(**values["ship_to"]),
            "sender": Address(**values["sender"]),
            "units": tuple(PackUnits(**units) for units in values["units"]),
            "boxes": tuple(BoxType(**box) for box in values["boxes"]),
            "suggested": tuple(values["suggested"]),
            "suggested_fill": tuple(values["suggested_fill"]),
            "ssccs": tuple(values["ssccs"]),
            "suggested_units": tuple(values["suggested_units"]),
            **_serials(values, "serials", "other_serials", "held_serials"),
        }


@dataclass(frozen=True, slots=True)
class ReceiveLine:
    """A line of a purchase order; `expected` is what is still to come, also kept when the count is blind."""

    line_no: int
    owner: str
    sku: str
    ordered: int
    received: int


@dataclass(frozen=True, slots=True)
class ReceivePacket(Packet):
    """A purchase order to receive at a dock. With `blind` the expected quantity is not shown.

    `serials` are those of its products that are in the house already.
    """

    po_no: str
    supplier: str
    blind: bool
    dock: str
    house_lot: str
    today: str
    lines: tuple[ReceiveLine, ...]
    serials: Serials = field(default_factory=dict)

    @classmethod
    def parts(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Lines are nested."""
        lines = tuple(ReceiveLine(**line) for line in values["lines"])
        return {**values, "lines": lines, **_serials(values, "serials")}


@dataclass(frozen=True, slots=True)
class PutawayUnits:
    """Units that wait to be put away, and where they should go, the best place first."""

    owner: str
    sku: str
    lot: str
    quantity: int
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutawayPacket(Packet):
    """What waits at one place to be put away."""

    source: str
    units: tuple[PutawayUnits, ...]

    @classmethod
    def parts(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Units are nested."""
        units = (PutawayUnits(**{**unit, "suggestions": tuple(unit["suggestions"])}) for unit in values["units"])
        return {**values, "units": tuple(units)}


@dataclass(frozen=True, slots=True)
class CountStop:
    """A location to count and the products that may lie there; quantities are not told."""

    location: str
    round_no: int
    not_by: str
    owner: str
    skus: tuple[str, ...]
    lots: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CountPacket(Packet):
    """A count sheet in walking order."""

    sheet_no: str
    stops: tuple[CountStop, ...]

    @classmethod
    def parts(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Stops are nested."""
        stops = []
        for stop in values["stops"]:
            lots = {sku: tuple(found) for sku, found in stop["lots"].items()}
            stops.append(CountStop(**{**stop, "skus": tuple(stop["skus"]), "lots": lots}))
        return {**values, "stops": tuple(stops)}


@dataclass(frozen=True, slots=True)
class ShipCarton:
    """A carton that may be handed over; `stopped` tells why it may not."""

    carton: str
    order_no: str
    number: int
    weight_g: int
    city: str
    country: str
    stopped: str


@dataclass(frozen=True, slots=True)
class ShipPacket(Packet):
    """A manifest: the cartons of one carrier's next pick-up."""

    manifest_no: str
    carrier: str
    carrier_name: str
    cartons: tuple[ShipCarton, ...]

    @classmethod
    def parts(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Cartons are nested."""
        return {**values, "cartons": tuple(ShipCarton(**carton) for carton in values["cartons"])}


PACKET_TYPES: dict[str, type[Packet]] = {
    "receive": ReceivePacket,
    "putaway": PutawayPacket,
    "pick": PickPacket,
    "pack": PackPacket,
    "ship": ShipPacket,
    "count": CountPacket,
}


def packet_from_json(work: str, text: str) -> Packet:
    """The packet of this work; the word before the colon names its type."""
    return PACKET_TYPES[work.partition(":")[0]].from_json(text)
