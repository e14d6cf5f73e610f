"""A postal address as papers and labels print it."""

from dataclasses import dataclass

_POSTCODE_BEHIND_CITY = frozenset({"GB", "US", "CA", "AU", "NZ", "IE", "IN", "SG", "HK", "TW", "KR", "TH", "ZA", "CN"})


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Country is its ISO alpha-2 code; country_name, where known, is what the post office wants to read."""

    name: str
    lines: tuple[str, ...]
    city: str
    country: str
    company: str = ""
    region: str = ""
    postcode: str = ""
    country_name: str = ""
    phone: str = ""

    @property
    def addressee(self) -> str:
        """The first line: the person, or the company where nobody is named."""
        return self.name or self.company

    @property
    def street(self) -> tuple[str, ...]:
        """Company and street lines, what is between the addressee and the place."""
        company = self.company if self.name else ""
        return tuple(line for line in (company, *self.lines) if line.strip())

    @property
    def below(self) -> tuple[str, ...]:
        """Everything below the addressee, the country last."""
        return tuple(line for line in (*self.street, self.place, self.land) if line)

    @property
    def place(self) -> str:
        """City, region and postcode on one line, in the order that the country is used to."""
        behind = self.country.upper() in _POSTCODE_BEHIND_CITY
        parts = (self.city, self.region, self.postcode) if behind else (self.postcode, self.city, self.region)
        return " ".join(part for part in parts if part)

    @property
    def land(self) -> str:
        """The country in capitals, by name where it is known."""
        return (self.country_name or self.country).upper()
