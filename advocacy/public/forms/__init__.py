from advocacy.public.forms.countries import CountryForm
from advocacy.public.forms.decisions import DecisionFilterForm, StatementFilterForm
from advocacy.public.forms.filters import (
    ActionFilterForm,
    AsOfForm,
    BodyFilterForm,
    IssueFilterForm,
    OverviewForm,
    TimelineForm,
    UpdateFilterForm,
)
from advocacy.public.forms.follow import FollowForm, FollowingForm
from advocacy.public.forms.meetings import MeetingFilterForm
from advocacy.public.forms.packs import PackFilterForm
from advocacy.public.forms.steps import AskStepForm, ChecklistFilterForm
from advocacy.public.forms.tell import TellForm
