"""The settings of a public site, for a test that asks one without a server or a database."""

import os

os.environ.update(HTTPS="1", SECRET_KEY="x", ADDRESS_KEYS="y", MAIL_URL="folder:")

from advocacy.settings import *  # noqa: F403

STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
