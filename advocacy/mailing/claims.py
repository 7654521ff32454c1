"""The messages of a mailing that a worker has claimed, and how those it handed over ended."""

import time
from collections import deque
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction

from advocacy.models import Delivery, DeliveryState, Ended, RefusalKind, Withheld

# So many are claimed in one transaction, and so many are doubtful at most after a kill.
AT_ONCE = 10
# Whoever leaves, and whatever is corrected, is asked about again after so many seconds.
SECONDS_HELD = 5


class Unsettled(OperationalError):
    """The database went away before it was written down how messages ended: `claims.close` does."""

    def __init__(self, problem: str, claims: "Claims") -> None:
        super().__init__(problem)
        self.claims = claims


class Claims:
    """Gives out the messages of a task one by one, each claimed before.

    One commit writes down how the last ten ended and claims the next ten.
    """

    def __init__(self, keys: Sequence[int], *, worker: str, withheld: int) -> None:
        """`withheld` is the last withholding that the letters know of."""
        self.keys, self.worker, self.withheld = deque(keys), worker, withheld
        self.held: deque[Delivery] = deque()
        self.ended: dict[int, Ended] = {}
        self.held_until = 0.0

    def next(self) -> Delivery | None:
        """The next message to send, or None after the last."""
        late = time.monotonic() > self.held_until
        # Not one letter more with words that are withheld by now: then nothing is claimed.
        if late or not self.held or Withheld.objects.newest() != self.withheld:
            self.turn()
        if not self.held:
            return None
        # Whatever fails before it is handed over: it waits for another try.
        self.end(self.held[0], DeliveryState.WAITING, "not handed over")
        return self.held.popleft()

    def end(
        self,
        delivery: Delivery,
        state: DeliveryState,
        problem: str = "",
        refusal: RefusalKind | None = None,
    ) -> None:
        """Say how a message ended, until more is known of it."""
        self.ended[delivery.pk] = Ended(delivery, state, problem, refusal)

    def turn(self) -> None:
        """Write down how the last ones ended, and claim the next."""
        self.keys.extendleft(delivery.pk for delivery in reversed(self.held))
        held: list[Delivery] = []
        while not held and (self.keys or self.ended):
            keys = [self.keys.popleft() for _number in range(min(AT_ONCE, len(self.keys)))]
            with transaction.atomic():
                self.write_down()
                held = Delivery.objects.claim(keys, worker=self.worker, withheld=self.withheld)
            self.held, self.ended = deque(held), {}
            self.held_until = time.monotonic() + SECONDS_HELD

    @transaction.atomic
    def write_down(self) -> None:
        Delivery.objects.settle(list(self.ended.values()))
        Delivery.objects.put_back(self.held, worker=self.worker)

    def close(self) -> None:
        """Write down how the last ones ended, and let those not sent wait again."""
        try:
            self.write_down()
        except (OperationalError, InterfaceError) as error:
            raise Unsettled(str(error), self) from error
        self.keys.extendleft(delivery.pk for delivery in reversed(self.held))
        self.held, self.ended = deque(), {}
