"""How long to wait before another try."""


class BackOff:
    """A second before the first try, twice as long before each further one, up to a limit."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.pause = 0

    def next(self) -> int:
        self.pause = min(self.pause * 2 or 1, self.longest)
        return self.pause

    def reset(self) -> None:
        """Start over: what was tried has worked."""
        self.pause = 0
