"""Staff accounts. Administrators manage them but cannot create superusers."""

from allauth.account import admin as _account_admin  # noqa: F401 (it registers its models)
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factor_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.base import DeskModelAdmin, ReadOnlyAdmin
from advocacy.admin.factors import ask_again, has_second_factor
from advocacy.mailing.accounts import AccountChange, tell
from advocacy.mailing.tasks import PERMISSIONS
from advocacy.models import WRITE, Draft, RecordedDraft, SignIn, SubmissionDraft

admin.site.unregister(get_user_model())
admin.site.unregister(Group)
admin.site.unregister(Authenticator)
# allauth's table of several addresses a user is not used here.
admin.site.unregister(EmailAddress)

# Only superusers may change these, and nobody for themselves.
POWERS = ["is_superuser", "user_permissions"]


# What a mail says of a field that was changed.
TOLD = {
    "username": AccountChange.NAMES,
    "email": AccountChange.NAMES,
    "is_staff": AccountChange.ROLES,
    "groups": AccountChange.ROLES,
    "is_superuser": AccountChange.ROLES,
    "user_permissions": AccountChange.ROLES,
}


# Whatever somebody who leaves may have left unfinished.
DRAFTS: "list[type[Draft | SubmissionDraft | RecordedDraft]]" = [
    Draft,
    SubmissionDraft,
    RecordedDraft,
]


def open_drafts_of(person):
    return [draft for kind in DRAFTS for draft in kind.objects.open_of(person)]


class PersonForm(UserChangeForm):
    """Whoever closes an account says who takes over the drafts of its person."""

    takes_drafts: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Takes over the drafts"),
        queryset=get_user_model().objects.none(),
        required=False,
        help_text=_("When the account is closed, its open drafts go to this person."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        writers = get_user_model().objects.with_perm(WRITE, backend=PERMISSIONS)
        self.others = writers.filter(is_staff=True).exclude(pk=self.instance.pk)
        choice = self.fields["takes_drafts"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = self.others.order_by("username")
        if not open_drafts_of(self.instance):
            del self.fields["takes_drafts"]

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if "takes_drafts" not in self.fields:
            return cleaned
        stays = all(
            cleaned.get(name, getattr(self.instance, name)) for name in ("is_active", "is_staff")
        )
        chosen = cleaned.get("takes_drafts")
        if stays and chosen:
            words = gettext("Drafts are handed over only when the account is closed.")
            self.add_error("takes_drafts", words)
        elif not stays and not chosen and self.others.exists():
            # Where nobody else writes, drafts stay as they are, and the account can be closed.
            number = len(open_drafts_of(self.instance))
            words = ngettext(
                "Say who takes over %(number)d open draft.",
                "Say who takes over %(number)d open drafts.",
                number,
            )
            self.add_error("takes_drafts", words % {"number": number})
        return cleaned


class AskedAgain(admin.ModelAdmin):
    """Whoever saves or deletes here is asked for their own second factor again."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        row = self.get_object(request, unquote(object_id)) if object_id else None
        may = self.has_change_permission(request, row) if row else self.has_add_permission(request)
        if may and request.method == "POST":
            ask_again(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if request.method == "POST" and row and self.has_delete_permission(request, row):
            ask_again(request)
        return super().delete_view(request, object_id, extra_context)


@admin.register(get_user_model())
class PersonAdmin(AskedAgain, UserAdmin):
    Media = DeskModelAdmin.Media
    form = PersonForm
    # Nobody is deleted together with others: an account hands its drafts over first.
    actions = None
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
        if obj and open_drafts_of(obj):
            fieldsets = [*fieldsets, (_("Drafts"), {"fields": ["takes_drafts"]})]
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

    def add_view(self, request, form_url="", extra_context=None):
        """Asked before anything is typed, as no password is kept while somebody is asked."""
        if self.has_add_permission(request) and self.has_change_permission(request):
            ask_again(request)
        return super().add_view(request, form_url, extra_context)

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):
        person = self.get_object(request, unquote(id))
        if person is None or not self.has_change_permission(request, person):
            return super().user_change_password(request, id, form_url)
        ask_again(request)
        before = person.password
        answer = super().user_change_password(request, id, form_url)
        person.refresh_from_db()
        if person.password != before:
            tell(person, [AccountChange.PASSWORD], by=request.user)
        return answer

    def save_model(self, request, obj, form, change):
        former_address = form.initial.get("email", "")
        super().save_model(request, obj, form, change)
        changes = {TOLD[name]: None for name in form.changed_data if name in TOLD}
        if not change:
            changes = {AccountChange.MADE: None}
        elif "is_active" in form.changed_data:
            changes[AccountChange.OPENED if obj.is_active else AccountChange.CLOSED] = None
        if changes:
            tell(obj, changes, by=request.user, former_address=former_address)
        if to := form.cleaned_data.get("takes_drafts"):
            self.hand_over(request, obj, to)

    def hand_over(self, request, person, to):
        drafts = [
            draft
            for kind in DRAFTS
            for draft in kind.objects.open_of(person).hand_over(to=to, by=request.user)
        ]
        words = {"name": person.username, "to": to.username}
        for draft in drafts:
            self.log_change(request, draft, gettext("Handed over: %(name)s to %(to)s.") % words)
        said = ngettext(
            "%(number)d draft was handed over to %(to)s.",
            "%(number)d drafts were handed over to %(to)s.",
            len(drafts),
        )
        self.message_user(request, said % {"number": len(drafts), "to": to}, messages.SUCCESS)

    def delete_view(self, request, object_id, extra_context=None):
        person = self.get_object(request, unquote(object_id))
        if person and open_drafts_of(person):
            words = _("Close the account first: the form asks who takes over its open drafts.")
            self.message_user(request, words, messages.WARNING)
            return redirect("admin:auth_user_change", person.pk)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request, obj):
        tell(obj, [AccountChange.DELETED], by=request.user)
        super().delete_model(request, obj)


@admin.register(Group)
class RoleAdmin(AskedAgain, GroupAdmin):
    """The roles ship with the program; only superusers change them."""

    Media = DeskModelAdmin.Media

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """The log of sign-ins, read-only."""

    list_display = ["tried_at", "user", "outcome", "method"]
    list_filter = ["outcome", "tried_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]


@admin.register(Authenticator)
class AuthenticatorAdmin(AskedAgain, DeskModelAdmin):
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

    @transaction.atomic
    def delete_model(self, request, obj):
        person = obj.user
        super().delete_model(request, obj)
        if not has_second_factor(person):
            # Recovery codes alone would pass for a second factor and be asked for by nobody.
            Authenticator.objects.filter(user=person).delete()
        words = str(AccountChange.FACTOR.label)
        LogEntry.objects.log_actions(request.user.pk, [person], CHANGE, words, single_object=True)
        tell(person, [AccountChange.FACTOR], by=request.user)
