"""What happened in a run, so that a failure can be read."""

from collections.abc import Iterator


class Died(BaseException):
    """The process of an actor is killed: nothing that it would do from here on is done."""


class Violation(AssertionError):
    """Something that must hold in every run does not."""


class Trace:
    """Everything that was done, in order; put into words only when somebody wants to read it."""

    def __init__(self) -> None:
        self._told: list[tuple[int, str, str, tuple[object, ...]]] = []
        self.depth = 0

    def tell(self, actor: str, what: str, *about: object) -> None:
        """Note what an actor did or met."""
        self._told.append((self.depth, actor, what, about))

    def lines(self, last: int | None = None) -> Iterator[str]:
        """The last lines, or all; what happened between two transactions of somebody else is set in."""
        first = max(0, len(self._told) - last) if last is not None else 0
        for number, (depth, actor, what, about) in enumerate(self._told[first:], first + 1):
            words = " ".join(map(str, about))
            yield f"{number:4}  {'    ' * depth}{actor:<6} {what} {words}".rstrip()
