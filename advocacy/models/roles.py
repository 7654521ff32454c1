"""What each role of staff may do, and the gate in front of every verb that writes."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied

WRITE = "advocacy.add_statusupdate"
PUBLISH = "advocacy.publish_statusupdate"
MAIL = "advocacy.change_edition"

CONTENT = [
    "issue",
    "topic",
    "legalreference",
    "targetbody",
    "organisation",
    "seat",
    "meeting",
    "recommendedaction",
    "checkliststep",
    "source",
    "searchlog",
    "reply",
]


def _each(verbs: Iterable[str], names: Iterable[str]) -> list[str]:
    return [f"advocacy.{verb}_{name}" for name in names for verb in verbs]


# The editor writes, the publisher answers for what the public and the followers get, the
# administrator looks after people and their keys and writes nothing.
_EDITOR = [
    *_each(["view", "add", "change"], [*CONTENT, "draft"]),
    *_each(["view"], ["statusupdate", "edition"]),
    WRITE,
]
ROLES = {
    "Editor": _EDITOR,
    "Publisher": [*_EDITOR, *_each(["delete"], CONTENT), PUBLISH, MAIL],
    "Administrator": [
        *_each(["view"], [*CONTENT, "draft", "statusupdate", "edition", "subscriber", "signin"]),
        *_each(["reveal", "export", "delete"], ["subscriber"]),
        *[f"auth.{verb}_user" for verb in ("view", "add", "change")],
        "auth.view_group",
        "mfa.view_authenticator",
        "mfa.delete_authenticator",
    ],
}


def demand(user: User | AnonymousUser | None, *permissions: str) -> None:
    """Refuse whoever lacks one of these permissions, whichever door they came through."""
    if not (user and user.has_perms(permissions)):
        raise PermissionDenied(f"{user} lacks one of: {', '.join(permissions)}")


def make_groups(using: str = "default") -> None:
    """Give each role's group exactly the permissions of `ROLES`: new ones, and none revoked."""
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
