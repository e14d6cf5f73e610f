"""Restricted circulation numbers: GTIN-shaped codes that mean something only in one region or one company.

In a region they may carry a weight, a price or a count. The layouts differ by country and the digits do not say whose
layout they follow, so a reading needs the region. The layouts are biip's.
"""

from dataclasses import dataclass
from decimal import Decimal

from biip import ParseConfig, ParseError
from biip.gtin import Gtin
from biip.rcn import Rcn, RcnRegion

from warehouse_app.domain.identifiers import GTIN, CodeError, ProblemKind

REGIONS = tuple(region.value for region in RcnRegion)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number says by one region's layout. `currency` is ISO 4217's letters, where the region has one."""

    region: str
    item: str
    weight_kg: Decimal | None = None
    price: Decimal | None = None
    currency: str | None = None
    count: int | None = None


def is_restricted(text: str) -> bool:
    """Whether a number is never a product's name in the world. Raises CodeError when it is no GTIN at all."""
    GTIN.parse(text)
    return isinstance(_parsed(text, None), Rcn)


def restricted_readings(text: str, regions: tuple[str, ...] = REGIONS) -> tuple[Reading, ...]:
    """What the number says in each of these regions whose layout it fits; two lower-case letters name a region."""
    found = (_reading(text, region) for region in regions)
    return tuple(reading for reading in found if reading is not None)


def _reading(text: str, region: str) -> Reading | None:
    rcn = _parsed(text, region)
    if not isinstance(rcn, Rcn) or rcn.region is None or rcn.item_reference is None:
        return None
    return Reading(
        region=region,
        item=rcn.item_reference,
        weight_kg=rcn.weight,
        price=rcn.price,
        currency=rcn.region.get_currency_code() if rcn.price is not None else None,
        count=rcn.count,
    )


def _parsed(text: str, region: str | None) -> Gtin | None:
    """None when the check digit of the weight or price within is wrong: then it is another region's number."""
    try:
        return Gtin.parse(text, config=ParseConfig(rcn_region=RcnRegion(region) if region else None))
    except ParseError:
        return None
    except ValueError as error:
        raise CodeError(ProblemKind.VALUE, f"{region} is none of the regions {', '.join(REGIONS)}.") from error
