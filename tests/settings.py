"""The settings of the tests: the real ones, without what only production needs."""

import os
import tempfile

# Whatever the shell of the developer has set, except the database.
LEFT_OUT = [
    "ALLOWED_HOSTS",
    "CONTENT_DIR",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "MAIL_FROM",
    "MAIL_URL",
    "ONION_LOCATION",
    "SITE_URL",
    "TIME_ZONE",
    "TRUST_PROXY",
]
for name in LEFT_OUT:
    os.environ.pop(name, None)
os.environ.update(
    SECRET_KEY="only for tests",
    ADDRESS_KEYS="only for the addresses of tests",
    HTTPS="0",
    HOST="127.0.0.1",
    PORT="8000",
    # Tests of the file make it themselves.
    RECORD_ZIP="0",
    # Of this process alone, as several run at once; removed at its end (tests/conftest.py).
    VAR_DIR=tempfile.mkdtemp(prefix="answerable-test-"),
)

from advocacy.settings import *  # noqa: E402, F403

# Pages need no collected static files; one test collects them with the real storage.
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

DATABASE = DATABASES["default"]  # noqa: F405
# A connection kept by a thread of the live server would stop the database from being dropped.
DATABASE["CONN_MAX_AGE"] = 0
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: in memory, all threads of the live server would share a connection.
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405

# Of this process alone: nothing of a test is left to the next.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# In a test a task runs as soon as it is queued; tests of the worker take the real queue.
TASKS["default"]["BACKEND"] = "django.tasks.backends.immediate.ImmediateBackend"  # noqa: F405
