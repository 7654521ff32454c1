from advocacy.public.forms.countries import CountryForm
from advocacy.public.forms.filters import (
    ActionFilterForm,
    AsOfForm,
    BodyFilterForm,
    IssueFilterForm,
    MeetingFilterForm,
    OverviewForm,
    PackFilterForm,
    TimelineForm,
    UpdateFilterForm,
)
from advocacy.public.forms.follow import FollowForm, FollowingForm
from advocacy.public.forms.steps import AskStepForm, ChecklistFilterForm
from advocacy.public.forms.tell import TellForm
