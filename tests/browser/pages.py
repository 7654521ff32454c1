"""One page of each kind, by a name: what is looked at in every browser and width."""

README = {"overview": "", "action": "actions/unsc-restore-sanctions-experts/"}

#: What others show in frames: paths outside the languages.
EMBEDS = [
    "embed/silence/",
    "embed/silence/bodies/unsc/",
    "embed/issues/soldier-exploitation/",
    "embed/bodies/icrc/",
    "embed/actions/ua-return-no-captured-soldier/",
]

#: {name: path under a language}
PAGES = README | {
    "overview-2024": "?as_of=2024-12-16",
    "issues": "issues/",
    "issue": "issues/pow-protection/",
    "bodies": "bodies/",
    "body": "bodies/unsc/",
    "body-in-confidence": "bodies/icrc/",
    "actions": "actions/",
    "actions-filtered": "actions/?body=ilo&status=no_answer&topic=atlantis",
    "actions-empty": "actions/?body=atlantis&q=zzzz",
    "silence": "actions/ilo-take-up-forced-labour/",
    "organisations": "organisations/",
    "organisation": "organisations/nkdb/",
    "embeds": "data/?body=unsc",
    "to-a-mission": "actions/hrc-ask-for-reporting/",
    "updates": "updates/",
    "corrections": "updates/corrections/",
    "withheld": "updates/withheld/",
    "checklist": "checklist/",
    "checklist-filtered": "checklist/?country=DK&kind=dance&minutes=15",
    "sheet": "checklist/sheet/?title=Workshop&step=nk-06b-post-the-tally&step=gone",
    "country": "seats/",
    "seats": "seats/gb/",
    "no-seat": "seats/bt/",
    "brief-issue": "issues/pow-protection/brief/",
    "brief-body": "bodies/unsc/brief/",
    "calendar": "calendar/",
    "safety": "seats/ru/",
    "families": "checklist/?audience=family",
    "meeting": "calendar/hrc-64/",
    "calendar-filtered": "calendar/?body=ilo",
    "packs": "packs/",
    "packs-filtered": "packs/?kind=song&q=zzzz",
    "pack": "packs/sample-statement/",
    "data": "data/",
    "follow": "follow/",
    "follow-sent": "follow/sent/",
    "tell": "tell/?ask=unsc-restore-sanctions-experts",
    "about": "about/",
    "method": "about/method/",
    "privacy": "about/privacy/",
    "accessibility": "about/accessibility/",
    "own-page": "about/sample-page/",
    "missing": "nothing-here/",
}
