"""A mail server of the test's own: it keeps what it is given, or refuses it as it is told."""

import asyncio
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.ports import held_port


class Server(SMTP):
    """Turns a client away before it hands over a message, where the sink says so."""

    @property
    def turned_away(self):
        return self.event_handler.turn_away

    async def push(self, status):
        if str(status).startswith("220 ") and "greeting" in self.turned_away:
            status = self.turned_away["greeting"]
        await super().push(status)

    async def smtp_EHLO(self, hostname):
        if "EHLO" in self.turned_away:
            await self.push(self.turned_away["EHLO"])
        else:
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname):
        if "EHLO" in self.turned_away:
            await self.push(self.turned_away["EHLO"])
        else:
            await super().smtp_HELO(hostname)

    async def smtp_AUTH(self, arg):
        await self.push(self.turned_away.get("AUTH", "235 2.7.0 welcome"))

    async def smtp_MAIL(self, arg):
        if "MAIL" in self.turned_away:
            await self.push(self.turned_away["MAIL"])
        else:
            await super().smtp_MAIL(arg)


class Door(Controller):
    def factory(self):
        return Server(self.handler, **self.SMTP_kwargs)


class Sink:
    """Real SMTP on a free port of this machine."""

    def __init__(self):
        self.raw = []
        self.refuse = {}  # {address: "550 …"} at RCPT
        self.refuse_data = {}  # the same after the message
        self.turn_away = {}  # {"greeting", "EHLO", "AUTH" or "MAIL": "550 …"}
        self.answer = "250 OK"  # to DATA
        self.most = None  # After so many messages it keeps the next ones waiting, until `release`.
        self.waiting = 0
        self.port, self.held = held_port()
        self.start()

    def __dir__(self):
        """Without what is made of all mails: the server looks at each at every connection."""
        return [name for name in super().__dir__() if name not in {"addresses", "messages"}]

    def start(self):
        self.released = asyncio.Event()
        self.controller = Door(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ready_timeout=20,
            auth_require_tls=False,
        )
        self.controller.start()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.waiting += 1
        if self.most is not None and len(self.raw) >= self.most:
            await self.released.wait()
        self.waiting -= 1
        for address in envelope.rcpt_tos:
            if address in self.refuse_data:
                return self.refuse_data[address]
        if self.answer.startswith("250"):
            self.raw += [(address, envelope.content) for address in envelope.rcpt_tos]
        return self.answer

    def release(self):
        self.most = None
        self.controller.loop.call_soon_threadsafe(self.released.set)

    @property
    def url(self):
        return f"smtp+plain://127.0.0.1:{self.port}"

    @property
    def addresses(self):
        return [address for address, _content in self.raw]

    @property
    def messages(self):
        return [message_from_bytes(content, policy=default) for _address, content in self.raw]

    def close(self):
        self.stop()
        self.held.close()

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None
