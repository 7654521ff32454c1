"""What a record needs before it says anything: the first steps on the desk, until all are done."""

from django.urls import reverse
from django.utils.translation import gettext as _

from advocacy.models import Issue, RecommendedAction, Site, StatusUpdate, TargetBody


def first_steps(user):
    """[{words, done, links: [(words, address)]}] in order; nothing where all of them are done.

    Whoever may not take a step reads it without its links.
    """
    bodies, asks = TargetBody.objects.exists(), RecommendedAction.objects.exists()
    look = [("view_recommendedaction", "recommendedaction_changelist", _("Choose an ask"))]
    steps = [
        step(
            user,
            _("Name your record: every page, mail and feed says whose it is."),
            Site.objects.exists(),
            [("change_site", "site_changelist", _("Name it"))],
        ),
        step(
            user,
            _("Add a body: whoever is asked to act."),
            bodies,
            [("add_targetbody", "targetbody_add", _("Add a body"))],
        ),
        step(
            user,
            _("Add an issue, and an ask to that body."),
            Issue.objects.exists() and asks,
            [
                ("add_issue", "issue_add", _("Add an issue")),
                ("add_recommendedaction", "recommendedaction_add", _("Add an ask")),
            ],
        ),
        step(
            user,
            _("Look for an answer, and record what you find, or where you looked and found none."),
            StatusUpdate.objects.exists(),
            # Nothing can be recorded before something is asked.
            look if asks else [],
        ),
    ]
    return [] if all(step["done"] for step in steps) else steps


def step(user, words, done, pages):
    may_open = [page for page in pages if user.has_perm(f"advocacy.{page[0]}")]
    links = [(name, reverse(f"admin:advocacy_{page}")) for _permission, page, name in may_open]
    return {"words": words, "done": done, "links": links}
