"""How fast the machine is just now.

A virtual machine whose neighbours are busy takes up to twice the CPU time for the same work, from
one second to the next, however idle it is itself. So a measurement has a fixed piece of work beside
it, and is told as on the machine that the limits are for, undisturbed.
"""

from time import process_time

# Milliseconds of CPU that the piece of work takes there.
UNDISTURBED = 23


def work() -> None:
    sums: dict[int, int] = {}
    total = 0
    for number in range(200_000):
        sums[number % 1000] = total
        total += number


def pace() -> float:
    """How many times as long as undisturbed it takes now."""
    before = process_time()
    work()
    return 1000 * (process_time() - before) / UNDISTURBED
