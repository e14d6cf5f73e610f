"""What carriers' own event codes mean, from data: one vocabulary for each way of naming events."""

import csv
from collections.abc import Mapping
from functools import cache

from warehouse_app.domain.tracking import TrackStatus
from warehouse_app.resources import resource_path


def normalised(vocabulary: str, raw_code: str) -> TrackStatus:
    """The status that a carrier's code stands for; a code that the map does not name is unknown, never guessed."""
    return _status_map().get((vocabulary, raw_code), TrackStatus.UNKNOWN)


@cache
def _status_map() -> Mapping[tuple[str, str], TrackStatus]:
    with resource_path("tracking/status_map.csv").open(encoding="utf-8", newline="") as file:
        return {(row["vocabulary"], row["code"]): TrackStatus(row["normalised"]) for row in csv.DictReader(file)}
