"""Django for the programs of this folder, in a database that can be dropped."""

import os

import django


def set_up(database_url=""):
    """Start Django with what the environment does not say yet."""
    if database_url:
        os.environ["DATABASE_URL"] = database_url
    for name in ("SECRET_KEY", "ADDRESS_KEYS"):
        if f"{name}_FILE" not in os.environ:
            os.environ.setdefault(name, "bench")
    os.environ.setdefault("HTTPS", "0")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advocacy.settings")
    django.setup()
