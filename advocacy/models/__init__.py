from advocacy.models.actions import RecommendedAction, look_details
from advocacy.models.bodies import Meeting, Organisation, Seat, TargetBody
from advocacy.models.chain import Link, RecordHead, RecordIsAppendOnly
from advocacy.models.checklists import ChecklistStep
from advocacy.models.drafts import Draft, is_published_at_once
from advocacy.models.enums import (
    ActionSort,
    AskState,
    AssertedBy,
    Audience,
    BlockedReason,
    BodyKind,
    Confidence,
    DatePrecision,
    DeliveryState,
    DraftState,
    EditionKind,
    EditionState,
    ExpectedBasis,
    Frequency,
    IssueSort,
    MeetingKind,
    Origin,
    Phase,
    RefusedReason,
    RegionalGroup,
    ResponseStatus,
    StepKind,
    SubscriberState,
    Tell,
    Tier,
    Verification,
)
from advocacy.models.facets import MOST_OPTIONS
from advocacy.models.followers import (
    CONFIRM_WITHIN,
    CONFIRMATIONS_A_DAY,
    Follow,
    SignUp,
    Subscriber,
)
from advocacy.models.issues import Issue, LegalReference, Topic
from advocacy.models.mailings import TIME_TO_CANCEL, Delivery, Edition
from advocacy.models.networks import MOST_AN_HOUR, NetworkUse
from advocacy.models.once import OnceKey, once_key
from advocacy.models.replies import Reply
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import MAIL, PUBLISH, ROLES, WRITE, demand, make_groups
from advocacy.models.sign_ins import SignIn
from advocacy.models.sources import Citation, SearchLog, Source
from advocacy.models.standing import STALE_AFTER, Standing
from advocacy.models.standing_today import StandingToday
from advocacy.models.states import GROUP_OF
from advocacy.models.subjects import EVERYTHING
from advocacy.models.tallies import FEWEST_SHOWN, StepDone, StepTally
from advocacy.models.vocabulary import (
    ANALOGUES,
    DEFINITIONS,
    EVIDENCE,
    IN_CONFIDENCE,
    TRANSITIONS,
    is_step_back,
)
from advocacy.models.workers import Worker

__all__ = [
    "ANALOGUES",
    "CONFIRMATIONS_A_DAY",
    "CONFIRM_WITHIN",
    "DEFINITIONS",
    "EVERYTHING",
    "EVIDENCE",
    "FEWEST_SHOWN",
    "GROUP_OF",
    "IN_CONFIDENCE",
    "MAIL",
    "MOST_AN_HOUR",
    "MOST_OPTIONS",
    "PUBLISH",
    "ROLES",
    "STALE_AFTER",
    "TIME_TO_CANCEL",
    "TRANSITIONS",
    "WRITE",
    "ActionSort",
    "AskState",
    "AssertedBy",
    "Audience",
    "BlockedReason",
    "BodyKind",
    "ChecklistStep",
    "Citation",
    "Confidence",
    "DatePrecision",
    "Delivery",
    "DeliveryState",
    "Draft",
    "DraftState",
    "Edition",
    "EditionKind",
    "EditionState",
    "ExpectedBasis",
    "Follow",
    "Frequency",
    "Issue",
    "IssueSort",
    "LegalReference",
    "Link",
    "Meeting",
    "MeetingKind",
    "NetworkUse",
    "OnceKey",
    "Organisation",
    "Origin",
    "Phase",
    "RecommendedAction",
    "RecordHead",
    "RecordIsAppendOnly",
    "RefusedReason",
    "RegionalGroup",
    "Reply",
    "ResponseStatus",
    "SearchLog",
    "Seat",
    "SignIn",
    "SignUp",
    "Source",
    "Standing",
    "StandingToday",
    "StatusUpdate",
    "StepDone",
    "StepKind",
    "StepTally",
    "Subscriber",
    "SubscriberState",
    "TargetBody",
    "Tell",
    "Tier",
    "Topic",
    "Verification",
    "Worker",
    "demand",
    "is_published_at_once",
    "is_step_back",
    "look_details",
    "make_groups",
    "once_key",
]
