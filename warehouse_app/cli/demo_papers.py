"""The papers that the demonstration's day leaves behind."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse_app.cli.output import plain
from warehouse_app.cli.paper_makers import (
    count_report_paper,
    count_sheets_paper,
    imprint_of,
    manifests_paper,
    pick_lists_paper,
)
from warehouse_app.cli.papers import save
from warehouse_app.operations.business_days import current_business_day
from warehouse_app.operations.counting_report import count_report
from warehouse_app.operations.counting_sheet import count_sheets
from warehouse_app.operations.keeping import seal_books
from warehouse_app.operations.pick_lists import printed_lists
from warehouse_app.operations.shipping import manifest_paper, manifests_of_day
from warehouse_app.operations.warehouses import read_house
from warehouse_app.operations.waves import list_waves


class DemoPapers:
    """Prints the day's papers into one folder."""

    def __init__(self, database: Any, folder: Path) -> None:  # noqa: ANN401 - handed on only
        self._database = database
        self._folder = folder
        self.count_plan = ""

    def print_count_sheets(self) -> None:
        """The sheets of the day's count, before it is counted."""
        sheets = self._database.read(count_sheets, self.count_plan)
        save(self._folder / "count-sheets.pdf", count_sheets_paper(sheets, self._imprint()))

    def print_all(self) -> None:
        """Pick lists, manifests and the count report; labels and packing slips came from the benches."""
        imprint = self._imprint()
        for wave in self._database.read(list_waves):
            lists = self._database.read(printed_lists, wave.wave)
            save(self._folder / f"pick-lists-{wave.wave}.pdf", pick_lists_paper(lists, imprint))
        today = self._database.read(current_business_day)
        names = self._database.read(manifests_of_day, today)
        papers = [self._database.read(manifest_paper, name) for name in names]
        if papers:
            save(self._folder / "manifests.pdf", manifests_paper(papers, imprint))
        head = seal_books(self._database)
        report = count_report_paper(self._database.read(count_report, today), head, imprint)
        save(self._folder / "count-report.pdf", report)

    def save_summary(self, value: Mapping[str, object]) -> None:
        """The day in figures, for programs."""
        text = json.dumps(plain(value), indent=2, ensure_ascii=False)
        save(self._folder / "summary.json", text.encode())

    def _imprint(self) -> Any:  # noqa: ANN401 - documents' own type
        return imprint_of(self._database.read(read_house), datetime.now(UTC))
