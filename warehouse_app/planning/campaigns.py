"""What orders of a channel may draw on: units that campaigns keep for it. Quantities are base units."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from warehouse_app.planning.demand import LineDemand, OrderDemand, Pool, ShortReason, StockKey


@dataclass(frozen=True, slots=True)
class CampaignStock:
    """What a running campaign has left of a product; nobody may draw on one without a channel."""

    campaign: str
    owner: str
    sku: str
    channel: str
    quantity_remaining: int


@dataclass(frozen=True, slots=True)
class Draw:
    """Units that an order line takes from a campaign."""

    campaign: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Units of a product that are kept from an order, and the campaign that keeps most of them."""

    campaign: str
    quantity: int


def channel_names(channel: str) -> tuple[str, ...]:
    """A channel's names, the narrowest first: `csv/web` is the shop `web` of the channel `csv`."""
    whole, slash, _shop = channel.partition("/")
    return (channel, whole) if slash else (channel,)


def serves(campaign_channel: str, channel: str) -> bool:
    """Whether orders of this channel may draw on a campaign."""
    return bool(campaign_channel) and campaign_channel in channel_names(channel)


class SetAside:
    """What campaigns have left while a plan is made; give campaigns in the order in which they are to be drawn on.

    Open stock below zero means that holds or expiry stop more than is open: then campaigns cannot keep all they have.
    """

    def __init__(self, campaigns: Iterable[CampaignStock], open_stock: Mapping[StockKey, int]) -> None:
        self._left: defaultdict[StockKey, list[CampaignStock]] = defaultdict(list)
        for campaign in campaigns:
            self._left[campaign.owner, campaign.sku].append(campaign)
        self._there = {
            key: sum(campaign.quantity_remaining for campaign in mine) + min(0, open_stock.get(key, 0))
            for key, mine in self._left.items()
        }

    def __bool__(self) -> bool:
        """Whether any campaign keeps units; without one nothing here needs to be asked."""
        return bool(self._left)

    def __contains__(self, key: StockKey) -> bool:
        """Whether a campaign keeps units of this product."""
        return key in self._left

    def available(self, key: StockKey, channel: str) -> int:
        """Units that an order of this channel may draw."""
        if key not in self._left:
            return 0
        mine = sum(one.quantity_remaining for one in self._left[key] if serves(one.channel, channel))
        return max(0, min(mine, self._there[key]))

    def take(self, key: StockKey, channel: str, quantity: int) -> tuple[Draw, ...]:
        """Draw up to so many units, from the campaigns in their order."""
        wanted = min(quantity, self.available(key, channel))
        draws: list[Draw] = []
        for place, campaign in enumerate(self._left.get(key, ())):
            units = min(wanted, campaign.quantity_remaining) if serves(campaign.channel, channel) else 0
            if units > 0:
                left = campaign.quantity_remaining - units
                self._left[key][place] = replace(campaign, quantity_remaining=left)
                self._there[key] -= units
                wanted -= units
                draws.append(Draw(campaign.campaign, units))
        return tuple(draws)

    def kept_from(self, key: StockKey, channel: str) -> Kept | None:
        """What is kept from an order of this channel, so that a shortage can say so."""
        others = [one for one in self._left.get(key, ()) if one.quantity_remaining and not serves(one.channel, channel)]
        if not others:
            return None
        most = max(others, key=lambda campaign: campaign.quantity_remaining)
        return Kept(most.campaign, sum(campaign.quantity_remaining for campaign in others))


class ChannelPool(Pool):
    """A pool in which an order also finds what campaigns keep for its channel, and takes that first."""

    def __init__(self, available: Mapping[StockKey, int], set_aside: SetAside) -> None:
        super().__init__(available)
        self._open = dict(available)
        self._set_aside = set_aside
        self.draws: dict[tuple[str, int], tuple[Draw, ...]] = {}
        """What lines took from campaigns, by order and line."""

    def begin(self, order: OrderDemand) -> None:
        """Let the order see what is open, and what is kept for its channel."""
        for line in order.lines:
            key = (line.owner, line.sku)
            if key in self._set_aside:
                self._left[key] = max(0, self._open.get(key, 0)) + self._set_aside.available(key, order.channel)

    def take(self, order: OrderDemand, line: LineDemand, most: int) -> int:
        """Give the line up to so many units; gives how many it got."""
        quantity = super().take(order, line, most)
        key = (line.owner, line.sku)
        if quantity and key in self._set_aside:
            draws = self._set_aside.take(key, order.channel, quantity)
            self.draws[order.order_no, line.line_no] = draws
            self._open[key] = self._open.get(key, 0) - quantity + sum(draw.quantity for draw in draws)
        return quantity

    def reason(self, order: OrderDemand, key: StockKey, wanted: int) -> ShortReason:
        """Why an order does not get so many units of a product."""
        reason = super().reason(order, key, wanted)
        kept = self._set_aside.kept_from(key, order.channel)
        return replace(reason, kept=kept.quantity, kept_for=kept.campaign) if kept else reason
