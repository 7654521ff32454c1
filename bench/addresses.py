"""Every page of which the cost is measured, with what it may cost at most."""

from datetime import timedelta
from urllib.parse import quote

from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import result_headers
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from advocacy.models import ChecklistStep, Issue, RecommendedAction, Site, TargetBody, Topic
from bench.words import COMMON, MIDDLING, RARE, SCRIPTS, WORDS

# CPU milliseconds: of any page, of overview and issues, of a day of the past or several words.
USUAL, BROAD, PAST = 300, 600, 800
# The same where the process has kept the columns of the asks: of a list, the overview, a day of the
# past or several words.
KEPT, KEPT_BROAD, KEPT_PAST = 150, 300, 500
# Of a picture for a shared link, which is no list: it is drawn and packed once for what it says,
# and kept as a file. Here it is drawn every time.
DRAWN = 500
LISTS = ("issues", "bodies", "asks", "entries", "corrections", "feed", "calendar", "checklist")
# Filters of the list of asks that the list of issues does not have.
OF_ASKS_ALONE = ("issue", "audience", "overdue", "proposed")
DEEP, PER_PAGE = 40, 25
FILTERS = {
    "status": "status=under_discussion",
    "rare status": "status=reversed",
    "phase": "status=no_answer",
}


def limits_of(name):
    """What a page of this name may cost at 100,000 asks and 1,000,000 entries, and what later on,
    where the process has kept what it can.
    """
    if "as of" in name or "two words" in name or "no hit" in name:
        return PAST, KEPT_PAST
    if name.endswith("picture"):
        return DRAWN, DRAWN
    if name.startswith("overview"):
        return BROAD, KEPT_BROAD
    usual = BROAD if name.startswith("issues") else USUAL
    return usual, KEPT if name.startswith(LISTS) else usual


def searches():
    """What visitors type: {what it is: words}."""
    words = {
        f"{kind} {script} word": WORDS[script][rank]
        for script in SCRIPTS
        for kind, rank in [("common", COMMON), ("middling", MIDDLING), ("rare", RARE)]
    }
    letters = {f"two {script} letters": WORDS[script][MIDDLING][:2] for script in SCRIPTS}
    latin = WORDS["latin"]
    return {
        **words,
        **letters,
        "two words": f"{latin[COMMON]} {latin[MIDDLING]}",
        "two words, both middling": f"{latin[MIDDLING]} {latin[MIDDLING + 1]}",
        "no hit": "qqqqq",
    }


def public_pages():
    """{name: address} of what visitors see."""
    day = timezone.localdate() - timedelta(days=700)
    topic = Topic.objects.filter(slug__startswith="load-").first().slug
    step = ChecklistStep.objects.filter(slug__startswith="load-").first().slug
    # Those that come first get the most asks.
    issue, body = "load-issue-0", "load-body-0"
    some_issue = Issue.objects.order_by("pk")[Issue.objects.count() // 2].slug
    some_body = TargetBody.objects.order_by("pk")[TargetBody.objects.count() // 2].slug
    asked = queries_of_asks(issue, body, topic, day)
    of_issues = {k: v for k, v in asked.items() if k not in OF_ASKS_ALONE}
    of_issues["deep page"] = deep_page(Issue.objects.opened())
    steps = queries_of_steps(issue, body)
    return {
        "overview": "/en/",
        "overview as of": f"/en/?as_of={day}",
        **listed("issues", "/en/issues/", of_issues, ["title", "newest"]),
        "issue, most asks": f"/en/issues/{issue}/",
        "issue, some asks": f"/en/issues/{some_issue}/",
        "issue as of": f"/en/issues/{issue}/?as_of={day}",
        "issue brief": f"/en/issues/{issue}/brief/",
        "issue picture": f"/en/issues/{issue}/share.png",
        "bodies": "/en/bodies/",
        "body, most asks": f"/en/bodies/{body}/",
        "body, some asks": f"/en/bodies/{some_body}/",
        "body as of": f"/en/bodies/{body}/?as_of={day}",
        "body brief": f"/en/bodies/{body}/brief/",
        "body picture": f"/en/bodies/{body}/share.png",
        **listed("asks", "/en/actions/", asked, ["moved", "newest", "reference"]),
        "ask": "/en/actions/load-ask-0/",
        "ask as of": f"/en/actions/load-ask-0/?as_of={day}",
        "ask picture": "/en/actions/load-ask-0/share.png",
        **listed("entries", "/en/updates/", asked),
        "corrections": "/en/updates/corrections/",
        "feed": "/en/updates.atom",
        "calendar": "/en/calendar/",
        "calendar, body": f"/en/calendar/?body={body}",
        "calendar, issue": f"/en/calendar/?issue={issue}",
        "calendar file": "/en/calendar.ics",
        **listed("checklist", "/en/checklist/", steps),
        "sheet": f"/en/checklist/sheet/?step={step}",
        "seats": "/en/seats/",
        "seats, country": "/en/seats/ua/",
        "follow": "/en/follow/",
        "follow, issue": f"/en/follow/?issue={issue}",
        "tell": "/en/tell/",
        "method": "/en/about/method/",
        "healthz": "/healthz",
    }


def queries_of_asks(issue, body, topic, day):
    return {
        "issue": f"issue={issue}",
        "topic": f"topic={topic}",
        "body": f"body={body}",
        **FILTERS,
        "audience": "audience=ngo",
        "overdue": "overdue=on",
        "proposed": "proposed=on",
        "body and status": f"body={body}&status=under_discussion",
        "deep page": deep_page(RecommendedAction.standings().published().asked()),
        **{name: f"q={quote(words)}" for name, words in searches().items()},
        "common word and status": f"q={WORDS['latin'][COMMON]}&status=under_discussion",
        "as of": f"as_of={day}",
        "as of, status": f"as_of={day}&status=under_discussion",
        "as of, common word": f"as_of={day}&q={WORDS['latin'][COMMON]}",
    }


def queries_of_steps(issue, body):
    return {
        "issue": f"issue={issue}",
        "body": f"body={body}",
        "audience": "audience=ngo",
        "kind": "kind=email",
        "5 minutes": "minutes=5",
        "country": "country=UA",
        "country and audience": "country=UA&audience=ngo",
        "deep page": deep_page(ChecklistStep.objects.of_open_asks()),
    }


def deep_page(rows):
    return f"page={min(DEEP, max(rows.count() // PER_PAGE, 1))}"


def listed(name, address, queries, sorts=()):
    """A list whole, narrowed by each of these queries and in each of these orders."""
    queries = queries | {f"by {sort}": f"sort={sort}" for sort in sorts}
    narrowed = {f"{name}, {what}": f"{address}?{query}" for what, query in queries.items()}
    return {name: address, **narrowed}


def desk_pages(user):
    """{name: address} of the desk: its first page, every list as it can be narrowed, some forms."""
    pages = {"desk": reverse("admin:index")}
    for model, model_admin in admin.site._registry.items():
        pages |= lists_of(model, model_admin, user)
    ask = RecommendedAction.objects.get(slug="load-ask-0")
    for row in (ask, ask.body, ask.issue):
        name = row._meta.model_name
        pages[f"desk {name}, change"] = reverse(f"admin:advocacy_{name}_change", args=[row.pk])
    return pages | {"desk recommendedaction, add": reverse("admin:advocacy_recommendedaction_add")}


def lists_of(model, model_admin, user):
    """One list of the desk: whole, searched, deep inside, by every filter and every column."""
    if model is Site:
        return {}  # Its list leads on to the only row.
    name = f"desk {model._meta.model_name}"
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    request = RequestFactory().get(address)
    request.user = user
    if not model_admin.has_view_or_change_permission(request):
        return {}
    changelist = model_admin.get_changelist_instance(request)
    queries = {}
    for spec in changelist.filter_specs:
        options = [option for option in spec.choices(changelist) if "query_string" in option]
        for option in options[1:][:1] + options[2:][-1:]:
            queries[f"{spec.title}: {option['display']}"] = option["query_string"].lstrip("?")
    for header in result_headers(changelist):
        if header["sortable"]:
            queries[f"by {header['text']}"] = header["url_primary"].lstrip("?")
    if model_admin.search_fields:
        for what in ("common latin word", "rare hangul word", "two cyrillic letters", "two words"):
            queries[what] = f"q={quote(searches()[what])}"
    if changelist.paginator.num_pages > DEEP:
        queries["deep page"] = f"p={DEEP}"
    return listed(name, address, queries)
