"""A search finds what was meant: in other languages, under other names, in other forms."""

import re

import pytest
from django.urls import reverse

ALL_ISSUES = {
    "deployment-security",
    "soldier-exploitation",
    "legal-accountability",
    "institutional-silence",
    "pow-protection",
}
NORTH_KOREA = ("issue_list", ALL_ISSUES)
PRISONERS = ("issue_list", {"pow-protection"})
ILO_ASKS = ("action_list", {"ilo-take-up-forced-labour"})
LABOUR = ("action_list", {"ilo-take-up-forced-labour"})
PAY = ("issue_list", {"soldier-exploitation"})
KURSK = ("issue_list", {"deployment-security"})
RETURN = ("action_list", {"ua-return-no-captured-soldier"})
SECURITY_COUNCIL = ("body_list", {"unsc", "1718-committee"})

# Words, the list they are looked for in, and rows that must be found there.
FOUND = [
    # A State by any of its names, in each language.
    ("북한", *NORTH_KOREA),
    ("조선민주주의인민공화국", *NORTH_KOREA),
    ("DPRK", *NORTH_KOREA),
    ("dprk", "body_list", {"kp", "sr-dprk"}),
    ("КНДР", *NORTH_KOREA),
    ("North Korea", *NORTH_KOREA),
    ("north korea's", *NORTH_KOREA),
    ("Північна Корея", *NORTH_KOREA),
    ("Північної Кореї", *NORTH_KOREA),
    ("Північною Кореєю", "body_list", {"kp", "sr-dprk"}),
    ("Північнокорейських", "issue_list", {"soldier-exploitation"}),
    ("Росії", "body_list", {"ru"}),
    ("러시아는", "body_list", {"ru"}),
    ("대한민국", "body_list", {"kr"}),
    ("ROK", "body_list", {"kr"}),
    ("우크라이나의", "body_list", {"ua"}),
    # Endings and particles.
    ("полонених", *PRISONERS),
    ("полоненим", *PRISONERS),
    ("ПОЛОНЕНИМИ", *PRISONERS),
    ("військовополоненого", *PRISONERS),
    ("військовополонених", *PRISONERS),
    ("북한의", *NORTH_KOREA),
    ("북한군은", "issue_list", {"deployment-security"}),
    ("포로들을", *PRISONERS),
    ("병사들에게", "issue_list", {"soldier-exploitation"}),
    ("prisoners", *PRISONERS),
    ("soldiers'", "issue_list", {"soldier-exploitation"}),
    ("солдатами", "issue_list", {"soldier-exploitation"}),
    # Things by their names.
    ("POW", *PRISONERS),
    ("POWs", *PRISONERS),
    ("prisoners of war", *PRISONERS),
    ("전쟁포로", *PRISONERS),
    ("전쟁포로의", *PRISONERS),
    ("военнопленные", *PRISONERS),
    ("forced labor", *LABOUR),
    ("примусову працю", *LABOUR),
    ("강제노동을", *LABOUR),
    ("강제 노동", *LABOUR),
    ("зарплата", *PAY),
    ("платні", *PAY),
    ("임금", *PAY),
    ("salary", *PAY),
    ("Курську", *KURSK),
    ("쿠르스크에서", *KURSK),
    ("Курск", *KURSK),
    ("примусове повернення", *RETURN),
    ("강제송환", *RETURN),
    ("санкцій", "body_list", {"1718-committee", "msmt"}),
    ("제재", "body_list", {"1718-committee", "msmt"}),
    # Bodies by their names and abbreviations.
    ("ILO", "body_list", {"ilo"}),
    ("МОП", "body_list", {"ilo"}),
    ("МОП", *ILO_ASKS),
    ("국제노동기구가", "body_list", {"ilo"}),
    ("International Labor Organization", "body_list", {"ilo"}),
    ("Security Council", *SECURITY_COUNCIL),
    ("РБ ООН", *SECURITY_COUNCIL),
    ("Раді Безпеки", *SECURITY_COUNCIL),
    ("안보리의", *SECURITY_COUNCIL),
    ("안전보장이사회", *SECURITY_COUNCIL),
    ("МКС", "body_list", {"icc"}),
    ("국제형사재판소", "body_list", {"icc"}),
    ("МКЧХ", "body_list", {"icrc"}),
    ("국제적십자위원회", "body_list", {"icrc"}),
    ("УВКПЛ", "body_list", {"ohchr", "ohchr-seoul"}),
    ("УВКБ", "body_list", {"unhcr"}),
    # Mixed.
    ("Курську north korean", *KURSK),
    ("МОП forced labor", *ILO_ASKS),
    ("북한 POW", *PRISONERS),
    ("«International Labour Organization»", "body_list", {"ilo"}),
    ('"North Korea" полоненим', *PRISONERS),
]
# Words that the record does not hold, and what is proposed in their place.
MEANT = [
    ("Secuirty Council", "body_list", "Security Council"),
    ("Kusrk", "issue_list", "Kursk"),
    ("Кусрк", "issue_list", "Курск"),
    ("sanctons", "body_list", "sanctions"),
    ("refoulment", "action_list", "refoulement"),
    ("KNDRR forced labur", "action_list", None),
    ("forced labur", "action_list", "forced labour"),
    ("війсковополонених", "issue_list", "військовополонених"),
    ("강재노동", "action_list", "강제노동"),
    ("Pyongyng", "issue_list", "Pyongyang"),
    ("qqqqqqqqqq", "issue_list", None),
]
DETAIL = {"issue_list": "issue_detail", "action_list": "action_detail", "body_list": "body_detail"}


def html_of(client, name, words):
    return client.get(reverse(name), {"q": words}).content.decode()


def rows_on(html, name):
    """The slugs of the rows that a page of a list leads to, proposals as well as asks."""
    results = html.split('id="results"')[1].split("</main>")[0]
    own = reverse(DETAIL[name], args=["SLUG"]).replace("SLUG", "([-a-z0-9]+)")
    # In any language.
    return set(re.findall(f'href="/../{own[4:]}[?"#]', results))


@pytest.mark.django_db
@pytest.mark.usefixtures("content")
@pytest.mark.parametrize(("words", "name", "slugs"), FOUND)
def test_a_row_is_found_by_whatever_it_is_called(client, words, name, slugs):
    found = rows_on(html_of(client, name, words), name)
    if name == "action_list":
        more = client.get(reverse(name), {"q": words, "proposed": "on"}).content.decode()
        found |= rows_on(more, name)

    assert slugs <= found


@pytest.mark.django_db
@pytest.mark.usefixtures("content")
@pytest.mark.parametrize(("words", "name", "meant"), MEANT)
def test_a_search_that_finds_nothing_proposes_one_that_does(client, words, name, meant):
    html = html_of(client, name, words)

    assert not rows_on(html, name)
    if meant is None:
        assert "Did you mean" not in html
        return
    assert "Did you mean" in html
    near = html.split("Did you mean")[1].split("</ul>")[0]
    address, shown = re.search(r'<a href="(\?[^"]*)">([^<]*)</a>', near).groups()
    assert shown == meant
    assert rows_on(client.get(reverse(name) + address).content.decode(), name)


@pytest.mark.django_db
@pytest.mark.usefixtures("content")
def test_the_same_words_find_the_same_in_each_language_of_the_site(client):
    for words in ("북한 포로", "полоненим", "prisoners of war"):
        for language in ("en", "uk", "ko"):
            html = client.get(f"/{language}/issues/", {"q": words}).content.decode()
            assert "pow-protection" in rows_on(html, "issue_list"), (words, language)
