"""The shared widgets. Each shows a frozen value through one `show_...` method (see views.py for the values).

Screens give texts already translated; widgets never ask a database and never decide. All sizes are those of a window of
1366 x 768 and grow with it; all colours come from the theme, and every colour goes with a shape and a word.
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
