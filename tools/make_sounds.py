"""Make the tones of the packing bench: `python tools/make_sounds.py` writes resources/sounds/*.wav.

Each tone differs from the others in rhythm and direction, not only in pitch, so that it is told apart beside a conveyor
and by people who hear high notes badly.
"""

import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "warehouse_app" / "resources" / "sounds"
RATE_HZ = 22_050
EDGE_S = 0.006  # A tone that starts or ends at once clicks.


@dataclass(frozen=True, slots=True)
class Note:
    """One tone; 0 Hz is a pause. `harmonics` above 1 makes it rough, as warnings are."""

    pitch_hz: float
    length_s: float
    loudness: float = 0.6
    harmonics: int = 1


TONES = {
    "ok": (Note(1319, 0.075),),
    "tick": (Note(1976, 0.025, 0.4),),
    "info": (Note(784, 0.11, 0.45), Note(988, 0.13, 0.45)),
    "last": (Note(1047, 0.08), Note(1319, 0.08), Note(1568, 0.2)),
    "too_many": (
        Note(659, 0.09, 0.7, 3),
        Note(0, 0.04),
        Note(523, 0.09, 0.7, 3),
        Note(0, 0.04),
        Note(415, 0.16, 0.7, 3),
    ),
    "error": (Note(196, 0.17, 0.85, 5), Note(0, 0.06), Note(196, 0.24, 0.85, 5)),
    "stop": (Note(880, 0.13, 0.85, 3), Note(440, 0.13, 0.85, 3)) * 3,
}


def samples(note: Note) -> list[float]:
    """The note as numbers between -1 and 1, with soft edges."""
    count = round(note.length_s * RATE_HZ)
    if note.pitch_hz == 0:
        return [0.0] * count
    total = sum(1 / part for part in range(1, note.harmonics + 1))
    made = []
    for index in range(count):
        at_s = index / RATE_HZ
        edge = min(1.0, at_s / EDGE_S, (note.length_s - at_s) / EDGE_S)
        wave_sum = sum(
            math.sin(2 * math.pi * note.pitch_hz * part * at_s) / part for part in range(1, note.harmonics + 1)
        )
        made.append(note.loudness * edge * wave_sum / total)
    return made


def write_tone(path: Path, notes: tuple[Note, ...]) -> None:
    """Write the notes one after the other as 16-bit mono."""
    numbers = [value for note in notes for value in samples(note)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(numbers)}h", *(round(value * 32_767) for value in numbers)))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, notes in TONES.items():
        write_tone(FOLDER / f"{name}.wav", notes)
