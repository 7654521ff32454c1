"""What the application server runs: `granian --interface wsgi advocacy.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from advocacy.mailing.checks import demand_mail_url

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advocacy.settings")

demand_mail_url()
application = get_wsgi_application()
