"""The filters of the packs."""

from django.utils.translation import gettext_lazy as _

from advocacy.models import PackKind
from advocacy.public.forms.fields import issue_field, words_field
from advocacy.public.forms.filters import FilterForm
from advocacy.public.forms.options import choice


class PackFilterForm(FilterForm):
    """Narrows the packs to a kind, and to what serves one issue."""

    lists = _("Packs")
    q = words_field()
    kind = choice(_("Kind"), PackKind.choices, _("Any kind"))
    issue = issue_field()
