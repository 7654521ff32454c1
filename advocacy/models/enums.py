"""The choices of the record and of its desk, with their words. A leaf: imports no other module.

Those of decisions, statements and treaties stand in `decision_enums.py`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    """The six groups that readers meet; every status belongs to exactly one."""

    UNKNOWN = "unknown", _("Unknown")
    NO_ANSWER = "no_answer", _("No answer")
    IN_PROGRESS = "in_progress", _("In progress")
    DELIVERED = "delivered", _("Delivered")
    AGAINST = "against", _("Against")
    CLOSED = "closed", _("Closed")

    @property
    def statuses(self) -> list["ResponseStatus"]:
        return [status for status in ResponseStatus if status.phase == self]


class ResponseStatus(models.TextChoices):
    """How a body has responded to one ask.

    Two are derived and never recorded: `NOT_CHECKED` is the absence of any entry, `NO_RESPONSE`
    that we looked and found nothing.
    """

    NOT_CHECKED = "not_checked", _("Not yet checked")
    NO_RESPONSE = "no_response", _("No public response found")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    UNDER_DISCUSSION = "under_discussion", _("Under discussion")
    COMMITTED = "committed", _("Promised")
    PARTIAL_ACTION = "partial_action", _("Partial action")
    ACTION_TAKEN = "action_taken", _("Action taken")
    IMPLEMENTED = "implemented", _("Carried out, verified")
    REFUSED = "refused", _("Refused")
    BLOCKED = "blocked", _("Blocked")
    REVERSED = "reversed", _("Reversed")
    OVERTAKEN = "overtaken", _("Overtaken by events")

    @property
    def phase(self) -> Phase:
        return PHASE_OF[self]

    @property
    def order(self) -> int:
        """Place in the vocabulary, 0 (not yet checked) to 11 (overtaken)."""
        return list(ResponseStatus).index(self)


PHASE_OF = {
    ResponseStatus.NOT_CHECKED: Phase.UNKNOWN,
    ResponseStatus.NO_RESPONSE: Phase.NO_ANSWER,
    ResponseStatus.ACKNOWLEDGED: Phase.NO_ANSWER,
    ResponseStatus.UNDER_DISCUSSION: Phase.IN_PROGRESS,
    ResponseStatus.COMMITTED: Phase.IN_PROGRESS,
    ResponseStatus.PARTIAL_ACTION: Phase.IN_PROGRESS,
    ResponseStatus.ACTION_TAKEN: Phase.DELIVERED,
    ResponseStatus.IMPLEMENTED: Phase.DELIVERED,
    ResponseStatus.REFUSED: Phase.AGAINST,
    ResponseStatus.BLOCKED: Phase.AGAINST,
    ResponseStatus.REVERSED: Phase.AGAINST,
    ResponseStatus.OVERTAKEN: Phase.CLOSED,
}


class Tier(models.IntegerChoices):
    """How close a source stands to the official record."""

    OFFICIAL_RECORD = 1, _("T1 official record")
    OFFICIAL_STATEMENT = 2, _("T2 official statement")
    INDEPENDENT = 3, _("T3 independent reporting or research")
    CAMPAIGN = 4, _("T4 campaign or partner report")


class AssertedBy(models.TextChoices):
    """Who says that this happened."""

    BODY = "body", _("the body itself")
    STATE = "state", _("a State")
    CIVIL_SOCIETY = "civil_society", _("civil society")
    US = "us", _("the editors of this record")


class Verification(models.TextChoices):
    """How sure we are that it happened."""

    REPORTED = "reported", _("reported")
    DOCUMENTED = "documented", _("documented")
    VERIFIED = "verified", _("independently verified")


class BlockedReason(models.TextChoices):
    VETO = "veto", _("veto: nine votes or more in favour, and a permanent member against")
    VOTES_SHORT = "votes_short", _("fewer votes in favour than needed")
    OFF_AGENDA = "off_agenda", _("kept off the agenda by a procedural vote or objection")
    NOT_RECEIVABLE = "not_receivable", _("declared not receivable")
    NO_COMPETENCE = "no_competence", _("the body has no competence")
    MANDATE_ENDED = "mandate_ended", _("the mandate ended")
    OTHER = "other", _("another rule or actor")


class RefusedReason(models.TextChoices):
    STATED_POSITION = "stated_position", _("stated its position against")
    VOTE_LOST = "vote_lost_on_merits", _("a vote on the merits was lost")
    DECLINED = "declined_invitation", _("declined an invitation")
    OTHER = "other", _("another refusal in words")


class DatePrecision(models.TextChoices):
    """How much of a date is known. The stored date is the first day of the known span."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


class Channel(models.TextChoices):
    """How an ask was put to its body; what starts its clocks is named after it."""

    PUBLIC = "public", _("public call")
    LETTER = "letter", _("letter")
    PROCEDURE = "procedure", _("official procedure")
    ORAL = "oral", _("oral statement")
    MEETING = "meeting", _("meeting")
    PETITION = "petition", _("petition")


class AskState(models.TextChoices):
    """The life of the ask itself: decided by those who ask, never a response of the body."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    SPLIT = "split", _("split into more precise asks")
    SUPERSEDED = "superseded", _("replaced by a newer ask")
    WITHDRAWN = "withdrawn", _("withdrawn by those who asked")


class RelationKind(models.TextChoices):
    """How one ask points to another."""

    SPLIT_INTO = "split_into", _("split into")
    SAME_CALL = "same_call", _("the same call to another body")
    DEPENDS_ON = "depends_on", _("depends on")


class ExpectedBasis(models.TextChoices):
    """Why an answer is expected by a date. Only the first two can make an ask overdue."""

    RULE = "rule", _("the body's rule of procedure")
    PROMISE = "promise", _("the body's own promise")
    OURS = "ours", _("our expectation")


class ActionSort(models.TextChoices):
    WAITING = "waiting", _("Longest wait first")
    MOVED = "moved", _("Latest movement first")
    NEWEST = "newest", _("Newest ask first")
    REFERENCE = "reference", _("Reference")


class IssueSort(models.TextChoices):
    POSITION = "position", _("The editors’ order")
    TITLE = "title", _("Title")
    NEWEST = "newest", _("Newest first")


class ReachedBy(models.TextChoices):
    """How what one wants of a body comes before it."""

    MISSIONS = "missions", _("through the missions of States")
    DIRECTLY = "directly", _("directly: anyone may write to it")
    CLOSED = "closed", _("by a closed procedure alone")


class Salutation(models.TextChoices):
    """How a letter begins, in the language of the letter."""

    EXCELLENCY = "excellency", _("Excellency,")
    MANDATE_HOLDER = "mandate-holder", _("Dear mandate holder,")
    MEMBERS = "members", _("Dear members,")
    PARLIAMENT = "parliament", _("Dear members of parliament,")
    BOARD = "board", _("Dear members of the board,")
    OFFICE = "office", _("Dear Sir or Madam,")


class MeetingKind(models.TextChoices):
    SESSION = "session", _("session")
    DEADLINE = "deadline", _("deadline")
    REPORT = "report", _("report")
    ELECTION = "election", _("election or change of members")
    PRESIDENCY = "presidency", _("presidency")
    STANDING = "standing", _("open on any day")


class Confidence(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    EXPECTED = "expected", _("expected, dates not published")


class Audience(models.TextChoices):
    """Who can take a step."""

    ANYONE = "anyone", _("anyone")
    CAMPAIGNER = "campaigner", _("campaigners")
    NGO = "ngo", _("NGOs")
    UNION = "union", _("trade unions and employers")
    JOURNALIST = "journalist", _("journalists")
    RESEARCHER = "researcher", _("lawyers and researchers")
    FAMILY = "family", _("families and witnesses")


class StepKind(models.TextChoices):
    EMAIL = "email", _("write an e-mail")
    LETTER = "letter", _("send a letter")
    POST = "post", _("post publicly")
    CALL = "call", _("call")
    SUBMIT = "submit", _("submit information")
    MEET = "meet", _("meet")
    READ = "read", _("read and check")
    SHARE = "share", _("share")


class GoesTo(models.TextChoices):
    """Whom the letter of a step is for; empty: somebody else, whom the step names."""

    BODY = "body", _("the body itself")
    NEW_YORK = "new-york", _("the mission of the reader’s State in New York")
    GENEVA = "geneva", _("the mission of the reader’s State in Geneva")
    MISSIONS = "missions", _("its missions in New York and in Geneva")
    MINISTRY = "ministry", _("the foreign ministry of the reader’s State")
    LABOUR = "labour", _("the labour ministry of the reader’s State")
    UNION = "union", _("a trade union of the reader’s State")
    OFFICE = "office", _("the office named below")
    LISTED = "listed", _("others, whose addresses the office named below has")
    SITE = "site", _("others at the body, whose addresses its own site has")


class PackKind(models.TextChoices):
    """What somebody gets to work with, in the order of the list of packs."""

    LETTER = "letter", _("letter")
    OUTLINE = "outline", _("outline")
    STATEMENT = "statement", _("statement")
    PARAGRAPHS = "paragraphs", _("draft paragraphs")
    QUESTIONS = "questions", _("parliamentary questions")
    REPRESENTATION = "representation", _("representation")
    PRESS = "press", _("press line")
    GUIDELINE = "guideline", _("guideline")
    POSTS = "posts", _("posts")


class DraftState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RETURNED = "returned", _("given back")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class WithholdingState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    CONFIRMED = "confirmed", _("confirmed: the words are gone")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ReportOutcome(models.TextChoices):
    """What became of a report, said by whoever closes it."""

    USED = "used", _("used: the record says more, or something else, for it")
    KNOWN = "known", _("the record had it already")
    NO_EVIDENCE = "no_evidence", _("no evidence that anyone can open")
    SPAM = "spam", _("spam, or about something else")


class CallAbout(models.TextChoices):
    """Why a member of staff gets a mail of the program, once a day."""

    STANDSTILL = "standstill", _("something stands still")
    REPORTS = "reports", _("readers told us something")


class Tell(models.TextChoices):
    """How followers are told of an entry; staff decide it as they record the entry."""

    DIGEST = "digest", _("in the weekly digest")
    AT_ONCE = "at_once", _("at once")
    NOBODY = "nobody", _("not at all")


class Frequency(models.TextChoices):
    WEEKLY = "weekly", _("Once a week, if something changed")
    AT_ONCE = "at_once", _("At once")


class SubscriberState(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    LEFT = "left", _("left")
    BOUNCED = "bounced", _("bounced")


class EditionKind(models.TextChoices):
    NOTICE = "notice", _("notice")
    DIGEST = "digest", _("weekly digest")
    SILENCE = "silence", _("told of silence")
    STATES = "states", _("votes and words of States")


class CalledOff(models.TextChoices):
    """Why a mailing about silence does not go out, though nobody of the staff cancelled it."""

    MOVED = "moved", _("the body moved: an entry about it was recorded")
    CORRECTED = "corrected", _("the look that it would have told was corrected")
    REPLACED = "replaced", _("what it would have told was corrected: the correction goes out")
    OVER = "over", _("no ask of it waits any more")
    RESTORED = "restored", _("it may have gone out before a backup was put back")


class EditionState(models.TextChoices):
    PLANNED = "planned", _("planned")
    SENDING = "sending", _("being sent")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("cancelled")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    DOUBTFUL = "doubtful", _("doubtful: the sending was cut short, so it is not sent again")
    DROPPED = "dropped", _("not sent: no longer wanted")


class RefusalKind(models.TextChoices):
    """What a refused mail says: that the mailbox does not exist, or anything else."""

    GONE = "gone", _("no such mailbox")
    OTHER = "other", _("refused for another reason")


class RegionalGroup(models.TextChoices):
    AFRICA = "africa", _("African States")
    ASIA_PACIFIC = "asia_pacific", _("Asia-Pacific States")
    EASTERN_EUROPE = "eastern_europe", _("Eastern European States")
    LATIN_AMERICA = "latin_america", _("Latin American and Caribbean States")
    WESTERN_EUROPE = "western_europe", _("Western European and other States")


class Maker(models.TextChoices):
    """Who made a translation."""

    PERSON = "person", _("a person")
    MACHINE = "machine", _("a machine")


class TranslationState(models.TextChoices):
    """What a reader has to know of a text in another language than its own. Derived."""

    MISSING = "missing", _("Missing")
    OUTDATED = "outdated", _("Outdated")
    TO_REVIEW = "to_review", _("To be reviewed")
    REVIEWED = "reviewed", _("Reviewed")


class CopyOutcome(models.TextChoices):
    """What came of reading the address of a source, to keep a copy of what stands there."""

    KEPT = "kept", _("kept")
    FORBIDDEN = "forbidden", _("the site forbids copies")
    TOO_LARGE = "too_large", _("larger than 10 MB")
    OTHER_KIND = "other_kind", _("neither a page nor a PDF")
    REFUSED = "refused", _("an address that is never asked")
    FAILED = "failed", _("nothing came that could be kept")
    WITHHELD = "withheld", _("withheld: nothing is kept or read again")
    AT_RISK = "at_risk", _("may show people at risk: nothing is kept")
