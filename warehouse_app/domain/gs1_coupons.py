"""North American coupon codes (AIs 8110 and 8112): fields of which most begin with a digit that says how long they are.

After GS1 US, "North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols".
"""

from warehouse_app.domain.gs1_dates import read_date
from warehouse_app.domain.identifiers import CodeError, ProblemKind, all_digits

_LENGTH_OF_ID = 6
_REQUIREMENT_CODES = "012349"
_NO_COMPANY = "9"


class _Reader:
    """Takes one field after another off a coupon and says which is missing, cut or not allowed."""

    def __init__(self, digits: str) -> None:
        self.rest = digits

    def digits(self, count: int, name: str) -> str:
        taken, self.rest = self.rest[:count], self.rest[count:]
        if len(taken) < count:
            raise CodeError(ProblemKind.SYNTAX, f"The coupon's {name} is missing or too short.")
        return taken

    def choice(self, allowed: str, name: str) -> str:
        digit = self.digits(1, name)
        if digit not in allowed:
            raise CodeError(ProblemKind.SYNTAX, f"The coupon's {name} must be one of {', '.join(allowed)}.")
        return digit

    def measured(self, allowed: str, name: str, *, shortest: int = 0) -> str:
        """A field behind a digit that gives its length beyond the shortest."""
        length = int(self.choice(allowed, f"length of the {name}"))
        return self.digits(length + shortest, name)

    def company(self, allowed: str, name: str) -> None:
        digit = self.choice(allowed, f"length of the {name}")
        if digit != _NO_COMPANY:
            self.digits(int(digit) + _LENGTH_OF_ID, name)

    def optional(self, mark: str) -> bool:
        """Whether the optional field with this mark comes next; its mark is taken."""
        if not self.rest.startswith(mark):
            return False
        self.rest = self.rest[1:]
        return True

    def finish(self) -> None:
        if self.rest:
            raise CodeError(ProblemKind.SYNTAX, f"The coupon goes on with {self.rest}, which is no field of it.")


def verify_coupon(text: str, year: int) -> None:
    """Raise CodeError unless AI 8110's rules hold; `year` is the year of the scan."""
    reader = _coupon_reader(text)
    reader.company("0123456", "company prefix")
    reader.digits(6, "offer code")
    reader.measured("12345", "save value")
    _take_purchase(reader, "first purchase")
    if reader.optional("1"):
        reader.choice("0123", "rule on additional purchases")
        _take_purchase(reader, "second purchase")
        reader.company("01234569", "company prefix of the second purchase")
    if reader.optional("2"):
        _take_purchase(reader, "third purchase")
        reader.company("01234569", "company prefix of the third purchase")
    _take_dates(reader, year)
    if reader.optional("5"):
        reader.measured("0123456789", "serial number", shortest=_LENGTH_OF_ID)
    if reader.optional("6"):
        reader.measured("1234567", "retailer", shortest=_LENGTH_OF_ID)
    if reader.optional("9"):
        reader.choice("01256", "save value code")
        reader.choice("012", "item that the save value applies to")
        reader.digits(1, "store coupon flag")
        reader.choice("01", "flag against multiplying")
    reader.finish()


def verify_positive_offer(text: str, _year: int) -> None:
    """Raise CodeError unless AI 8112's rules hold."""
    reader = _coupon_reader(text)
    reader.choice("01", "format")
    reader.measured("0123456", "funder", shortest=_LENGTH_OF_ID)
    reader.digits(6, "offer code")
    reader.measured("0123456789", "serial number", shortest=_LENGTH_OF_ID)
    reader.finish()


def _coupon_reader(text: str) -> _Reader:
    if not all_digits(text):
        raise CodeError(ProblemKind.CHARSET, "A coupon has digits only.")
    return _Reader(text)


def _take_purchase(reader: _Reader, name: str) -> None:
    reader.measured("12345", f"requirement of the {name}")
    reader.choice(_REQUIREMENT_CODES, f"requirement code of the {name}")
    reader.digits(3, f"family code of the {name}")


def _take_dates(reader: _Reader, year: int) -> None:
    ends, starts = "", ""
    if reader.optional("3"):
        ends = reader.digits(6, "last day")
        read_date(ends, year=year, day_zero=False)
    if reader.optional("4"):
        starts = reader.digits(6, "first day")
        read_date(starts, year=year, day_zero=False)
    if ends and starts > ends:
        raise CodeError(ProblemKind.DATE, f"The coupon's first day {starts} is after its last day {ends}.")
