"""Parts of money that add up to the whole, to the last minor unit: the largest remainders get what rounding leaves."""

from collections.abc import Sequence


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Part a total of 0 or more by weights of 0 or more; they must not all be 0 unless the total is."""
    whole = sum(weights)
    if not whole:
        assert not total, "nothing to part it by"
        return [0] * len(weights)
    parts = [divmod(total * weight, whole) for weight in weights]
    return _topped_up(parts, total)


def rounded_together(values: Sequence[int], scale: int, total: int) -> list[int]:
    """Each value divided by the scale and rounded up or down, so that all add up to the total.

    The total must be less than 1 away from the sum of the exact quotients.
    """
    return _topped_up([divmod(value, scale) for value in values], total)


def _topped_up(parts: Sequence[tuple[int, int]], total: int) -> list[int]:
    """The quotients; those with the largest remainders, of equal ones the first, are one greater."""
    found = [quotient for quotient, _ in parts]
    left = total - sum(found)
    assert 0 <= left <= len(parts), "the total is not that of the parts"
    for place in sorted(range(len(parts)), key=lambda place: -parts[place][1])[:left]:
        found[place] += 1
    return found
