"""Waiting for something to become true, instead of for some time to pass."""

import time


def wait_until(condition, seconds=180):
    """Ask again and again; a condition that does not come about in time fails the test."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)
