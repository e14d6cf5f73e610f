"""What scales say, as their manuals print it and as it comes through a port."""

from pathlib import Path
from queue import Queue

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.devices.scales import Scale, protocols
from warehouse_app.devices.virtual_ports import VirtualScale
from warehouse_app.domain.weighing import ScaleProblem, ScaleReading

HEAVY = ScaleReading(0, stable=False, problem=ScaleProblem.TOO_HEAVY)
LIGHT = ScaleReading(0, stable=False, problem=ScaleProblem.TOO_LIGHT)
NOT_READY = ScaleReading(0, stable=False, problem=ScaleProblem.NOT_READY)


def stable(weight_g: int) -> ScaleReading:
    return ScaleReading(weight_g, stable=True)


def moving(weight_g: int) -> ScaleReading:
    return ScaleReading(weight_g, stable=False)


@pytest.mark.parametrize(
    ("protocol", "frame", "reading"),
    [
        ("mettler-sics", b"S S     1234.5 g", stable(1235)),
        ("mettler-sics", b"S D      0.456 kg", moving(456)),
        ("mettler-sics", b"S S     -12.00 g", stable(-12)),
        ("mettler-sics", b"S +", HEAVY),
        ("mettler-sics", b"S -", LIGHT),
        ("mettler-sics", b"S I", NOT_READY),
        ("mettler-sics", b"ES", None),
        ("toledo-8217", b"\x0201.23", stable(1230)),
        ("toledo-8217", b"\x02012.345", stable(12345)),
        ("toledo-8217", b"\x02?\x41", NOT_READY),
        ("toledo-8217", b"\x02?\x42", HEAVY),
        ("toledo-8217", b"\x02?\x44", LIGHT),
        ("toledo-8217", b"\x02?\x50", None),
        # Word A: three decimals; word B: kg, then kg and in motion, negative, out of range; word C: nothing.
        ("toledo-continuous", b"\x02\x2d\x30\x20  1234     0", stable(1234)),
        ("toledo-continuous", b"\x02\x2d\x38\x20  1234     0", moving(1234)),
        ("toledo-continuous", b"\x02\x2d\x32\x20    12     0", stable(-12)),
        ("toledo-continuous", b"\x02\x2d\x34\x20  9999     0", HEAVY),
        ("toledo-continuous", b"\x02\x2a\x30\x21  1234     0", stable(1234)),
        ("toledo-continuous", b"\x02\x2c\x20\x20   100     0", stable(454)),
        ("toledo-continuous", b"7\x02\x2d\x30\x20  1234     0", stable(1234)),
        ("and-standard", b"ST,+00123.45  g", stable(123)),
        ("and-standard", b"ST,GS,+  1.234kg", stable(1234)),
        ("and-standard", b"US,NT,-  0.012kg", moving(-12)),
        ("and-standard", b"ST,GS,   245.6 g", stable(246)),
        ("and-standard", b"OL,+9999999E+19", HEAVY),
        ("plain", b"   1.234 kg", ScaleReading(1234, None)),
        ("plain", b"   500.0 g ?", moving(500)),
        ("plain", b"hello", None),
    ],
)
def test_a_frame_says(protocol: str, frame: bytes, reading: ScaleReading | None) -> None:
    assert protocols()[protocol].read(frame) == reading


@given(frame=st.binary(max_size=60), name=st.sampled_from(sorted(protocols())))
def test_no_frame_breaks_a_protocol(frame: bytes, name: str) -> None:
    reading = protocols()[name].read(frame)

    assert reading is None or isinstance(reading.weight_g, int)


def test_a_scale_that_must_be_asked_tells_what_lies_on_it(tmp_path: Path) -> None:
    readings = Queue[ScaleReading]()
    protocol = protocols()["mettler-sics"]

    with VirtualScale(tmp_path / "scale") as device, Scale(protocol, protocol.port(device.name), readings.put).line:
        empty = readings.get(timeout=5)
        device.put(750)
        loaded = next(reading for reading in iter(lambda: readings.get(timeout=5), None) if reading.weight_g)

    assert (empty, loaded) == (stable(0), stable(750))
