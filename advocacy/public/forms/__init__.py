from advocacy.public.forms.countries import CountryForm
from advocacy.public.forms.filters import (
    ActionFilterForm,
    AsOfForm,
    BodyFilterForm,
    ChecklistFilterForm,
    IssueFilterForm,
    MeetingFilterForm,
    StepFilterForm,
    UpdateFilterForm,
)
from advocacy.public.forms.follow import FollowForm, FollowingForm, subject_choices

__all__ = [
    "ActionFilterForm",
    "AsOfForm",
    "BodyFilterForm",
    "ChecklistFilterForm",
    "CountryForm",
    "FollowForm",
    "FollowingForm",
    "IssueFilterForm",
    "MeetingFilterForm",
    "StepFilterForm",
    "UpdateFilterForm",
    "subject_choices",
]
