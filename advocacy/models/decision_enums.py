"""The choices of decisions, statements and treaties. A leaf: imports no other module."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """What became of a text that was put to a body."""

    ADOPTED_BY_VOTE = "adopted_by_vote", _("adopted by vote")
    ADOPTED_WITHOUT_VOTE = "adopted_without_vote", _("adopted without a vote")
    ADOPTED = "adopted", _("adopted; how is not known to us")
    VOTES_SHORT = "votes_short", _("not adopted: too few votes in favour")
    VETO = "veto", _("not adopted: veto")
    WITHDRAWN = "withdrawn", _("withdrawn before it was decided")
    NOT_RECEIVED = "not_received", _("not received: never put to the vote")

    @property
    def is_voted(self) -> bool:
        """Whether there was a vote, and so a tally."""
        return self in VOTED

    @property
    def is_adopted(self) -> bool:
        return self in ADOPTED


VOTED = (Outcome.ADOPTED_BY_VOTE, Outcome.VOTES_SHORT, Outcome.VETO)
ADOPTED = (Outcome.ADOPTED_BY_VOTE, Outcome.ADOPTED_WITHOUT_VOTE, Outcome.ADOPTED)


class Vote(models.TextChoices):
    """How one State voted, or that it did not."""

    YES = "yes", _("in favour")
    NO = "no", _("against")
    ABSTAIN = "abstain", _("abstained")
    ABSENT = "absent", _("absent")
    NOT_VOTING = "not_voting", _("present, did not vote")


class Stance(models.TextChoices):
    """What a statement says to one ask."""

    SUPPORTS = "supports", _("supports it")
    OPPOSES = "opposes", _("opposes it")
    QUALIFIED = "qualified", _("with conditions")
    UNCLEAR = "unclear", _("unclear")


class StanceBasis(models.TextChoices):
    """Whether the speaker spoke of the step itself. An implied stance is no support of the ask."""

    EXPLICIT = "explicit", _("said so of this step")
    IMPLIED = "implied", _("spoke of the conduct, not of this step")
    NONE = "none", _("takes no side")


class TreatyState(models.TextChoices):
    """How a State stands to a treaty."""

    RATIFIED = "ratified", _("ratified")
    ACCEDED = "acceded", _("acceded")
    SUCCEEDED = "succeeded", _("succeeded to it")
    PARTY = "party", _("party (by which act is not known to us)")
    SIGNED = "signed", _("signed, not ratified")
    LEFT = "left", _("party no longer")
    NOT_PARTY = "not_party", _("not a party")

    @property
    def is_party(self) -> bool:
        return self in (self.RATIFIED, self.ACCEDED, self.SUCCEEDED, self.PARTY)
