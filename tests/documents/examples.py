"""Paper-sized pieces of a warehouse day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.labels.shipping import ShippingLabel
from warehouse_app.documents.page import Imprint
from warehouse_app.documents.pick_list import Drop, PickStop
from warehouse_app.domain.identifiers import SSCC

DAY = date(2011, 5, 10)
IMPRINT = Imprint("Leicester 1", datetime(2011, 5, 10, 13, 32, tzinfo=UTC), ZoneInfo("Europe/London"), "Sample Gifts")
SENDER = PostalAddress("", ("4 Meridian Park",), "Leicester", "GB", "Sample Gifts", postcode="LE19 1WY")
RARE_NAME = "喆堃淼犇甯"
CUSTOMER = PostalAddress(RARE_NAME, ("文三路 138 号 1203 室",), "杭州市", "CN", region="浙江省", postcode="310013")


def stop(number: int, *, name: str = "PARTY BUNTING", quantity: int = 27) -> PickStop:
    drops = (Drop(f"55{number:04}", quantity, "A"),)
    return PickStop(f"A01-{number:02}-3", f"47{number:03}", name, drops, "派对彩旗", case_quantity=12)


def sscc(serial: int) -> str:
    return str(SSCC.make(0, "9501101", serial))


def label(serial: int = 1, ship_to: PostalAddress = CUSTOMER, order_no: str = "553000") -> ShippingLabel:
    return ShippingLabel(SENDER, ship_to, "顺丰速运", "Same day", order_no, sscc(serial), DAY, 12_340, 1, 3)
