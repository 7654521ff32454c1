"""What the texts of the environment mean. A ValueError is a sentence for the operator."""

from pathlib import Path
from urllib.parse import urlsplit


def yes_or_no(value):
    if value.lower() not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ValueError("say 1 or 0.")
    return value.lower() in {"1", "true", "yes", "on"}


def seconds(value):
    number = int(value)
    if number <= 0:
        raise ValueError("give a number of seconds above 0.")
    return number


def above_zero(value):
    number = int(value)
    if number <= 0:
        raise ValueError("give a number above 0.")
    return number


def words(value):
    return [word.strip() for word in value.split(",") if word.strip()]


def onion(value):
    if value and not (urlsplit(value).hostname or "").endswith(".onion"):
        raise ValueError("give the address of an onion service: http://….onion")
    return value.rstrip("/")


def folder(value):
    """The same folder wherever the program goes on from."""
    return Path(value).absolute()


def file_text(path):
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{error.strerror}: {path}") from None
