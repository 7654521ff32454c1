"""The web server: Granian, whose processes are started again however often they end."""

import asyncio
import inspect
import os
import time
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string
from granian import loops
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from advocacy.management import supervisor
from advocacy.management.port import resolved
from advocacy.upkeep.back_off import BackOff

APPLICATION = "advocacy.rsgi.application"
SECONDS_TO_STOP = 3
# Whoever needs longer for the head of a request is hung up on.
HEAD_SECONDS = 10
# So many threads of Granian take the first step of a request. One alone would wait for the
# interpreter at each request while a page is made: a twentieth of the kept pages would be answered.
FIRST_STEPS = 4


NOTHING_LEFT = cast(asyncio.Handle, None)  # Granian asks for no handle.


class EventLoop(asyncio.SelectorEventLoop):
    """Lets the thread of Granian that brings a request take its first step.

    For a page that is kept it is the last: that takes half as long as to wake the loop. Where
    Granian asks the loop in another way, the loop takes this step too, and only time is lost.
    """

    def call_soon_threadsafe[*Ts](
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        first: Any = args[0] if args else None
        if inspect.iscoroutine(first):
            try:
                first.send(None)
            except StopIteration:
                return NOTHING_LEFT
        return super().call_soon_threadsafe(callback, *args, context=context)


@loops.register("auto")
def event_loop() -> asyncio.AbstractEventLoop:
    """The one that Granian runs."""
    loop = EventLoop()
    asyncio.set_event_loop(loop)
    return loop


class WebServer(MPServer):
    """Granian, which would end altogether when a process ends twice within 5.5 seconds."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.back_offs = [BackOff(supervisor.LONGEST_PAUSE) for _ in range(self.workers)]

    def _respawn_workers(self, workers: Sequence[int], *arguments: Any, **options: Any) -> None:
        for number in workers:
            process = self.wrks[number]
            ran_for = time.monotonic() - process.birth
            pause = supervisor.pause_after(self.back_offs[number], ran_for)
            ending = supervisor.how_it_ended(process.inner.exitcode)
            supervisor.tell("web process", ending, pause)
            end = time.monotonic() + pause
            while time.monotonic() < end:
                if self.interrupt_signal:
                    return
                time.sleep(supervisor.LOOK_EVERY)
            super()._respawn_workers([number], *arguments, **options)
            # What Granian remembers of it makes it give up.
            self.respawned_wrks.clear()


def load_app() -> Any:
    """In a process of the server: the application."""
    supervisor.leave_with(os.getppid())
    return import_string(APPLICATION)


def serve() -> None:
    """Answer on HOST:PORT until told to stop."""
    # Import before forking, so that all processes share the loaded app.
    import_string(APPLICATION)
    *_, (address, port, *_scope) = resolved(settings.HOST, settings.PORT)
    server = WebServer(
        APPLICATION,
        address=address,
        port=port,
        interface=Interfaces.RSGI,
        workers=settings.WORKERS,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_STOP,
    )

    # Granian takes no such number for RSGI, as one thread is enough to wake a loop.
    @server.on_startup
    def take_first_steps() -> None:
        server.blocking_threads = FIRST_STEPS

    server.serve(target_loader=load_app, wrap_loader=False)
