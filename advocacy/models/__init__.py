from advocacy.models.actions import RecommendedAction
from advocacy.models.attempts import MOST_ATTEMPTS, Attempt
from advocacy.models.bodies import Reader, Seat, TargetBody
from advocacy.models.body_kinds import COMMON_NAMES, BodyKind
from advocacy.models.chain import Link, RecordHead, RecordIsAppendOnly
from advocacy.models.checklists import ChecklistStep
from advocacy.models.choices import AskChoice, EntryChoice, IssueChoice
from advocacy.models.columns import columns_of
from advocacy.models.contact_choices import ContactKind, ContactPlace, OpenTo, SeenAs
from advocacy.models.contact_points import ContactPoint
from advocacy.models.content_version import ContentVersion
from advocacy.models.countries import country_name, has_page, known_countries
from advocacy.models.days_of_looks import DayOfLooks, days_of_looks
from advocacy.models.decision_enums import Outcome, Stance, StanceBasis, TreatyState, Vote
from advocacy.models.decision_parts import (
    Ballot,
    DecisionAsk,
    DecisionIssue,
    DecisionParagraph,
    DecisionSource,
    Sponsor,
)
from advocacy.models.decisions import Decision
from advocacy.models.deliveries import Delivery, Ended, Selection
from advocacy.models.doors import Doors, Way
from advocacy.models.drafts import Draft, is_published_at_once
from advocacy.models.enums import (
    ActionSort,
    AskState,
    AssertedBy,
    Audience,
    BlockedReason,
    CallAbout,
    CalledOff,
    Channel,
    Confidence,
    CopyOutcome,
    DatePrecision,
    DeliveryState,
    DraftState,
    EditionKind,
    EditionState,
    ExpectedBasis,
    Frequency,
    GoesTo,
    IssueSort,
    Maker,
    MeetingKind,
    PackKind,
    Phase,
    ReachedBy,
    RefusalKind,
    RefusedReason,
    RegionalGroup,
    RelationKind,
    ReportOutcome,
    ResponseStatus,
    Salutation,
    StepKind,
    SubscriberState,
    Tell,
    Tier,
    TranslationState,
    Verification,
    WithholdingState,
)
from advocacy.models.events import Event, EventSource
from advocacy.models.facets import MOST_OPTIONS, Among
from advocacy.models.followers import (
    CONFIRM_WITHIN,
    CONFIRMATIONS_A_DAY,
    SignUp,
    Subscriber,
)
from advocacy.models.follows import Follow
from advocacy.models.issues import Issue, LegalReference, Topic
from advocacy.models.kept_copies import KeptCopy, Reading
from advocacy.models.loaded import LoadedRecord
from advocacy.models.lost_keys import keys_are_lost, unread_by_keys
from advocacy.models.mailings import TIME_TO_CANCEL, Edition
from advocacy.models.meetings import Meeting
from advocacy.models.networks import MOST_AN_HOUR, NetworkUse
from advocacy.models.once import OnceKey, content_digest, once_key
from advocacy.models.organisations import Organisation
from advocacy.models.packs import Pack
from advocacy.models.pages import EVERY_RECORD_HAS, Page
from advocacy.models.paragraphs import Paragraph
from advocacy.models.pauses import LIKE_REFUSALS, TURNED_AWAY
from advocacy.models.pictures import Picture
from advocacy.models.recorded_drafts import RecordedDraft, RecordedKind
from advocacy.models.refusals import DAYS_TO_END, Refusal
from advocacy.models.relations import AskRelation
from advocacy.models.replies import Reply
from advocacy.models.reports import LONGEST_WORDS, Report
from advocacy.models.responses import StatusUpdate, look_details
from advocacy.models.roles import (
    ANSWER_FOR_WITHHOLDING,
    CHANGE_PEOPLE,
    CHECK_CONTACTS,
    CLOSE_REPORTS,
    EXPORT,
    GUARDED,
    MAIL,
    OPERATE,
    PUBLISH,
    READ_REPORTS,
    REVEAL,
    REVEAL_REPORTER,
    ROLES,
    TAKE_BACK,
    TRANSLATE,
    WITHHOLD,
    WRITE,
    demand,
    make_groups,
    needs_second_factor,
)
from advocacy.models.search_words import SearchWords
from advocacy.models.sign_ins import SignIn
from advocacy.models.site import Site
from advocacy.models.sources import Citation, SearchLog, Source
from advocacy.models.stances import StatementAsk
from advocacy.models.standing import STALE_AFTER, Standing
from advocacy.models.standing_today import StandingToday
from advocacy.models.standstill import (
    MailOutage,
    StaffCall,
    WaitingMail,
    is_mail_late,
    mail_waits,
    tasks_wait_since,
)
from advocacy.models.state_mailings import StateNews, ToldOfState
from advocacy.models.statements import CoSpeaker, Statement, StatementSource
from advocacy.models.states import GROUP_OF
from advocacy.models.subjects import EVERYTHING
from advocacy.models.submission_drafts import SubmissionDraft
from advocacy.models.submissions import Submission, Submitter
from advocacy.models.tallies import FEWEST_SHOWN, StepDone, StepTally
from advocacy.models.told_of_silence import asks_to_look_for, sessions_to_look_after
from advocacy.models.translated import (
    Translated,
    in_one_language,
    in_words,
    reading,
    told,
    translated,
)
from advocacy.models.translations import KeptTranslation, Told, Translation
from advocacy.models.treaties import TreatyStatus
from advocacy.models.vocabulary import (
    ANALOGUES,
    DEFINITIONS,
    EVIDENCE,
    IN_CONFIDENCE,
    PROPOSED,
    TRANSITIONS,
    is_step_back,
)
from advocacy.models.withheld import Withheld
from advocacy.models.withholding import Withholding
from advocacy.models.wordings import Wording
from advocacy.models.workers import Worker
