"""Settings, safe by default and taken from the environment: the README explains each variable."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import dj_database_url
from django.utils.csp import CSP

from advocacy.content_folder import languages_of
from advocacy.environment import above_zero, file_text, folder, onion, seconds, words, yes_or_no
from advocacy.languages import direction

BASE_DIR = Path(__file__).resolve().parent.parent


# Of these a backup keeps what somebody gave; no other variable is in it, as it may be a secret.
KEPT_IN_BACKUPS = {
    *["ALLOWED_HOSTS", "BACKUP_FOLDER", "BACKUP_KEYS", "CONFIRMATIONS_AN_HOUR", "CONTENT_DIR"],
    *["DEBUG", "CSRF_TRUSTED_ORIGINS", "FONT_FOLDERS", "FOUR_EYES"],
    *["HOST", "HTTPS", "LEAST_FREE_DISK"],
    *["LINK_CHECKS", "LOG_JSON", "MAIL_FROM", "ONION_LOCATION", "PAGE_CACHE_MB", "PORT"],
    *["KEEP_EVIDENCE", "QUERY_SECONDS", "RECORD_ZIP"],
    *["SECOND_FACTOR", "SITE_URL", "TALLY", "TASK_SECONDS", "TIME_ZONE", "TRUST_PROXY"],
    *["VAR_DIR", "WORKERS"],
}
TOLD: dict[str, str] = {}
# These hold secrets: NAME_FILE may name a file that holds one instead.
IN_FILES = {"ANYMAIL", "DATABASE_URL", "MAIL_URL"}


def env(name, default="", parse=str):
    """Read one variable. Empty means not set; a value that cannot be used ends the start-up."""
    value = os.environ.get(name, "").strip()
    if not value and name in IN_FILES:
        value = env(f"{name}_FILE", parse=file_text)
    if value and name in KEPT_IN_BACKUPS:
        TOLD[name] = value
    try:
        return parse(value or default)
    except ValueError as error:
        # The value itself is not shown: it may hold a password.
        raise SystemExit(f"The environment variable {name} cannot be used: {error}") from None


DEBUG = env("DEBUG", "0", yes_or_no)
HTTPS = env("HTTPS", "0" if DEBUG else "1", yes_or_no)

# What the program makes while it runs: the SQLite database, the collected static files.
VAR_DIR = env("VAR_DIR", str(BASE_DIR / "var"), folder)


def made_by_make(name):
    """A file of keys that `make run` left in VAR_DIR, so that a bare manage.py works as well."""
    path = VAR_DIR / name
    return str(path) if path.exists() else ""


SECRET_KEY = env("SECRET_KEY") or env("SECRET_KEY_FILE", made_by_make("secret_key"), file_text)
if not SECRET_KEY:
    raise SystemExit(
        "SECRET_KEY is not set: give it a long random text (or name a file that holds one in"
        " SECRET_KEY_FILE); `make run` makes one by itself."
    )

# Keys that encrypt followers' addresses: the first encrypts, all of them decrypt.
ADDRESS_KEYS = words(
    env("ADDRESS_KEYS") or env("ADDRESS_KEYS_FILE", made_by_make("address_keys"), file_text)
)
if not ADDRESS_KEYS:
    raise SystemExit(
        "ADDRESS_KEYS is not set: give it a long random text, other than SECRET_KEY (or name a file"
        " that holds one in ADDRESS_KEYS_FILE); `make run` makes one by itself."
    )

# Where `manage.py start` listens.
HOST = env("HOST", "127.0.0.1")
PORT = env("PORT", "8000")
WORKERS = env("WORKERS", "2", int)

ALLOWED_HOSTS = env("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}", words)
CSRF_TRUSTED_ORIGINS = env("CSRF_TRUSTED_ORIGINS", parse=words)

# What links in mails start with.
SITE_URL = env("SITE_URL", f"http://{HOST}:{PORT}").rstrip("/")

# Where to look for the fonts of shared-link pictures.
FONT_FOLDERS = env("FONT_FOLDERS", "/usr/share/fonts,/usr/local/share/fonts", words)

# Whether every entry of the record waits until a second person publishes it.
FOUR_EYES = env("FOUR_EYES", "0", yes_or_no)

# Whether the worker checks the links of sources, and keeps copies of what stands there.
LINK_CHECKS = env("LINK_CHECKS", "1" if HTTPS else "0", yes_or_no)
KEEP_EVIDENCE = env("KEEP_EVIDENCE", "1" if HTTPS else "0", yes_or_no)

# Whether the worker makes record.zip, and where the site is reached in Tor.
RECORD_ZIP = env("RECORD_ZIP", "1", yes_or_no)
ONION_LOCATION = env("ONION_LOCATION", parse=onion)

# In megabytes: with less, the site is reported as not ready.
LEAST_FREE_DISK = env("LEAST_FREE_DISK", "200", int)

# The public keys (age) that backups are encrypted to; whoever holds a secret one can restore.
BACKUP_KEYS = env("BACKUP_KEYS", parse=words)
# Where `backup --keep` writes, unless it is told another folder.
BACKUP_FOLDER = env("BACKUP_FOLDER", "/var/backups/answerable", folder)

# How many megabytes of public pages each web process keeps; 0 keeps none.
PAGE_CACHE_MB = env("PAGE_CACHE_MB", "0" if DEBUG else "64", int)

# How many mails the site sends in an hour at most to ask whether a sign-up is meant.
CONFIRMATIONS_AN_HOUR = env("CONFIRMATIONS_AN_HOUR", "600", above_zero)

# Whether the public checklists count how many did a step.
TALLY = env("TALLY", "1", yes_or_no)

# The record that `load_content` loads, at every start where it changed.
CONTENT_DIR = env("CONTENT_DIR", str(BASE_DIR / "fixtures" / "north-korea"), folder)

ROOT_URLCONF = "advocacy.urls"
INSTALLED_APPS = [
    "advocacy.apps.AdvocacyConfig",
    "advocacy.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    # The page of security keys of allauth needs it.
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks_db",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "advocacy.web.logs.number_requests",
    "advocacy.web.headers.add_headers",
    "django.middleware.security.SecurityMiddleware",
    "advocacy.web.machines.answer_machines",
    # Django pads compressed responses at random, so their length reveals nothing (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "advocacy.web.limits.leave_cookies_out",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "advocacy.web.programs.answer_programs",
    "django.middleware.locale.LocaleMiddleware",
    "advocacy.web.limits.read_query_first",
    "django.middleware.common.CommonMiddleware",
    "advocacy.web.addresses.lead_to_small_letters",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "advocacy.web.slow_queries.SlowQueryMiddleware",
    "advocacy.web.reading.fetch_words_at_once",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "advocacy.public.context.switches",
            ],
        },
    },
]

DATABASES = {
    "default": env(
        "DATABASE_URL",
        f"sqlite:///{quote(str(VAR_DIR / 'db.sqlite3'))}",
        lambda url: dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True),
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # With Django's defaults, half of the transactions of four parallel writers fail with
    # "database is locked"; with these none does (tests/test_parallel_writers.py).
    OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
    OPTIONS.setdefault("timeout", 20)
    OPTIONS.update(
        transaction_mode="IMMEDIATE",
        init_command=(
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
            "PRAGMA cache_size=-20000;PRAGMA foreign_keys=ON;"
        ),
    )
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Compiling a query costs more than running it: with it a list of 1,000 asks takes seconds.
    # A derived status seems to cost so much that PostgreSQL visits the asks in any order to spare
    # one sort, which makes the lists of a past day take twice as long.
    OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
    PLANNING = "-c jit=off -c enable_incremental_sort=off"
    OPTIONS["options"] = f"{OPTIONS.get('options', '')} {PLANNING}".strip()
# On PostgreSQL a query of a page is stopped after so many seconds.
QUERY_SECONDS = env("QUERY_SECONDS", "15", int)

# Must be shared by all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "advocacy_cache",
    }
}

# Two queues, each with workers of its own: mail never waits behind other work.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["mail", "default"]}}
# A task that has not ended after so many seconds is broken off and counts as failed.
TASK_SECONDS = env("TASK_SECONDS", "600", seconds)


def mailer(url):
    """How mail leaves, from one address: folder:, smtp://, smtps://, smtp+plain:// or provider:."""
    parts = urlsplit(url)
    name = unquote(parts.path) if parts.scheme == "provider" else ""
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    if parts.scheme == "folder":
        return {"BACKEND": "advocacy.mailing.backends.FolderBackend"}
    if name.isidentifier():
        return {"BACKEND": f"anymail.backends.{name}.EmailBackend"}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError(
            "give folder:, smtp://user:password@host:587, smtps://…, smtp+plain://… or"
            " provider:name."
        )
    options = {
        "host": parts.hostname,
        "port": parts.port or ports[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp",
        "use_ssl": parts.scheme == "smtps",
        "timeout": 20,
    }
    return {"BACKEND": "advocacy.mailing.backends.SmtpBackend", "OPTIONS": options}


# Without HTTPS, mail goes to a folder. A public site must say how mail leaves: without MAIL_URL
# neither the server nor the worker starts (advocacy/mailing/checks.py).
MAIL_URL = env("MAIL_URL", "" if HTTPS else "folder:")
MAILERS = {"default": env("MAIL_URL", MAIL_URL or "folder:", mailer)}
MAIL_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"
# Without a name of its own it gets that of the record (`sender` in mailing/letters.py).
DEFAULT_FROM_EMAIL = env("MAIL_FROM", f"follow@{MAIL_DOMAIN}")
# A provider's own settings, for example {"POSTMARK_SERVER_TOKEN": "…"}; see deploy/README.md.
ANYMAIL = env("ANYMAIL", "{}", json.loads)
if MAIL_URL.startswith("provider:"):
    INSTALLED_APPS.append("anymail")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Staff sign in with a password; most roles need a second factor (GUARDED in models/roles.py).
SECOND_FACTOR = env("SECOND_FACTOR", "1" if HTTPS else "0", yes_or_no)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_FORMS = {
    "change_password": "advocacy.admin.accounts.NewPasswordForm",
    "login": "advocacy.admin.accounts.SignInForm",
    "reset_password": "advocacy.admin.accounts.ResetForm",
}
MFA_FORMS = {
    "activate_totp": "advocacy.admin.factors.SetUpForm",
    "add_webauthn": "advocacy.admin.factors.KeyForm",
    "authenticate": "advocacy.admin.factors.CodeForm",
    "reauthenticate": "advocacy.admin.factors.CodeAgainForm",
}
ACCOUNT_ADAPTER = "advocacy.admin.accounts.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
# Never send mail to an address that has no account.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# A password reset also signs in, so a locked-out user can get back; the second factor stays.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Attempts are counted in a table of their own (models/attempts.py): allauth's counters lie in the
# cache, where strangers push them out.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = True
SESSION_COOKIE_AGE = 12 * 3600
MFA_ADAPTER = "advocacy.admin.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# The record says in which languages it is read (site.json).
LANGUAGES, LANGUAGE_CODE = languages_of(CONTENT_DIR)
LANGUAGES_BIDI = [code.split("-")[0] for code, _name in LANGUAGES if direction(code) == "rtl"]
# The words of the record go before. They are compiled into VAR_DIR: its folder may be read-only.
LOCALE_PATHS = [VAR_DIR / "locale", BASE_DIR / "advocacy" / "locale"]
TIME_ZONE = env("TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The umask says who reads what is written, as it does for all else in VAR_DIR.
FILE_UPLOAD_PERMISSIONS = None
# What programs ask for at the root of a site, whatever its pages say.
WHITENOISE_ROOT = BASE_DIR / "root"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "advocacy.web.static_files.StaticFiles"},
}

# No inline code and no other host, not even in the admin.
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    # The previews of embeds, which are the only pages that any page may frame.
    "frame-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"

if HTTPS:
    # A browser takes a cookie of this name from this very host alone, over HTTPS, for every path:
    # no other site of the domain can plant one.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# Health checks come from the machine itself, not through the proxy.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# HSTS for subdomains and preloading are the operator's decision.
# SQLite leaves the covering columns of an index out; only PostgreSQL needs them.
# Our own tags take the place of Django's of the same name (`templatetags/i18n.py`).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "models.W040", "templates.W003"]
TRUST_PROXY = env("TRUST_PROXY", "0", yes_or_no)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Whether each line of the log is an object of JSON.
LOG_JSON = env("LOG_JSON", "0", yes_or_no)
# To stderr, without personal data. Django's own handler would try to mail the admins.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "advocacy.web.logs.Line"},
        "json": {"()": "advocacy.web.logs.JsonLine"},
    },
    "filters": {
        "secrets": {"()": "advocacy.web.logs.WithoutSecrets"},
        "refusals": {"()": "advocacy.web.logs.ShortRefusals"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_JSON else "line",
            "filters": ["refusals", "secrets"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if DEBUG else "WARNING"},
        # Below that are refused requests and missing pages: strangers make them, nothing is wrong.
        "django.request": {"level": "INFO" if DEBUG else "ERROR"},
        "django_tasks_db": {"level": "ERROR"},
    },
}
