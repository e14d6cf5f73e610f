"""Invents recipients, addresses and wishes for orders; only the customer's number and country are real."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tools.sample_source import Order, choose, fraction

# Where the source says "Unspecified", the order is taken for one from home. The Chinese names have characters that are
# missing from the smaller character sets. In city rows (city, region, postcode) and phones, # stands for a digit and ?
# for a letter; phones are from ranges the authorities keep for stories, and where there is none, there is no phone.
POOL = json.loads(Path(__file__).with_name("sample_people.json").read_text(encoding="utf-8"))
BUSINESS_SHARE, FLAT_SHARE, PHONE_SHARE, CHINESE_SHARE = 0.6, 0.15, 0.7, 0.08
SAME_DAY_SHARE, NEXT_DAY_SHARE, PRIORITY_SHARE, NOTE_SHARE = 0.15, 0.35, 0.04, 0.06
UK_LAST_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
MANY_UNITS, MANY_LINES = 50, 10


@dataclass(frozen=True, slots=True)
class Recipient:
    name: str
    company: str
    address1: str
    address2: str
    city: str
    region: str
    postcode: str
    country: str
    phone: str
    email: str


def recipient_of(order: Order) -> Recipient:
    """A customer number always gives the same person and address; an order without one has its own."""
    first = order.lines[0]
    key = first.customer or order.order_no
    country: str = POOL["countries"][first.country]
    language = POOL["speaks_like"].get(country, country)
    city, region, pattern = choose(POOL["cities"][country], key, "city")
    business = is_wholesale(order) and fraction(key, "business") < BUSINESS_SHARE
    flat = fraction(key, "flat") < FLAT_SHARE
    return Recipient(
        name=_person(key, language),
        company=f"{choose(POOL['shop_names'], key, 'shop')} {choose(POOL['shops'], key, 'trade')}" if business else "",
        address1=_street(key, country, language),
        address2=f"{'Unit' if business else 'Flat'} {1 + int(fraction(key, 'unit') * 40)}" if flat else "",
        city=city,
        region=region,
        postcode=_filled(pattern, key, "postcode"),
        country=country,
        phone=_phone(key, country),
        email=f"customer.{key}@example.com",
    )


def is_wholesale(order: Order) -> bool:
    return order.units > MANY_UNITS or len(order.lines) > MANY_LINES


def service_of(order: Order) -> str:
    """At home about one order in seven goes the same day and one in three the next; abroad all go standard."""
    if POOL["countries"][order.lines[0].country] != "GB" or order.moved:
        return "standard"
    share = fraction(order.order_no, "service")
    if share < SAME_DAY_SHARE:
        return "same_day"
    return "next_day" if share < SAME_DAY_SHARE + NEXT_DAY_SHARE else "standard"


def priority_of(order: Order) -> int:
    return 1 if fraction(order.order_no, "priority") < PRIORITY_SHARE else 0


def note_of(order: Order) -> str:
    if order.moved:
        return "A real order of 18 January 2011, moved to this day: is the quantity right?"
    if fraction(order.order_no, "note") >= NOTE_SHARE:
        return ""
    return str(choose(POOL["notes"], order.order_no, "which note"))


def _person(key: str, language: str) -> str:
    if language == "GB" and fraction(key, "chinese") < CHINESE_SHARE:
        return str(choose(POOL["chinese_names"], key, "name"))
    return f"{choose(POOL['first_names'][language], key, 'first')} {choose(POOL['last_names'][language], key, 'last')}"


def _phone(key: str, country: str) -> str:
    if country not in POOL["phones"] or fraction(key, "calls") >= PHONE_SHARE:
        return ""
    return _filled(POOL["phones"][country], key, "phone")


def _street(key: str, country: str, language: str) -> str:
    street = choose(POOL["streets"].get(country, POOL["streets"][language]), key, "street")
    number = 1 + int(fraction(key, "house") * 180)
    return f"{street} {number}" if language in {"DE", "ES", "PL"} else f"{number} {street}"


def _filled(pattern: str, *key: object) -> str:
    """Replaces every # by a digit and every ? by a letter."""

    def fill(found: re.Match[str]) -> str:
        return choose(UK_LAST_LETTERS if found[0] == "?" else "0123456789", *key, found.start())

    return re.sub(r"[#?]", fill, pattern)
