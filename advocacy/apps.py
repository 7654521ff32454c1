from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.core.checks import register
from django.db.backends.signals import connection_created
from django.db.models import fields
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class AdvocacyConfig(AppConfig):
    name = "advocacy"
    verbose_name = _("The record")

    def import_models(self):
        from advocacy.management.catalogues import stand_in

        # Models are the first to translate something.
        stand_in()
        super().import_models()

    def ready(self):
        # Django's own words have no translation yet; forms take them as they are imported.
        fields.BLANK_CHOICE_LABEL = _("Choose one")
        from advocacy.admin import accounts
        from advocacy.mailing.checks import check_mail_url
        from advocacy.models import holding

        accounts.connect()
        register(check_mail_url, deploy=True)
        connection_created.connect(holding.teach, dispatch_uid="holding")
        post_migrate.connect(make_groups, sender=self, dispatch_uid="roles")
        pre_migrate.connect(drop_triggers, sender=self, dispatch_uid="triggers")
        post_migrate.connect(make_triggers, sender=self, dispatch_uid="triggers")
        if apps.is_installed("anymail"):
            from advocacy.mailing import webhooks

            webhooks.connect()


def make_groups(using, **kwargs):
    """After every `migrate`, so that a change of roles reaches a site that runs already."""
    from advocacy.models import make_groups

    make_groups(using)


def drop_triggers(using, plan, **kwargs):
    from advocacy.models import content_version

    if plan:
        content_version.drop_triggers(using)


def make_triggers(using, apps=apps, **kwargs):
    from advocacy.models import content_version

    content_version.make_triggers(using, apps)


class DeskConfig(AdminConfig):
    default_site = "advocacy.admin.site.DeskSite"
