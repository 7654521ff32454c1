"""A mail server of the test's own: it keeps what it is given, or refuses it as it is told."""

import time
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller

from tests.ports import free_port


class Sink:
    """Real SMTP on a free port of this machine."""

    def __init__(self):
        self.raw = []
        self.refuse = {}  # {address: "550 …"} at RCPT
        self.answer = "250 OK"  # to DATA
        self.pause = 0
        self.port = free_port()
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
        time.sleep(self.pause)
        if self.answer.startswith("250"):
            self.raw += [(address, envelope.content) for address in envelope.rcpt_tos]
        return self.answer

    @property
    def url(self):
        return f"smtp+plain://127.0.0.1:{self.port}"

    @property
    def addresses(self):
        return [address for address, _content in self.raw]

    @property
    def messages(self):
        return [message_from_bytes(content, policy=default) for _address, content in self.raw]

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None
