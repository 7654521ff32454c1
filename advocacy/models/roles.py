"""What each role of staff may do, and the gate in front of every verb that writes."""

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


def _each(verbs, names):
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


def demand(user, *permissions):
    """Refuse whoever lacks one of these permissions, whichever door they came through."""
    if not (user and user.has_perms(permissions)):
        raise PermissionDenied(f"{user} lacks one of: {', '.join(permissions)}")


def make_groups(group_model, permission_model, content_type_model):
    """Bring the groups of the roles up to date; permissions of their own that they have stay.

    Takes the models, as a migration has its own. Permissions that are not made yet are made.
    """
    for role, names in ROLES.items():
        group, _created = group_model.objects.get_or_create(name=role)
        for name in names:
            app, codename = name.split(".")
            model = codename.rpartition("_")[2]
            kind, _created = content_type_model.objects.get_or_create(app_label=app, model=model)
            permission, _created = permission_model.objects.get_or_create(
                content_type=kind, codename=codename, defaults={"name": f"Can {codename}"[:255]}
            )
            group.permissions.add(permission)
