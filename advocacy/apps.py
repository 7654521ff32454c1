from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class AdvocacyConfig(AppConfig):
    name = "advocacy"
    verbose_name = _("The record")

    def ready(self):
        from advocacy.admin import accounts

        accounts.connect()
        if apps.is_installed("anymail"):
            from advocacy.mailing import webhooks

            webhooks.connect()


class DeskConfig(AdminConfig):
    default_site = "advocacy.admin.site.DeskSite"
