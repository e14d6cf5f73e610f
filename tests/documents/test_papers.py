import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.documents.examples import CUSTOMER, DAY, IMPRINT, RARE_NAME, SENDER, sscc, stop
from tests.documents.readers import codes_on, page_count, page_image, text_of, zbar_texts
from warehouse_app.documents import words
from warehouse_app.documents.count_report import CountReport, Variance, count_report_pdf
from warehouse_app.documents.count_sheet import CountSheet, CountSheetLine, count_sheet_pdf
from warehouse_app.documents.manifest import Manifest, ManifestCarton, manifest_pdf
from warehouse_app.documents.packing_slip import PackingSlip, SlipLine, packing_slip_pdf
from warehouse_app.documents.pick_list import Drop, PickList, ToteSlot, pick_list_pdf, pick_lists_pdf


def test_codes_of_a_pick_list_lead_to_its_locations_and_itself(tmp_path: Path) -> None:
    stops = tuple(stop(number) for number in range(1, 8))
    pdf = pick_list_pdf(PickList("PL-000012", "W-2", stops, walk_m=412), IMPRINT)

    picture = page_image(pdf, tmp_path)

    expected = {"LIST:PL-000012", *(f"LOC:A01-{number:02}-3" for number in range(1, 8))}
    assert set(codes_on(picture)) == expected
    assert set(codes_on(picture).values()) == {"]C0"}
    assert zbar_texts(picture) == expected


def test_location_that_is_too_long_for_bars_gets_a_square_code(tmp_path: Path) -> None:
    stops = (replace(stop(1), location="MEZZANINE-A-01-02-03"), replace(stop(2), location="货架-甲-01"))

    picture = page_image(pick_list_pdf(PickList("PL-1", "W-1", stops), IMPRINT), tmp_path)

    codes = codes_on(picture)
    assert codes["LOC:MEZZANINE-A-01-02-03"] == "]Q1"
    assert codes["LOC:%E8%B4%A7%E6%9E%B6-%E7%94%B2-01"] == "]Q1"


def test_pick_list_says_what_to_take_and_where_to_put_it() -> None:
    shared = replace(stop(3), drops=(Drop("553001", 2, "A"), Drop("553002", 14, "B")))
    totes = (ToteSlot("A", "553001", "T-0001"), ToteSlot("B", "553002"))
    pdf = pick_list_pdf(PickList("PL-1", "W-20110510", (shared, stop(4, quantity=74_215)), totes), IMPRINT)

    text = text_of(pdf)

    for words_on_paper in ("A01-03-3", "16", "1 × 12 + 4", "× 14", "74,215", "派对彩旗", "T-0001", "W-20110510"):
        assert words_on_paper in text
    assert "Page 1 of 1" in text
    assert "2011-05-10 14:32 BST" in text


def test_every_list_in_one_pdf_counts_its_own_pages() -> None:
    short, long = (PickList(f"PL-{size}", "W", tuple(map(stop, range(size)))) for size in (2, 30))

    pdf = pick_lists_pdf((short, long), IMPRINT)

    pages = page_count(pdf)
    assert "Page 1 of 1" in text_of(pdf, 1)
    assert f"Page 1 of {pages - 1}" in text_of(pdf, 2)
    assert "Location" in text_of(pdf, pages - 1)


def test_seven_hundred_lines_print_within_a_second() -> None:
    stops = tuple(replace(stop(number % 100), location=f"B{number:03}-02-1") for number in range(700))
    pick_list = PickList("PL-700", "W", stops)
    pick_lists_pdf((), IMPRINT)  # Reads the typeface.

    started = time.process_time()
    pick_list_pdf(pick_list, IMPRINT)

    assert time.process_time() - started < 1


def test_packing_slip_says_what_comes_separately(tmp_path: Path) -> None:
    line = SlipLine("85123A", "WHITE HANGING HEART", 100, 61, 27, 12, "白色心形挂件")
    slip = PackingSlip("553000", CUSTOMER, SENDER, (line,), 2, 3, DAY, DAY, notes=("Fragile: glass", "^XA <b>"))
    pdf = packing_slip_pdf(slip, IMPRINT)

    text = text_of(pdf)

    for words_on_paper in (RARE_NAME, "白色心形挂件", "100", "61", "27", "12", "2 of 3", "Fragile: glass", "^XA <b>"):
        assert words_on_paper in text
    assert codes_on(page_image(pdf, tmp_path)) == {"ORD:553000": "]C0"}


def test_long_note_goes_on_over_the_page() -> None:
    notes = tuple(f"Remark {number}" for number in range(90))

    pdf = packing_slip_pdf(PackingSlip("553000", CUSTOMER, SENDER, (), notes=notes), IMPRINT)

    assert page_count(pdf) > 1
    assert "Remark 89" in text_of(pdf, page_count(pdf))
    assert "Nothing is packed in this carton." in text_of(pdf)


def test_codes_of_a_count_sheet_lead_to_its_locations(tmp_path: Path) -> None:
    lines = (CountSheetLine("A01-01-1", "85123A", "HEART", "心", "L-7", DAY), CountSheetLine("A01-01-2"))
    pdf = count_sheet_pdf(CountSheet("CS-7", DAY, lines, code="COUNT:CS-7"), IMPRINT)

    codes = codes_on(page_image(pdf, tmp_path))

    assert set(codes) == {"COUNT:CS-7", "LOC:A01-01-1", "LOC:A01-01-2"}
    assert "LOT L-7 · EXP 2011-05-10" in text_of(pdf)
    assert "Write down what is here" in text_of(pdf)


def test_manifest_adds_up(tmp_path: Path) -> None:
    cartons = tuple(
        ManifestCarton(sscc(number), f"S-{number // 2}", "553000", RARE_NAME, "杭州市", "CN", 1_500)
        for number in range(40)
    )
    pdf = manifest_pdf(Manifest("MF-1", "DPD", DAY, cartons, "MANIFEST:MF-1"), IMPRINT)

    text = text_of(pdf)

    for words_on_paper in ("运单数 20", "箱数 40", "总重量 60.000 kg", f"(00){sscc(0)}", RARE_NAME):
        assert words_on_paper in text
    assert f"(00){sscc(39)}" in text_of(pdf, page_count(pdf))
    assert codes_on(page_image(pdf, tmp_path)) == {"MANIFEST:MF-1": "]C0"}


def test_count_report_parts_what_is_open_from_what_is_settled() -> None:
    settled = Variance("A01-01-1", "85123A", "HEART", 100, 90, -2_550, "Mei", quantity_recounted=89, approved_by="Ann")
    still_open = Variance("A01-01-2", "85099B", "BAG", 10, 14, 1_020, "喆堃", reason="Found behind the rack")
    report = CountReport(DAY, "GBP", 120, 118, 116, (settled, still_open), "9f2c" * 16)

    text = text_of(count_report_pdf(report, IMPRINT))

    for words_on_paper in ("98.3 %", "+4 10.20 GBP", "−11 −25.50 GBP", "−7 −15.30 GBP", "9f2c" * 16, "喆堃"):
        assert words_on_paper in text
    assert text.index("A01-01-1") < text.index("Open variances") < text.index("A01-01-2")


def test_heading_is_printed_in_both_languages_only_where_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    class Chinese:
        def tr(self, message: str, **_values: object) -> str:
            return {"Pick list": "拣货单"}.get(message, message)

    monkeypatch.setattr(words, "_CHINESE", Chinese())

    text = text_of(pick_lists_pdf((), IMPRINT))

    assert "Pick list 拣货单" in text
    assert text.count("Nothing to pick on this list.") == 1


def test_ugly_data_is_wrapped_and_never_lost() -> None:
    ugly = replace(stop(1, name="X" * 120), lot="L" * 40, sku="S" * 40, drops=(Drop("ORDER-" + "0" * 30, 74_215),))

    text = text_of(pick_list_pdf(PickList("PL-1", "W" * 60, (ugly,)), IMPRINT)).replace(" ", "")

    assert "X" * 120 in text
    assert "S" * 40 in text
    assert "L" * 40 in text
    assert "W" * 60 in text
    assert "ORDER-" + "0" * 30 in text
