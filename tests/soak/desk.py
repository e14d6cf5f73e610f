"""What a supervisor decides among many others: about one order or one shelf, and about whole files and waves."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from tests.order_desk import OrderDesk
from tests.soak.house import SHELVES, product, shelf, some_lines
from tests.soak.report import Tally
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.operations.campaigns import CampaignRequest, add_campaign, end_campaign
from warehouse_app.operations.cancelling import cancel_order, hold_order, unhold_order
from warehouse_app.operations.changing import LineChange, OrderChange, change_order
from warehouse_app.operations.holds import add_hold, list_holds, remove_hold
from warehouse_app.operations.moving import StockWanted, Why, adjust_stock, move_stock
from warehouse_app.operations.promising import open_order_nos
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.rushing import rush_order
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.operations.unreleasing import unrelease_order
from warehouse_app.operations.waves import WaveRequest, release_waves

WHO = "SUPERVISOR-1"


class Supervisor:
    """One person at a desk; what every act came to is counted."""

    def __init__(self, desk: OrderDesk, number: int, neighbour: int, dice: random.Random) -> None:
        self.desk, self.database, self.dice, self.tally = desk, desk.database, dice, Tally()
        self.number, self.neighbour = number, neighbour
        self.orders = self.campaigns = 0
        self.acts: dict[str, Callable[[], object]] = {
            "order": self.order, "rush": self.rush, "cancel": self.cancel, "hold": self.hold, "unhold": self.unhold,
            "change": self.change, "split": self.split, "unrelease": self.unrelease, "file of orders": self.order_file,
            "reserve all": self.reserve_all, "release a wave": self.release, "list of cancels": self.cancel_list,
            "look at doubts": self.look_at_doubts,
            "hold stock": self.hold_stock, "release stock": self.release_stock, "set aside": self.set_aside,
            "end campaign": self.end_campaign, "move": self.move, "adjust": self.adjust,
        }  # fmt: skip

    def some_order(self) -> str:
        """An order of one's own or of a neighbour; mostly one of the newest, which others have in their hands too."""
        whose = self.dice.choice((self.number, self.number, self.number, self.neighbour))
        return f"{whose}-{max(1, self.orders - self.dice.randrange(self.dice.choice((12, 12, 200))))}"

    def order(self) -> None:
        self._import(1)

    def order_file(self) -> None:
        self._import(self.dice.randint(5, 50))

    def _import(self, count: int) -> None:
        orders = {}
        for _ in range(count):
            self.orders += 1
            orders[f"{self.number}-{self.orders}"] = some_lines(self.dice)
        self.tally.decided(self.desk.take_file(orders).added)

    def rush(self) -> None:
        rush_order(self.database, f"{self.number}-{max(1, self.orders)}", WHO)
        self.tally.decided()

    def reserve_all(self) -> None:
        self.tally.decided(reserve_open_orders(self.database).reserved)

    def release(self) -> None:
        released = release_waves(self.database, WaveRequest(max_orders=self.dice.randint(50, 500)))
        self.tally.decided(sum(wave.orders for wave in released.waves))

    def cancel(self) -> None:
        self.database.write(cancel_order, self.some_order(), "", WHO)
        self.tally.decided()

    def cancel_list(self) -> None:
        """Customers do not wait for ever: up to fifteen orders that wait for stock, whoever took them."""
        waiting = self.database.read(open_order_nos, ("partial", "short"))
        for order_no in self.dice.sample(waiting, min(len(waiting), self.dice.randint(5, 15))):
            with suppress(WarehouseError):
                self.database.write(cancel_order, order_no, "nothing there", WHO)
                self.tally.decided()

    def look_at_doubts(self) -> None:
        """Where pickers found too little nothing is promised until somebody has looked; up to twenty such places."""
        doubted = [hold for hold in self.database.read(list_holds) if hold.reason == "count_first"]
        for hold in self.dice.sample(doubted, min(len(doubted), 20)):
            with suppress(WarehouseError):
                self.database.write(remove_hold, WHO, location=hold.location, sku=hold.sku)
                self.tally.decided()

    def hold(self) -> None:
        self.database.write(hold_order, self.some_order(), "why", WHO)
        self.tally.decided()

    def unhold(self) -> None:
        self.database.write(unhold_order, self.some_order(), "", WHO)
        self.tally.decided()

    def change(self) -> None:
        change = OrderChange(LineChange(1, self.dice.randint(0, 4)))
        self.database.write(change_order, self.some_order(), change, WHO)
        self.tally.decided()

    def split(self) -> None:
        self.database.write(split_order, self.some_order(), SplitRequest((1,)), WHO)
        self.tally.decided()

    def unrelease(self) -> None:
        self.database.write(unrelease_order, self.some_order(), "", WHO)
        self.tally.decided()

    def hold_stock(self) -> None:
        self.database.write(add_hold, "recall", WHO, location=shelf(self.number))
        self.tally.decided()

    def release_stock(self) -> None:
        self.database.write(remove_hold, WHO, location=shelf(self.number))
        self.tally.decided()

    def set_aside(self) -> None:
        self.campaigns += 1
        ends_at = self.database.clock() + timedelta(seconds=self.dice.randint(1, 60))
        name = f"SALE-{self.number}-{self.campaigns}"
        wanted = CampaignRequest(name, product(self.dice), 10, ends_at, channel="csv", partly=True)
        self.database.write(add_campaign, wanted, WHO)
        self.tally.decided()

    def end_campaign(self) -> None:
        self.database.write(end_campaign, f"SALE-{self.number}-{self.campaigns}", None, WHO)
        self.tally.decided()

    def move(self) -> None:
        place = self.dice.randrange(SHELVES)
        wanted = StockWanted(f"P{place % 100:03d}", self.dice.randint(1, 5))
        self.database.write(move_stock, wanted, shelf(place), shelf(place + 100), self._why())
        self.tally.decided()

    def adjust(self) -> None:
        place = self.dice.randrange(SHELVES)
        wanted = StockWanted(f"P{place % 100:03d}", self.dice.choice((-6, -2, 2, 6)))
        self.database.write(adjust_stock, wanted, shelf(place), self._why())
        self.tally.decided()

    def _why(self) -> Why:
        return Why("seen", WHO, force=self.dice.random() < 0.5)
