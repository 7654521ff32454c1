"""Names that mean the same, other forms of a word, and what a page says of a widened search."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from advocacy.models import (
    AskState,
    Issue,
    RecommendedAction,
    SearchWords,
    TargetBody,
    search_words,
)
from advocacy.models.folded import searched_copy, wanted
from advocacy.models.holding import HoldsAny, asked_last, holds_any
from advocacy.models.nearest import distance
from advocacy.models.search_words import sought
from advocacy.models.word_forms import root_of
from advocacy.public.lists import ActionList, IssueList
from tests.factories import make_action, make_body, make_issue, make_pack, record
from tests.pages import text_of

pytestmark = pytest.mark.own_sql("models/holding.py")


def html_of(client, name, words):
    return client.get(reverse(name), {"q": words}).content.decode()


@pytest.fixture
def names(db):
    return [
        SearchWords.objects.create(slug="pow", words="POW, prisoner of war, полонений, 포로"),
        SearchWords.objects.create(slug="ilo", words="ILO, МОП"),
        SearchWords.objects.create(slug="long", words="Security Council, Рада Безпеки"),
    ]


def issues_found(words):
    query = QueryDict(mutable=True)
    query["q"] = words
    return set(IssueList(query).keys())


def test_the_page_says_what_else_was_searched_for_and_leads_to_the_exact_search(client, names):
    make_issue(title="Prisoner of war")
    make_issue(title="Полоненими")

    page = client.get(reverse("issue_list"), {"q": "POW", "sort": "title"})

    assert "2 issues" in text_of(page)
    said = text_of(page).replace(" ,", ",")
    assert "Also searched for beside “POW”: prisoner of war, полонений, 포로" in said
    html = page.content.decode()
    assert '<span lang="ko">포로</span>' in html
    assert '<span lang="uk">полонений</span>' in html
    (address,) = re.findall(r'href="(\?[^"]*%22POW%22[^"]*)"', html)
    assert "sort=title" in address
    exact = client.get(reverse("issue_list") + address.replace("&amp;", "&"))
    assert "0 issues" in text_of(exact)
    assert "Also searched" not in text_of(exact)


def test_what_is_typed_is_written_on_the_page_as_text(client, names):
    words = "<b>POWs</b> ILO"

    html = html_of(client, "issue_list", words)

    assert "<b>POWs" not in html
    assert escape("<b>POWs</b") in html


def test_a_phrase_in_quotation_marks_is_taken_as_it_stands(names):
    exact, other = make_issue(title="The POW question"), make_issue(title="A prisoner of war")

    assert issues_found("pow") == {exact.pk, other.pk}
    assert issues_found('"pow"') == issues_found("«POW»") == {exact.pk}
    assert issues_found('"prisoners of war"') == set()


def test_another_name_is_found_as_words_of_its_own(names):
    make_issue(title="A pilot at the silo in the dilopolis")
    found = [make_issue(title=f"Told {word}") for word in ("ILO.", "(ILO)", "ILO's", "the ILO는")]

    assert issues_found("МОП") == {issue.pk for issue in found}


def test_a_name_of_several_words_is_found_in_their_forms(names):
    council = make_issue(title="Звернення до Ради Безпеки")
    make_issue(title="Рада міста про безпеку")

    assert issues_found("Security Council") == {council.pk}
    assert issues_found("Security  council,") == {council.pk}


def test_the_parts_of_a_search_are_all_needed(names):
    both = make_issue(title="Полонені", summary="МОП")
    make_issue(title="Полонені")

    assert issues_found("POW ILO") == {both.pk}


def test_an_ask_is_found_by_another_name_of_its_body_and_so_are_its_entries(client, names):
    ask = make_action(body=make_body(name="МОП"))
    make_action()
    record(ask, summary="They met.")

    assert "1 ask " in text_of(client.get(reverse("action_list"), {"q": "ILO"}))
    assert "They met." in text_of(client.get(reverse("update_list"), {"q": "ILO"}))
    assert set(RecommendedAction.objects.with_status().matching(q="ILO")) == {ask}


def test_packs_and_the_options_of_filters_are_found_alike(client, names):
    make_pack(title="For the ILO")
    body = make_body(name="ILO")

    assert "For the ILO" in text_of(client.get(reverse("pack_list"), {"q": "МОП"}))
    assert list(TargetBody.objects.containing("МОП")) == [body]


def test_the_desk_finds_what_was_typed_alone(admin_client, names):
    make_issue(title="Prisoner of war")
    pow_ = make_issue(title="POW")
    name = reverse("admin:advocacy_issue_changelist")

    assert list(admin_client.get(name, {"q": "pow"}).context["cl"].result_list) == [pow_]


def test_the_chosen_order_stays(client, names):
    for title in ("B prisoner of war", "A POW", "C полонений"):
        make_issue(title=title)

    html = html_of(client, "issue_list", "POW")
    page = client.get(reverse("issue_list"), {"q": "POW", "sort": "title"})

    assert "A POW" in html
    assert [issue.title[0] for issue, _ in page.context["issues"]] == ["A", "B", "C"]


def test_a_change_of_the_names_is_found_at_once(names):
    issue = make_issue(title="Exchange")
    assert issues_found("обмін") == set()

    SearchWords.objects.create(slug="exchange", words="exchange, обмін")

    assert issues_found("обмін") == {issue.pk}


@pytest.mark.django_db
def test_no_draft_is_told_by_what_is_proposed(client):
    make_action(title="Remuneration of soldiers")
    make_action(title="Confidential negotiation", state=AskState.DRAFT)

    assert "Did you mean" in html_of(client, "action_list", "remuneratoin")
    assert "negotiation" not in html_of(client, "action_list", "negotiatoin")
    assert "Did you mean" not in html_of(client, "action_list", "negotiatoin")


def test_a_line_needs_two_names():
    for words in ("POW", "POW, pow", " , ,", "POW, !!"):
        with pytest.raises(ValidationError, match="at least two"):
            SearchWords(slug="x", words=words).clean()

    SearchWords(slug="x", words="POW\nprisoner of war").clean()


def test_the_admin_takes_a_line(admin_client):
    address = reverse("admin:advocacy_searchwords_add")
    admin_client.post(address, {"slug": "pow", "words": "POW, 포로", "note": ""})

    assert SearchWords.objects.get().names == ["POW", "포로"]
    assert SearchWords.objects.get().edited_by_staff_at


# Forms of a word

FORMS = [
    "полонені полоненим полонених полоненими полонений полоненого",
    "санкції санкцій санкціям санкціями санкцію санкція",
    "росія росії росією росію",
    "праця праці працю працею",
    "병사 병사를 병사들 병사들에게 병사의 병사는",
    "북한 북한은 북한이 북한을 북한의 북한에서 북한으로 북한과 북한도",
    "soldier soldiers soldier's",
    "body bodies",
    "case cases",
]


@pytest.mark.parametrize("forms", FORMS)
def test_forms_of_a_word_have_one_root(forms):
    assert len({root_of(form).key for form in forms.split()}) == 1


@pytest.mark.parametrize("word", ["рада", "суд", "оон", "한국", "국가", "news", "crisis", "party"])
def test_a_short_word_keeps_its_root(word):
    assert root_of(word).text in (word, word.removesuffix("y"))
    assert root_of("part").key != root_of("party").key


LETTERS = st.sampled_from("абвийх ісьKKaesy'북한의들군 \"-.,()")
TEXTS = st.text(LETTERS, max_size=30)
LINES = st.lists(st.lists(TEXTS, min_size=2, max_size=3), max_size=3)


@given(text=TEXTS, words=TEXTS, lines=LINES)
def test_whatever_the_exact_search_finds_the_widened_one_finds_as_well(text, words, lines):
    copy = searched_copy([text])
    names = search_words.Names([[name for name in line if wanted(name)] for line in lines])

    def holds(some):
        return holds_any(copy, asked_last.key_of(HoldsAny("search_text", some).asked))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_words, "all_names", lambda: names)
        search = sought(words)
    exactly = all(holds((word,)) for word in wanted(words))
    widely = all(
        all(map(holds, part.words)) or bool(part.names and holds(part.names)) for part in search
    )

    assert widely or not exactly


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [("kusrk", "kursk", 1), ("kursk", "kursk", 0), ("", "ab", 2), ("labur", "labour", 1)],
)
def test_how_many_signs_are_wrong(one, other, wrong):
    assert distance(one, other) == distance(other, one) == wrong


@pytest.mark.parametrize("rows", [1, 3])
def test_a_widened_search_asks_the_database_as_often_however_many_rows(
    client, names, django_assert_max_num_queries, rows
):
    for n in range(rows):
        make_action(title=f"POW {n}")

    with django_assert_max_num_queries(12):
        list(ActionList(QueryDict("q=POW")).page(1).object_list)


def test_each_table_is_searched_once_for_all_names(names, django_assert_num_queries):
    make_issue(title="Prisoner of war")

    with django_assert_num_queries(2):
        assert list(Issue.objects.containing("POW"))
