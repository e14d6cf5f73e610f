"""The shared widgets. Each shows a frozen value of views.py, given by the screen in the person's language.

| widget | shows |
|---|---|
| HeroPanel.show_hero(HeroView) | the instruction, its counter, the last scan's ResultView |
| LineList.show_lines(LinesView of LineView) | the order's lines, done ones last, the current one in sight |
| ProductPanel.show_product(ProductView), .show_comparison(CompareView) | the item; a wrong one beside the right one |
| BoxCard.show_box(BoxView), WeightCard.show_weight(WeightView) | carton and fill; scale, expectation, gauge |
| KPITile.show_kpi(KPIView), Bars.show_bars(tuple of BarView), Sparkline.show_points(tuple) | figures |
| Banner.show_banner(BannerView or None), EmptyState.show_empty(EmptyView) | messages; both emit `pressed` |
| Chip.show_chip(ChipView or None), ChipRow.show_chips(tuple of ChipView) | short facts |
| ActionButton.block(reason), .allow() | a button that says why it cannot be pressed |

Widgets never ask a database and never decide. Sizes are those of a window of 1366 x 768 and grow with it; every colour
goes with a shape and a word. Give layouts to `spaced`, so that their gaps grow too.
"""

from warehouse_app.ui.widgets.box import BoxCard, BoxDrawing, FillBar
from warehouse_app.ui.widgets.buttons import ActionButton, KeyHint
from warehouse_app.ui.widgets.card import Card
from warehouse_app.ui.widgets.charts import Bars, KPITile, Sparkline
from warehouse_app.ui.widgets.chip import Chip, ChipRow
from warehouse_app.ui.widgets.hero import HeroPanel, ResultStrip
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.line_list import LineList
from warehouse_app.ui.widgets.messages import Banner, EmptyState
from warehouse_app.ui.widgets.picture import Picture, ProductPanel
from warehouse_app.ui.widgets.segments import SegmentBar
from warehouse_app.ui.widgets.status import StatusItem
from warehouse_app.ui.widgets.styled import Styled, respace, spaced
from warehouse_app.ui.widgets.text import FitLabel, Label
from warehouse_app.ui.widgets.views import (
    BannerView,
    BarView,
    BoxView,
    ChipView,
    CompareView,
    EmptyView,
    HeroView,
    KPIView,
    LinesView,
    LineView,
    ProductView,
    ResultView,
    StatusView,
    WeightView,
)
from warehouse_app.ui.widgets.weight import Figure, Gauge, WeightCard

__all__ = [
    "ActionButton",
    "Banner",
    "BannerView",
    "BarView",
    "Bars",
    "BoxCard",
    "BoxDrawing",
    "BoxView",
    "Card",
    "Chip",
    "ChipRow",
    "ChipView",
    "CompareView",
    "EmptyState",
    "EmptyView",
    "Figure",
    "FillBar",
    "FitLabel",
    "Gauge",
    "HeroPanel",
    "HeroView",
    "IconBox",
    "KPITile",
    "KPIView",
    "KeyHint",
    "Label",
    "LineList",
    "LineView",
    "LinesView",
    "Picture",
    "ProductPanel",
    "ProductView",
    "ResultStrip",
    "ResultView",
    "SegmentBar",
    "Sparkline",
    "StatusItem",
    "StatusView",
    "Styled",
    "WeightCard",
    "WeightView",
    "respace",
    "spaced",
]
