"""Keeps processes running: one that ends is started again, until all of them are told to stop."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

from advocacy.upkeep.back_off import BackOff

logger = logging.getLogger(__name__)

# A process that ran for so many seconds has started well: its next end is not the old trouble.
RAN_WELL = 10
LONGEST_PAUSE = 60
# Enough for the server to send what it is sending, and for a worker to hand over its message.
SECONDS_TO_STOP = 5
LOOK_EVERY = 0.2
STOP = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
# Forked, so that all share the program that is already loaded.
FORK = get_context("fork")

type Work = Callable[[], None]


class Kept:
    """One process, and when it is started again if it has ended."""

    def __init__(self, name: str, work: Work) -> None:
        self.name, self.work = name, work
        self.back_off = BackOff(LONGEST_PAUSE)
        self.start()

    def start(self) -> None:
        self.due: float | None = None
        self.born = time.monotonic()
        self.process = FORK.Process(target=run, args=[self.name, self.work, os.getpid()])
        self.process.start()

    def look_after(self) -> None:
        now = time.monotonic()
        if self.due is None and not self.process.is_alive():
            pause = pause_after(self.back_off, now - self.born)
            self.due = now + pause
            tell(self.name, how_it_ended(self.process.exitcode), pause)
        elif self.due is not None and now >= self.due:
            self.start()


def supervise(works: dict[str, Work], parent: int | None = None) -> None:
    """Run these functions, each in a process of its own, until a signal says stop.

    With `parent`: or until that process is gone.
    """
    told = []
    for number in STOP:
        # Under nohup the closing of the terminal is to be survived.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: told.append(1))
    kept = [Kept(name, work) for name, work in works.items()]
    try:
        while not told and (parent is None or os.getppid() == parent):
            time.sleep(LOOK_EVERY)
            for one in kept:
                one.look_after()
    finally:
        stop(kept)


def stop(kept: list[Kept]) -> None:
    """Ask each to stop, and end what has not stopped in time, with all that it started."""
    end = time.monotonic() + SECONDS_TO_STOP
    for one in kept:
        one.process.terminate()
    for one in kept:
        one.process.join(max(0, end - time.monotonic()))
        with suppress(ProcessLookupError):
            if one.process.is_alive():
                os.killpg(one.process.pid or 0, signal.SIGKILL)
        one.process.join()


def run(name: str, work: Work, parent: int) -> None:
    """What a new process does."""
    # In a group of its own: Ctrl-C is for the supervisor, which tells the others once. A worker
    # that is told twice breaks off its task.
    os.setpgid(0, 0)
    for number in STOP:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name)
    leave_with(parent)
    work()


def leave_with(parent: int) -> None:
    """Stop this process when the one that started it is gone, however that one ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(SECONDS_TO_STOP)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def pause_after(back_off: BackOff, seconds: float) -> int:
    """How long to wait until what ran for so many seconds is started again."""
    if seconds >= RAN_WELL:
        back_off.reset()
    return back_off.next()


def tell(name: str, ending: str, pause: int) -> None:
    logger.error("The %s ended (%s) and is started again in %d s.", name, ending, pause)


def how_it_ended(code: int | None) -> str:
    if code is None:
        return "unexpectedly"
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
