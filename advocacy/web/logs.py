"""Logs without addresses of people and without the secret part of their links."""

import logging

from django.core.exceptions import SuspiciousOperation

from advocacy.text import carried, carried_line, without_secrets

# Of a refused request: enough to know it by.
MOST_OF_A_REFUSAL = 200


class ShortRefusals(logging.Filter):
    """A request that Django refuses is a warning of one short line: anybody can send a million.

    Among them are a name (Host) that is not the site's and a form with too many fields.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SuspiciousOperation):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = record.getMessage()[:MOST_OF_A_REFUSAL], ()
            record.exc_info = record.exc_text = None
        return True


class WithoutSecrets(logging.Filter):
    """Takes addresses and tokens out of a line and its traceback before it is written.

    A message stays on one line, so nothing in it can pass for another message.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = carried_line(without_secrets(record.getMessage())), ()
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = carried(without_secrets(text)), None
        if record.stack_info:
            record.stack_info = carried(without_secrets(record.stack_info))
        return True
