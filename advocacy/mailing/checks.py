"""A public site says how its mail leaves before it serves a page or takes up a task."""

import sys
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error


def check_mail_url(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[Error]:
    """Part of `check --deploy`. Without HTTPS a site is local, and its mail goes to a folder."""
    if settings.MAIL_URL:
        return []
    return [
        Error(
            "MAIL_URL is not set: say how mail leaves, for example"
            " smtp://user:password@mail.example.org:587 (or folder: to write it to VAR_DIR/mail).",
            id="advocacy.E001",
        )
    ]


def demand_mail_url() -> None:
    """Exit with that sentence where it is missing."""
    for error in check_mail_url(None):
        sys.exit(error.msg)
