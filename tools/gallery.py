"""Invented contents for pictures of the shared widgets: a packing screen made of them, and one of each."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from warehouse_app.ui.screen import PersonView, Screen
from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.widgets import (
    ActionButton,
    Banner,
    BannerView,
    Bars,
    BarView,
    BoxCard,
    BoxView,
    Card,
    ChipRow,
    ChipView,
    CompareView,
    EmptyState,
    EmptyView,
    HeroPanel,
    HeroView,
    KeyHint,
    KPITile,
    KPIView,
    Label,
    LineList,
    LinesView,
    LineView,
    ProductPanel,
    ProductView,
    ResultView,
    SegmentBar,
    WeightCard,
    WeightView,
    spaced,
)

LINES = (
    LineView(1, "WHITE HANGING HEART T-LIGHT HOLDER", "85123A", 2, 3, place="T-0031", picture="candle", current=True),
    LineView(2, "Stoneware mug 400 ml", "21071", 4, 4, variant="sage", place="T-0031", picture="mug",
             warnings=("Fragile",)),
    LineView(3, "ALARM CLOCK BAKELIKE", "22727", 0, 2, variant="red", place="T-0031", picture="clock"),
    LineView(4, "JUMBO BAG RED RETROSPOT", "85099B", 0, 144, place="T-0032", picture="bag"),
    LineView(5, "DESK LAMP WITH LITHIUM BATTERY", "23293", 0, 1, place="T-0032", picture="lamp",
             warnings=("Lithium: UN3481 mark", "Upright")),
    LineView(6, "CUSHION COVER PINK UNION JACK", "82494L", 1, 1, place="T-0031", picture="cushion"),
)  # fmt: skip
RED_CLOCK = ProductView("Alarm clock Bakelike red", "clock", chips=(ChipView("22727"),))
GREEN_CLOCK = ProductView("Alarm clock Bakelike green", "clock", chips=(ChipView("22726"),))
HEART = ProductView("White hanging heart T-light holder", "candle", chips=(ChipView("85123A"), ChipView("160 g each")))

NEXT = HeroView(
    "Scan the next item", "1 more White hanging heart T-light holder, or any open line", Tone.PRIMARY, "scan", "7",
    "of 155 packed", ResultView("Packed", "85123A  White hanging heart T-light holder  2 of 3", "5012345678900"),
)  # fmt: skip
WRONG = HeroView(
    "Wrong item, put it back", "This order has the red clock. You scanned the green one.", Tone.ERROR, "octagon-cross",
    "7", "of 155 packed",
    ResultView("Not in this order", "22726  Alarm clock Bakelike green", "5012345678931", Tone.ERROR, "octagon-cross"),
)  # fmt: skip
TOO_MANY = HeroView(
    "One too many", "All 4 mugs are already packed. Put this one back into tote T-0031.", Tone.WARN, "triangle", "7",
    "of 155 packed", ResultView("Already complete", "21071  Stoneware mug", "5012345678917", Tone.WARN, "triangle"),
)  # fmt: skip
STOP = HeroView(
    "Stop: the order was cancelled", "Close nothing. Put the 7 packed units back into tote T-0031, then scan it.",
    Tone.STOP, "hand", "7", "to put back",
    ResultView("Stopped", "by the shop at 14:02", "ORD:553000", Tone.STOP, "hand"),
)  # fmt: skip
DONE = HeroView(
    "Order complete", "Close the box with F9, or scan CLOSE", Tone.OK, "check-circle", "155", "of 155 packed",
    ResultView("Packed", "82494L  Cushion cover, the last unit", "5012345678924"),
)  # fmt: skip
BOX = BoxView("Carton 1 of 2", "M2", 400, 300, 200, 72, "72 % full", "Change  F6",
              ChipView("Label prints at close", icon="printer"))  # fmt: skip
WEIGHT = WeightView(
    "Weight so far", 1240, 1262, 40, "expected by now 1.26 ± 0.04 kg", ChipView("As expected", Tone.OK, "check")
)
LIGHT_WEIGHT = WeightView(
    "Weight", 1080, 1262, 40, "expected 1.26 ± 0.04 kg", ChipView("182 g light", Tone.WARN, "triangle")
)


class PackingPicture(Screen):
    """A packing screen composed of the shared widgets, in one of its moments."""

    def __init__(self, hero: HeroView, compare: CompareView | None = None, *, closable: bool = False) -> None:
        super().__init__()
        self._closable = closable
        self.top_bar.show_title(
            "553000",
            (
                ChipView("Express", Tone.WARN),
                ChipView("DHL · next day", icon="truck"),
                ChipView("Germany", icon="globe"),
                ChipView("3 of 7 in wave W-118"),
            ),
        )
        self.top_bar.show_clock("42 min to 14:30 pick-up")
        self.top_bar.show_person(PersonView("MK", "Mara Keller", "Station P-03"))
        row = QHBoxLayout()
        spaced(row, 16)
        row.addLayout(self._left(hero), 1)
        self._right_column = QWidget()
        self._right_column.setLayout(self._right(compare))
        row.addWidget(self._right_column)
        self.body.addLayout(row)
        self.restyle()

    def restyle(self) -> None:
        super().restyle()
        if hasattr(self, "_right_column"):
            self._right_column.setFixedWidth(px(372))

    def _left(self, hero: HeroView) -> QVBoxLayout:
        column = QVBoxLayout()
        spaced(column, 14)
        panel, lines = HeroPanel(), LineList()
        panel.show_hero(hero)
        lines.show_lines(LinesView("Order lines", "2 done, 1 in progress, 3 open", LINES))
        note = BannerView("Packing note", "Gift order: leave the invoice out, add the card from drawer 2", icon="gift")
        lines.set_footer(Banner(note))
        column.addWidget(panel)
        column.addWidget(lines, 1)
        return column

    def _right(self, compare: CompareView | None) -> QVBoxLayout:
        column = QVBoxLayout()
        spaced(column, 12)
        product, box, weight = ProductPanel(), BoxCard(), WeightCard()
        if compare is None:
            product.show_product(HEART)
        else:
            product.show_comparison(compare)
        box.show_box(BOX)
        weight.show_weight(WEIGHT)
        buttons = QHBoxLayout()
        spaced(buttons, 10)
        buttons.addWidget(ActionButton("Problem", key="F4", icon="flag"))
        buttons.addWidget(ActionButton("Undo scan", key="F8", icon="undo"))
        close = ActionButton("Close box and print label", key="F9", icon="printer", primary=True)
        if not self._closable:
            close.block("148 units are still to be packed")
        for widget in (product, box, weight):
            column.addWidget(widget, 1 if widget is product else 0)
        column.addLayout(buttons)
        column.addWidget(close)
        return column


COMPARE = CompareView(
    "Scanned",
    GREEN_CLOCK,
    "Expected",
    RED_CLOCK,
    "It belongs to order 553017: put it into tote T-0044, then scan the red one.",
)


class GalleryPicture(Screen):
    """One of each widget."""

    def __init__(self) -> None:
        super().__init__()
        self.top_bar.show_title("Widgets", (ChipView("Neutral"), ChipView("OK", Tone.OK, "check-circle")))
        grid = QGridLayout()
        spaced(grid, 12)
        for column, hero in enumerate((STOP, TOO_MANY)):
            panel = HeroPanel()
            panel.show_hero(hero)
            grid.addWidget(panel, 0, column * 2, 1, 2)
        for column, view in enumerate(KPIS):
            grid.addWidget(KPITile(view), 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self._bars(), 2, 0, 1, 2)
        grid.addWidget(self._small(), 2, 2)
        empty = Card()
        empty.body.addWidget(
            EmptyState(EmptyView("tote", "No tote is open", "Scan a tote, an order or an item to begin.", "Find work"))
        )
        grid.addWidget(empty, 2, 3)
        self.body.addLayout(grid)

    def _bars(self) -> QWidget:
        card = Card(margin=14)
        card.body.addWidget(Label("title", "Orders against the cut-off"))
        bars = Bars()
        bars.show_bars(BARS)
        card.body.addWidget(bars)
        card.body.addWidget(
            Banner(BannerView("The printer is out of paper", "Labels go to P-04.", Tone.ERROR, "octagon-cross"))
        )
        card.body.addWidget(Banner(BannerView("Synced again", "4 facts were posted.", Tone.OK, "cloud-ok")))
        card.body.addStretch(1)
        return card

    def _small(self) -> QWidget:
        card = Card(margin=14)
        weight = WeightCard()
        weight.show_weight(LIGHT_WEIGHT)
        card.body.addWidget(weight)
        chips = ChipRow()
        chips.show_chips((ChipView("Late", Tone.ERROR, "clock"), ChipView("Short", Tone.WARN, "triangle")))
        card.body.addWidget(chips)
        segments = SegmentBar()
        segments.show_progress(3, 5)
        card.body.addWidget(segments)
        keys = QHBoxLayout()
        keys.addWidget(KeyHint("F8", "Undo"))
        keys.addWidget(KeyHint("Ctrl+K", "Find"))
        keys.addStretch(1)
        card.body.addLayout(keys)
        blocked = ActionButton("Release wave", icon="picking", primary=True)
        blocked.block("Choose at least one order")
        card.body.addWidget(blocked)
        card.body.addStretch(1)
        return card


KPIS = (
    KPIView("Orders to ship today", "96", "2,532 lines", Tone.NEUTRAL, "packing", (40, 52, 61, 58, 77, 85, 96)),
    KPIView("Late", "3", "oldest by 41 min", Tone.ERROR, "octagon-cross", (0, 1, 1, 2, 2, 3)),
    KPIView("Stuck", "5", "4 short, 1 on hold", Tone.WARN, "triangle", (9, 7, 8, 6, 5)),
    KPIView("Count accuracy", "99.2 %", "last count 21 Nov", Tone.OK, "check-circle", (98.4, 98.9, 99.0, 99.2)),
)
BARS = (
    BarView("Same day, 14:30", ((18, Tone.OK), (7, Tone.PRIMARY), (3, Tone.ERROR)), "28, 3 will miss it"),
    BarView("Next day, 17:00", ((9, Tone.OK), (22, Tone.PRIMARY)), "31"),
    BarView("Standard, 18:00", ((4, Tone.OK), (12, Tone.PRIMARY), (21, Tone.NEUTRAL)), "37"),
)
