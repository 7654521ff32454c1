"""A record of somebody's own: its public pages, and the words of another that none of them says."""

import re

from advocacy.models import Issue, Pack, RecommendedAction, TargetBody

# Words of the record that comes with the program.
OF_ANOTHER = re.compile(
    r"North.?Korea|NKDB|DPRK|UpRights|Reckoning Project|Public Interest Journalism|Ukrain|Russia"
    r"|Kursk|Pyongyang|Seoul|soldier|webinar|captive|captured|\bNK-\d",
    flags=re.I,
)
COUNTRIES = re.compile(r'<option value="[A-Z]{2}".*?</option>', flags=re.S)


def named_in(text):
    """The words of another record; any State may be chosen as one's own."""
    return OF_ANOTHER.findall(COUNTRIES.sub("", text))


def public_pages():
    yield from [
        "",
        *["issues/", "bodies/", "actions/", "updates/", "updates/?looks=1", "updates.atom"],
        *[
            "updates/corrections/",
            "updates/withheld/",
            "checklist/",
            "packs/",
            "calendar/",
            "data/",
        ],
        *["calendar.ics", "seats/", "seats/de/", "follow/", "about/", "about/method/"],
        *["about/privacy/", "about/accessibility/", "tell/", "?as_of=2025-01-01"],
    ]
    for name, model in [("issues", Issue), ("bodies", TargetBody), ("actions", RecommendedAction)]:
        for slug in model._default_manager.values_list("slug", flat=True):
            yield f"{name}/{slug}/"
            if name != "actions":
                yield f"{name}/{slug}/brief/"
    for slug in Pack.objects.values_list("slug", flat=True):
        yield from [f"packs/{slug}/", f"packs/{slug}.txt"]
