from advocacy.public.forms.countries import CountryForm
from advocacy.public.forms.filters import (
    ActionFilterForm,
    AsOfForm,
    BodyFilterForm,
    ChecklistFilterForm,
    IssueFilterForm,
    MeetingFilterForm,
    OverviewForm,
    PackFilterForm,
    StepFilterForm,
    TimelineForm,
    UpdateFilterForm,
)
from advocacy.public.forms.follow import FollowForm, FollowingForm
from advocacy.public.forms.tell import TellForm
