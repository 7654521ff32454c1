"""The filters of the calendar."""

from django.utils.translation import gettext_lazy as _

from advocacy.public.forms.fields import body_field, issue_field
from advocacy.public.forms.filters import FilterForm


class MeetingFilterForm(FilterForm):
    """Narrows the calendar to one body, or to those asked about one issue."""

    lists = _("Calendar")
    issue = issue_field()
    body = body_field()
