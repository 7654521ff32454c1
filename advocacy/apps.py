from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AdvocacyConfig(AppConfig):
    name = "advocacy"
    verbose_name = _("The record")

    def ready(self):
        from advocacy.admin import accounts
        from advocacy.mailing.checks import check_mail_url

        accounts.connect()
        register(check_mail_url, deploy=True)
        post_migrate.connect(make_groups, sender=self, dispatch_uid="roles")
        if apps.is_installed("anymail"):
            from advocacy.mailing import webhooks

            webhooks.connect()


def make_groups(using, **kwargs):
    """After every `migrate`, so that a change of roles reaches a site that runs already."""
    from advocacy.models import make_groups

    make_groups(using)


class DeskConfig(AdminConfig):
    default_site = "advocacy.admin.site.DeskSite"
