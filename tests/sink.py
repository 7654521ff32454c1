"""A mail server of the test's own: it keeps what it is given, or refuses it as it is told."""

import asyncio
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller

from tests.ports import held_port


class Sink:
    """Real SMTP on a free port of this machine."""

    def __init__(self):
        self.raw = []
        self.refuse = {}  # {address: "550 …"} at RCPT
        self.answer = "250 OK"  # to DATA
        self.most = None  # After so many messages it keeps the next ones waiting, until `release`.
        self.waiting = 0
        self.port, self.held = held_port()
        self.start()

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)
        self.controller.start()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.waiting += 1
        while self.most is not None and len(self.raw) >= self.most:
            await asyncio.sleep(0.01)
        self.waiting -= 1
        if self.answer.startswith("250"):
            self.raw += [(address, envelope.content) for address in envelope.rcpt_tos]
        return self.answer

    def release(self):
        self.most = None

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
