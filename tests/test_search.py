"""Search finds words in any script, whatever their case, and parts of words."""

from datetime import date

import pytest
from django.http import QueryDict
from django.urls import reverse

from advocacy.models import Issue, RecommendedAction, TargetBody
from advocacy.public.lists import IssueList
from tests.factories import make_action, make_body, make_issue, make_meeting, make_source, record
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/facets.py")]

TEXTS = {
    "english": "Forced labour of soldiers",
    "ukrainian": "Засудити примусову працю у ґратах, ООН",
    "korean": "북한 병사의 강제노동을 중단하라",
}


def issues_found(words):
    query = QueryDict(mutable=True)
    query["q"] = words
    return list(IssueList(query).keys())


@pytest.fixture
def asks():
    return {name: make_action(title=text) for name, text in TEXTS.items()}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("LABOUR", {"english"}),
        ("abou", {"english"}),
        ("soldiers forced", {"english"}),
        ("soldiers wages", set()),
        ("оон", {"ukrainian"}),
        ("ПРИМУСОВ", {"ukrainian"}),
        ("ҐРАТ", {"ukrainian"}),
        ("노동", {"korean"}),
        ("동", {"korean"}),
        # A letter or two begin a word, in a script that has capitals.
        ("la", {"english"}),
        ("bo", set()),
        ("у", {"ukrainian"}),
        ("рa", set()),
        ("북한 중단", {"korean"}),
        ("", {"english", "ukrainian", "korean"}),
        ("   ", {"english", "ukrainian", "korean"}),
        ("%", set()),
        ("_", set()),
        ("'; DROP TABLE", set()),
    ],
)
def test_words_are_found_in_any_script(asks, words, found):
    actions = RecommendedAction.objects.with_status().matching(q=words)

    assert set(actions) == {asks[name] for name in found}


def test_an_ask_is_found_by_its_issue_and_its_body():
    action = make_action(
        issue=make_issue(title="Prisoners of war"), body=make_body(name="Рада з прав людини")
    )
    make_action()

    def found(words):
        return list(RecommendedAction.objects.with_status().matching(q=words))

    assert found("PRISONERS") == found("прав людини") == found("war рада") == [action]


def test_an_issue_is_found_by_its_asks_and_their_bodies():
    issue = make_issue(summary="Полонені солдати")
    make_action(issue=issue, title="Offer settlement", body=make_body(name="Government of Korea"))
    make_issue()

    for words in ("СОЛДАТИ", "settlement", "korea", "settlement полонені"):
        assert issues_found(words) == [issue.pk], words


def test_the_search_text_follows_an_edit_of_one_field():
    issue = make_issue(title="Old")
    issue.title = "Нова НАЗВА"

    issue.save(update_fields=["title"])

    assert issues_found("назва") == [issue.pk]
    assert issues_found("old") == []


# One sign, however it is written

WRITTEN = "Russia’s “forced labour” – non‑refoulement, пам’ять; co\u00adopera\u200btion (NK-06A)"
FOUND = [
    "Russia's",
    "Russia’s",
    "Russia‘s",
    "Russiaʼs",
    "Russia`s",
    "Russia´s",
    "пам'ять",
    "памʼять",
    "“forced labour”",
    '"forced labour"',
    "„forced labour“",
    "«forced labour»",
    "‘forced labour’",
    "'forced labour'",
    '"forced  labour',
    "forced labour.",
    "forced,labour",
    "(forced) labour!",
    "forced – labour",
    "non-refoulement",
    "non‐refoulement",
    "non\u2011refoulement",
    "non–refoulement",
    "non−refoulement",
    "coopera\u00adtion",
    "\u200bcooperation\ufeff",
    "NK\u201106A",
    "NK–06A?",
    '"LABOUR" forced',
]
NOT_FOUND = [
    '"labour forced"',
    '"forced labours"',
    '«forced» "labours"',
    "Russia-s",
    '"forced" wages',
]


@pytest.mark.parametrize("stored", [WRITTEN, WRITTEN.replace("’", "'").replace("–", "-")])
def test_a_sign_is_found_however_it_is_typed_on_the_pages_and_in_the_desk(
    client, admin_client, stored
):
    ask = make_action(title=stored)
    make_action(title="Something else")
    pages = [(client, "action_list"), (admin_client, "admin:advocacy_recommendedaction_changelist")]

    for words in FOUND + NOT_FOUND:
        found = list(RecommendedAction.objects.containing(words))
        assert found == ([ask] if words in FOUND else []), words
    for visitor, name in pages:
        for words in FOUND[::4] + NOT_FOUND[::4]:
            page = text_of(visitor.get(reverse(name), {"q": words}))
            assert (ask.reference in page) == (words in FOUND), (name, words)


@pytest.mark.parametrize("words", ["nk", "06", "re", "fo"])
def test_a_word_begins_behind_any_sign(words):
    ask = make_action(title="“Forced labour” (NK-06A), non‑refoulement")

    assert list(RecommendedAction.objects.containing(words)) == [ask]
    assert not RecommendedAction.objects.containing("ef").exists()


@pytest.mark.parametrize("words", FOUND[:-1])
def test_issues_and_bodies_are_found_alike(words):
    issue, body = make_issue(title=WRITTEN), make_body(name=WRITTEN)

    assert list(Issue.objects.containing(words)) == [issue]
    assert list(TargetBody.objects.containing(words)) == [body]
    assert issues_found(words) == [issue.pk]


def test_a_phrase_does_not_go_on_from_one_field_into_the_next():
    make_issue(title="Forced", summary="labour")

    assert not Issue.objects.containing('"forced labour"').exists()
    assert Issue.objects.containing("forced labour").exists()


@pytest.mark.parametrize("words", ["Russia's", "russia’s “forced labour”", "non–refoulement"])
@pytest.mark.parametrize("model", ["source", "meeting", "statusupdate"])
def test_the_desk_finds_what_has_no_folded_copy_alike(admin_client, model, words):
    title = WRITTEN.replace("\u00ad", "").replace("\u200b", "")
    row = {
        "source": lambda: make_source(title=title),
        "meeting": lambda: make_meeting(title=title),
        "statusupdate": lambda: record(make_action(), summary=title),
    }[model]()
    name = reverse(f"admin:advocacy_{model}_changelist")

    assert list(admin_client.get(name, {"q": words}).context["cl"].result_list) == [row]
    assert not admin_client.get(name, {"q": f"{words} absent"}).context["cl"].result_list


def test_the_desk_finds_two_letters_where_a_word_begins(admin_client):
    texts = ["EU said", "The EU’s words", "Told by “EU”", "Told\nEU", "(EU)", "non-EU", "Museum"]
    *begin, _within = [make_source(title=text) for text in texts]
    name = reverse("admin:advocacy_source_changelist")

    assert set(admin_client.get(name, {"q": "eu"}).context["cl"].result_list) == set(begin)


def test_a_search_of_the_desk_lists_the_first_rows_and_says_that_there_are_more(
    admin_client, monkeypatch
):
    monkeypatch.setattr("advocacy.admin.base.MOST_FOUND", 2)
    days = [date(2026, month, 1) for month in (1, 2, 3)]
    old, new, newest = [make_source(title="Forced labour", published_on=day) for day in days]
    name = reverse("admin:advocacy_source_changelist")

    page = admin_client.get(name, {"q": "labour"})
    assert list(page.context["cl"].result_list) == [newest, new]
    assert "More than 2 rows match" in text_of(page)
    chosen = {"action": "delete_selected", "_selected_action": old.pk, "select_across": "1"}
    asked = admin_client.post(f"{name}?q=labour", chosen)
    assert str(asked.context["objects_name"]) == "sources"
    assert set(asked.context["queryset"]) == {new, newest}

    old.delete()
    page = admin_client.get(name, {"q": "labour"})
    assert list(page.context["cl"].result_list) == [newest, new]
    assert "rows match" not in text_of(page)


@pytest.mark.parametrize("few", [0, 10])
def test_the_desk_finds_alike_what_few_asks_hold_and_what_many_do(admin_client, monkeypatch, few):
    monkeypatch.setattr("advocacy.models.action_queryset.FEW", few)
    monkeypatch.setattr("advocacy.admin.responses.MOST_ASKS", few)
    by_ask = make_action(title="Forced labour")
    by_issue = make_action(issue=make_issue(title="Labour camps"))
    by_body = make_action(body=make_body(name="Labour Organization"))
    further = make_action()
    further.also_on.add(by_issue.issue)
    other = make_action()
    found = [by_ask, by_issue, by_body, further]
    entries = [record(ask, summary="Wages") for ask in [*found, other]]

    def listed(model, words):
        name = reverse(f"admin:advocacy_{model}_changelist")
        return set(admin_client.get(name, {"q": words}).context["cl"].result_list)

    assert listed("recommendedaction", "labour") == set(found)
    assert listed("recommendedaction", "labour forced") == {by_ask}
    assert listed("statusupdate", "labour") == set(entries[:-1])
    assert listed("statusupdate", "labour wages forced") == {entries[0]}
    assert listed("statusupdate", "wages") == set(entries)


def test_punctuation_alone_is_looked_for_as_it_stands():
    percent = make_issue(title="50 % of them")
    make_issue(title="Half of them")

    assert list(Issue.objects.containing("%")) == [percent]
    assert list(Issue.objects.containing("them % 50")) == [percent]
