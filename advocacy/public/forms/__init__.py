from advocacy.public.forms.countries import CountryForm
from advocacy.public.forms.filters import (
    ActionFilterForm,
    AskStepForm,
    AsOfForm,
    BodyFilterForm,
    ChecklistFilterForm,
    IssueFilterForm,
    MeetingFilterForm,
    OverviewForm,
    PackFilterForm,
    TimelineForm,
    UpdateFilterForm,
)
from advocacy.public.forms.follow import FollowForm, FollowingForm
from advocacy.public.forms.tell import TellForm
