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
