"""What somebody wants to show on a page of theirs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from advocacy.models import Organisation, RecommendedAction
from advocacy.public.embeds import codes_of
from advocacy.public.forms.fields import body_field, issue_field
from advocacy.public.forms.filters import FilterForm
from advocacy.public.forms.options import SlugField


class EmbedForm(FilterForm):
    """One ask, the asks to one body or on one issue, or all of them; and who brings it."""

    lists = _("Embeds")
    issue = issue_field()
    body = body_field()
    ask = SlugField(
        RecommendedAction.objects.all(), label=_("Ask"), empty=_("All asks"), named="title"
    )
    via = SlugField(
        Organisation.objects.all(),
        label=_("Brought to you by"),
        empty=_("Nobody is named"),
        searched=False,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.show_first_options()

    def fill_choices(self) -> None:
        self.fields["ask"].queryset = RecommendedAction.objects.published()

    @property
    def row(self) -> Any:
        """What is shown: the narrowest that was chosen, or None."""
        chosen = (self.cleaned_data.get(name) for name in ("ask", "body", "issue"))
        return next((row for row in chosen if row), None)

    @property
    def shown(self) -> dict[str, Any]:
        """What the section about embeds needs, on whatever page it stands."""
        return {
            "embed_form": self,
            "codes": codes_of(self.row, via=self.cleaned_data.get("via")),
        }
