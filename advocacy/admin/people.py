"""Staff accounts. Administrators manage them but cannot create superusers."""

from allauth.account import admin as _account_admin  # noqa: F401 (it registers its models)
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factor_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from advocacy.admin.base import DeskModelAdmin, ReadOnlyAdmin
from advocacy.models import SignIn

admin.site.unregister(get_user_model())
admin.site.unregister(Group)
admin.site.unregister(Authenticator)
# allauth's table of several addresses a user is not used here.
admin.site.unregister(EmailAddress)

# Only superusers may change these, and nobody for themselves.
POWERS = ["is_superuser", "user_permissions"]


@admin.register(get_user_model())
class PersonAdmin(UserAdmin):
    list_display = ["username", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = ["groups"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Role"), {"fields": ["is_active", "is_staff", "groups", *POWERS]}),
        (_("Important dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "email", "usable_password", "password1", "password2"],
            },
        ),
        (_("Role"), {"fields": ["is_staff", "groups"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("role"))
    def roles(self, person):
        return ", ".join(group.name for group in person.groups.all())

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, options | {"fields": [f for f in options["fields"] if f not in POWERS]})
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        own = [] if request.user.is_superuser or obj != request.user else ["is_staff", "groups"]
        return [*super().get_readonly_fields(request, obj), "last_login", "date_joined", *own]

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))

    def has_delete_permission(self, request, obj=None):
        """Nobody is deleted, since the record names its authors; deactivate the account instead."""
        return request.user.is_superuser and super().has_delete_permission(request, obj)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """The roles ship with the program; only superusers change them."""

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """The log of sign-ins, read-only."""

    list_display = ["at", "user", "outcome", "method"]
    list_filter = ["outcome", "at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]


@admin.register(Authenticator)
class AuthenticatorAdmin(DeskModelAdmin):
    """Second factors: never shown, but can be deleted for someone who lost a device."""

    list_display = fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_select_related = ["user"]
    # No bulk deletion: an administrator may not touch a superuser's second factor.
    actions = None
    search_fields = ["user__username", "user__email"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.user.is_superuser))
