"""What must never stand in a log: addresses of people, and the secret part of their links."""

import logging
import re

LINK = re.compile(r"https?://\S+")
SECRETS = [
    (re.compile(r"(/follow/)[^/\s?\"']+"), r"\1[token]"),
    (re.compile(r"(/password/reset/key/)[^/\s?\"']+"), r"\1[token]"),
    (re.compile(r"[^\s<>\"'(]+@[^\s<>\"')]+"), "[address]"),
]


def without_secrets(text: str) -> str:
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


class WithoutSecrets(logging.Filter):
    """Takes addresses and tokens out of a line and its traceback before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), ()
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = without_secrets(text), None
        if record.stack_info:
            record.stack_info = without_secrets(record.stack_info)
        return True
