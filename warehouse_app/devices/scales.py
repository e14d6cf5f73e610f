"""Scales on serial ports. How each make speaks is data: resources/scales/protocols.toml."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from warehouse_app.devices.serial_line import LineStatus, Port, SerialLine
from warehouse_app.domain.weighing import ScaleProblem, ScaleReading
from warehouse_app.resources import resource_path

GRAMS: Mapping[str, Decimal] = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "t": Decimal(1_000_000),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a make of scale speaks: the words for its states, or the bits of its status byte."""

    name: str
    title: str
    baudrate: int
    bytesize: int
    parity: str
    pattern: re.Pattern[str]
    request: str = ""
    every_ms: int = 150
    unit: str = "g"
    stable: tuple[str, ...] = ()
    moving: tuple[str, ...] = ()
    problems: Mapping[str, ScaleProblem] = field(default_factory=dict)
    moving_bits: int = 0
    too_heavy_bits: int = 0
    too_light_bits: int = 0

    def port(self, name: str, baudrate: int | None = None) -> Port:
        """The port of this name, set as the scale leaves the works unless told otherwise."""
        return Port(
            name, baudrate or self.baudrate, self.bytesize, self.parity, request=self.request.encode("latin-1"),
            every_s=self.every_ms / 1000,
        )  # fmt: skip

    def read(self, frame: bytes) -> ScaleReading | None:
        """What a frame says; None for one that says nothing in this protocol, such as half a frame after connecting."""
        match = self.pattern.search(frame.decode("latin-1"))
        if match is None:
            return None
        said = match.groupdict()
        if said.get("word_a") is not None:
            return _read_words(said)
        if said.get("bits") is not None:
            return self._read_bits(ord(str(said["bits"])))
        return self._read_state(said)

    def _read_state(self, said: Mapping[str, str | None]) -> ScaleReading | None:
        state = said.get("state") or ""
        if state in self.problems:
            return ScaleReading(0, stable=False, problem=self.problems[state])
        weight = said.get("weight")
        if weight is None:
            return None
        stable = True if state in self.stable else False if state in self.moving else None
        return ScaleReading(_grams(weight, said.get("unit") or self.unit), stable)

    def _read_bits(self, bits: int) -> ScaleReading | None:
        if bits & self.too_heavy_bits:
            return ScaleReading(0, stable=False, problem=ScaleProblem.TOO_HEAVY)
        if bits & self.too_light_bits:
            return ScaleReading(0, stable=False, problem=ScaleProblem.TOO_LIGHT)
        return ScaleReading(0, stable=False, problem=ScaleProblem.NOT_READY) if bits & self.moving_bits else None


class Scale:
    """A scale that gives each of its readings to `take`, on its own thread."""

    def __init__(
        self,
        protocol: Protocol,
        port: Port,
        take: Callable[[ScaleReading], None],
        tell: Callable[[LineStatus], None] = lambda _: None,
    ) -> None:
        self._protocol, self._take_reading = protocol, take
        self.line = SerialLine(port, self._take, tell)

    def _take(self, frame: bytes) -> None:
        reading = self._protocol.read(frame)
        if reading is not None:
            self._take_reading(reading)


@cache
def protocols() -> Mapping[str, Protocol]:
    """All protocols by their names."""
    content = tomllib.loads(resource_path("scales/protocols.toml").read_text(encoding="utf-8"))
    return {row["name"]: _protocol(row) for row in content["protocols"]}


def _protocol(row: Mapping[str, object]) -> Protocol:
    values = dict(row)
    problems = {str(word): problem for problem in ScaleProblem for word in _words(values.pop(problem.value, ()))}
    stable, moving = _words(values.pop("stable", ())), _words(values.pop("moving", ()))
    pattern = re.compile(str(values.pop("pattern")), re.DOTALL)
    return Protocol(**values, pattern=pattern, problems=problems, stable=stable, moving=moving)  # type: ignore[arg-type]


def _words(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _grams(weight: str, unit: str) -> int:
    number = Decimal(weight.replace(" ", "") or "0")
    return int((number * GRAMS[unit]).quantize(Decimal(1), ROUND_HALF_UP))


def _read_words(said: Mapping[str, str | None]) -> ScaleReading:
    """Mettler-Toledo's continuous output: status words A (decimals), B (sign, range, motion, kg), C (grams).

    Source: Mettler-Toledo terminals' manuals, "continuous output", tables of status words A, B and C.
    """
    word_a, word_b, word_c = (ord(str(said[name])) for name in ("word_a", "word_b", "word_c"))
    if word_b & 0b100:
        return ScaleReading(0, stable=False, problem=ScaleProblem.TOO_HEAVY)
    decimals = (word_a & 0b111) - 2
    unit = "g" if word_c & 0b111 == 1 else "kg" if word_b & 0b1_0000 else "lb"
    number = Decimal(str(said["weight"]).strip() or "0").scaleb(-decimals)
    sign = "-" if word_b & 0b10 else ""
    return ScaleReading(_grams(f"{sign}{number:f}", unit), stable=not word_b & 0b1000)
