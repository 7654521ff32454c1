"""What each role of staff may do, and the gate in front of every verb that writes."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext

WRITE = "advocacy.add_statusupdate"
PUBLISH = "advocacy.publish_statusupdate"
MAIL = "advocacy.change_edition"
# Sees on the desk, and is told by mail, when something of the site stands still.
OPERATE = "advocacy.view_worker"
TAKE_BACK = "advocacy.take_back_subscriber"
# Proposes that words are withheld, or confirms it; one of the two has to answer for it.
WITHHOLD = "advocacy.add_withholding"
ANSWER_FOR_WITHHOLDING = "advocacy.answer_for_withholding"
REVEAL = "advocacy.reveal_subscriber"
EXPORT = "advocacy.export_subscriber"
# What readers told us: reading it, closing it, and seeing how to reach whoever told it.
READ_REPORTS = "advocacy.view_report"
CLOSE_REPORTS = "advocacy.change_report"
REVEAL_REPORTER = "advocacy.reveal_report"
# Translates what the record says, and nothing else.
TRANSLATE = "advocacy.change_translation"
# Says of an office's address that it stands on the office's own page, or that mail came back.
CHECK_CONTACTS = "advocacy.change_contactpoint"
# Says that a changed page of a source was looked at.
CHANGE_SOURCES = "advocacy.change_source"
CHANGE_PEOPLE = "auth.change_user"
# Says whose record it is, under which name its mails go out and where people write to.
CHANGE_SITE = "advocacy.change_site"
# Whoever may do one of these works with a second factor, in whatever role: who publishes,
# withholds, mails, names the record, reaches addresses of followers, the followers themselves or
# who told us something, or has power over other accounts.
GUARDED = frozenset(
    {
        PUBLISH,
        MAIL,
        REVEAL,
        EXPORT,
        REVEAL_REPORTER,
        TAKE_BACK,
        WITHHOLD,
        ANSWER_FOR_WITHHOLDING,
        "advocacy.delete_subscriber",
        CHANGE_PEOPLE,
        CHANGE_SITE,
        "advocacy.add_site",
        *(f"auth.{verb}_{name}" for verb in ("add", "delete") for name in ("user", "group")),
        "auth.change_group",
        "mfa.delete_authenticator",
    }
)

CONTENT = [
    "issue",
    "paragraph",
    "event",
    "topic",
    "legalreference",
    "bodykind",
    "targetbody",
    "organisation",
    "seat",
    "treatystatus",
    "meeting",
    "contactpoint",
    "recommendedaction",
    "askrelation",
    "checkliststep",
    "pack",
    "page",
    "source",
    "searchlog",
    "searchwords",
    "reply",
]
# What the program keeps of the addresses of sources: nobody writes it, who sees sources sees it.
COPIES = ["keptcopy"]
# What is added to the record, by whoever may write entries.
RECORD = [
    "statusupdate",
    "submission",
    "decision",
    "decisionparagraph",
    "statement",
    "statementask",
]
# What tells followers of it; who may mail decides it.
MAILINGS = ["edition", "statenews"]


def _each(verbs: Iterable[str], names: Iterable[str]) -> list[str]:
    return [f"advocacy.{verb}_{name}" for name in names for verb in verbs]


# The editor writes, the publisher answers for what the public and the followers get, the
# administrator looks after people and their keys and writes nothing, the translator writes
# translations alone.
_TRANSLATOR = ["advocacy.view_translation", TRANSLATE]
_EDITOR = [
    *_each(["view", "add", "change"], [*CONTENT, "draft"]),
    *_each(["view"], [*RECORD, *MAILINGS, *COPIES, "site"]),
    WRITE,
    READ_REPORTS,
    CLOSE_REPORTS,
    *_TRANSLATOR,
]
_NAMES_RECORD = _each(["view", "add", "change"], ["site"])
_WITHHOLDS = ["advocacy.view_withholding", WITHHOLD]
ROLES = {
    "Editor": _EDITOR,
    "Publisher": [
        *_EDITOR,
        *_each(["delete"], [*CONTENT, "report"]),
        PUBLISH,
        MAIL,
        OPERATE,
        REVEAL_REPORTER,
        *_WITHHOLDS,
        *_NAMES_RECORD,
    ],
    "Administrator": [
        *_WITHHOLDS,
        *_NAMES_RECORD,
        ANSWER_FOR_WITHHOLDING,
        *_each(["view"], [*CONTENT, *COPIES, "draft", *RECORD]),
        *_each(["view"], [*MAILINGS, "subscriber", "signin"]),
        *_each(["reveal", "export", "delete", "take_back"], ["subscriber"]),
        *[f"auth.{verb}_user" for verb in ("view", "add", "change")],
        "auth.view_group",
        OPERATE,
        "mfa.view_authenticator",
        "mfa.delete_authenticator",
    ],
    "Translator": [
        *_each(["view"], [*CONTENT, *COPIES, *RECORD, "site"]),
        *_TRANSLATOR,
    ],
}


def demand(user: User | AnonymousUser | None, *permissions: str) -> None:
    """Refuse whoever lacks one of these permissions, in the admin, the shell or an import."""
    if not (user and user.has_perms(permissions)):
        raise PermissionDenied(f"{user} lacks one of: {', '.join(permissions)}")


def needs_second_factor(user: User | AnonymousUser) -> bool:
    return any(user.has_perm(permission) for permission in GUARDED)


def content_author() -> User:
    """Who has written what comes with the program, or from its command line: nobody signs in so."""
    author, _created = User.objects.get_or_create(
        username="launch-content",
        defaults={"is_active": False, "password": make_password(None)},
    )
    return author


def demand_publication(
    by: User | AnonymousUser | None, approved_by: User | AnonymousUser | None
) -> None:
    """Refuse an entry that neither its author nor its approver may publish."""
    demand(by, WRITE)
    demand(approved_by or by, PUBLISH)
    if settings.FOUR_EYES and (not approved_by or approved_by == by):
        raise ValidationError(gettext("Here a second person publishes every entry."))


def make_groups(using: str = "default") -> None:
    """Give the group of each role exactly the permissions of `ROLES`, and take away all others."""
    for label in {name.partition(".")[0] for names in ROLES.values() for name in names}:
        # Each app makes its own after its migrations; a role may need them earlier.
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role, names in ROLES.items():
        group, _created = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([permissions[name] for name in names])
