"""Search finds words in any script, whatever their case, and parts of words."""

import pytest

from advocacy.models import Issue, RecommendedAction
from tests.factories import make_action, make_body, make_issue

pytestmark = pytest.mark.django_db

TEXTS = {
    "english": "Forced labour of soldiers",
    "ukrainian": "Засудити примусову працю у ґратах, ООН",
    "korean": "북한 병사의 강제노동을 중단하라",
}


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
        asks = RecommendedAction.objects.published()
        assert list(Issue.objects.searching(words, asks)) == [issue], words


def test_the_search_text_follows_an_edit_of_one_field():
    issue = make_issue(title="Old")
    issue.title = "Нова НАЗВА"

    issue.save(update_fields=["title"])

    assert list(Issue.objects.searching("назва", RecommendedAction.objects.published())) == [issue]
    assert not Issue.objects.searching("old", RecommendedAction.objects.published()).exists()
