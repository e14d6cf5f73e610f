"""What units in the house are worth: a moving average in whole numbers, by which no money is made or lost.

Values and unit costs are in 1/10,000 of a minor unit of the warehouse's currency.
"""

from dataclasses import dataclass

VALUE_MOST = 10**17
"""More than this a product cannot be worth (a hundred thousand million pounds), so that sums of many fit their columns.

Units that would exceed it come in with what is left to it, for what has happened is never refused.
"""


@dataclass(slots=True)
class CostPool:
    """An owner's units of a product in the house and what they are worth together; all cost the same: the average.

    `last_unit_cost` is what one was worth when there were some last, 0 when none ever were.
    """

    sku: str
    owner: str
    quantity: int = 0
    value: int = 0
    last_unit_cost: int = 0

    @property
    def unit_cost(self) -> int:
        """What one unit is worth, or was worth last."""
        return half_up(self.value, self.quantity) if self.quantity else self.last_unit_cost

    @property
    def is_known(self) -> bool:
        """Whether there are or were units whose cost can be taken for others."""
        return self.quantity > 0 or self.last_unit_cost > 0

    def take_in(self, units: int, unit_cost: int | None = None) -> int:
        """Units come in at this cost, without one at the average; gives the value that they bring along."""
        value = self._average_of(units) if unit_cost is None else units * unit_cost
        return self._change(units, min(value, VALUE_MOST - self.value))

    def give_out(self, units: int, unit_cost: int | None = None) -> int:
        """Units leave at this cost, without one at the average; gives the value that they take along.

        The last ones take along whatever is left, and never more than that is taken.
        """
        if units >= self.quantity:
            return -self._change(-self.quantity, -self.value)
        value = self._average_of(units) if unit_cost is None else units * unit_cost
        return -self._change(-units, -min(value, self.value))

    def add(self, value: int) -> int:
        """The units here become worth so much more, or less below 0; gives what was added, nothing without units."""
        if not self.quantity:
            return 0
        return self._change(0, max(-self.value, min(value, VALUE_MOST - self.value)))

    def _average_of(self, units: int) -> int:
        return half_up(self.value * units, self.quantity) if self.quantity else self.last_unit_cost * units

    def _change(self, units: int, value: int) -> int:
        self.quantity += units
        self.value += value
        if self.quantity:
            self.last_unit_cost = half_up(self.value, self.quantity)
        return value


def half_up(dividend: int, divisor: int) -> int:
    """The quotient of a number and a positive one, rounded to the nearest whole, halves upwards."""
    return (2 * dividend + divisor) // (2 * divisor)
