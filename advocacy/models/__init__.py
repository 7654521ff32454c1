from advocacy.models.actions import (
    STALE_AFTER,
    ActionSort,
    AskState,
    ExpectedBasis,
    Origin,
    RecommendedAction,
)
from advocacy.models.bodies import (
    BodyKind,
    Confidence,
    Meeting,
    MeetingKind,
    Organisation,
    Seat,
    TargetBody,
)
from advocacy.models.chain import RecordHead, digest_of
from advocacy.models.checklists import Audience, ChecklistStep, StepKind
from advocacy.models.drafts import Draft, DraftState, is_published_at_once
from advocacy.models.facets import FacetOption
from advocacy.models.followers import (
    CONFIRM_WITHIN,
    CONFIRMATIONS_A_DAY,
    Follow,
    Frequency,
    SignUp,
    Subscriber,
    SubscriberState,
)
from advocacy.models.issues import Issue, IssueSort, LegalReference, Topic
from advocacy.models.mailings import (
    TIME_TO_CANCEL,
    Delivery,
    DeliveryState,
    Edition,
    EditionKind,
    EditionState,
)
from advocacy.models.networks import MOST_AN_HOUR, NetworkUse
from advocacy.models.replies import Reply
from advocacy.models.responses import Citation, RecordIsAppendOnly, StatusUpdate, Tell
from advocacy.models.roles import MAIL, PUBLISH, ROLES, WRITE, demand, make_groups
from advocacy.models.sign_ins import SignIn
from advocacy.models.sources import SearchLog, Source
from advocacy.models.states import GROUP_OF, RegionalGroup
from advocacy.models.subjects import EVERYTHING
from advocacy.models.tallies import FEWEST_SHOWN, StepDone, StepTally
from advocacy.models.vocabulary import (
    ANALOGUES,
    DEFINITIONS,
    EVIDENCE,
    IN_CONFIDENCE,
    TRANSITIONS,
    AssertedBy,
    BlockedReason,
    DatePrecision,
    Phase,
    RefusedReason,
    ResponseStatus,
    Tier,
    Verification,
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
    "FacetOption",
    "Follow",
    "Frequency",
    "Issue",
    "IssueSort",
    "LegalReference",
    "Meeting",
    "MeetingKind",
    "NetworkUse",
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
    "digest_of",
    "is_published_at_once",
    "is_step_back",
    "make_groups",
]
