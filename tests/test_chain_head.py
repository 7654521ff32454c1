"""The head of the record is witnessed outside the database, and finds what the chain cannot."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.urls import reverse

from advocacy.mailing import letters
from advocacy.models import (
    Link,
    RecordHead,
    ResponseStatus,
    Source,
    StatusUpdate,
    Wording,
)
from advocacy.models.chain import kinds, read_head
from tests.factories import make_action, record, record_look
from tests.pages import text_of
from tests.test_chain import below, verify

pytestmark = pytest.mark.django_db

S = ResponseStatus
A_HEAD = re.compile(r"\b\d+-[0-9a-f]{64}\b")


@pytest.fixture
def entries():
    action = make_action(reference="NK-02")
    return [record_look(action), record(action), record(make_action(), S.BLOCKED)]


def mail(part):
    entries = list(StatusUpdate.objects.with_related())
    return getattr(letters.digest_letter(entries, "en"), part)


def atom(client, **query):
    feed = ElementTree.fromstring(client.get(reverse("update_feed"), query).content)
    return feed.findtext("{http://www.w3.org/2005/Atom}subtitle")


WITNESSES = {
    "digest, text": lambda _client: mail("text"),
    "digest, HTML": lambda _client: mail("html"),
    "feed": atom,
    "filtered feed": lambda client: atom(client, status="blocked"),
    "method": lambda client: text_of(client.get(reverse("method"))),
}


@pytest.mark.parametrize("witness", WITNESSES)
def test_the_head_leaves_the_database_by_every_witness_and_is_taken_back_as_it_stands(
    client, entries, witness
):
    (noted,) = set(A_HEAD.findall(WITNESSES[witness](client)))
    assert noted == RecordHead.current().noted
    assert verify(head=noted)[0]

    record(make_action())
    holds, said = verify(head=noted)
    assert holds
    assert "It contains all that it held" in said


def test_an_empty_record_has_no_head_in_its_feed(client):
    assert atom(client) == "Who was called on, what they answered, and what you can do next."


def cut(entry):
    """Take the last entry away with its link, and put the head back to the one before."""
    below("DELETE FROM advocacy_citation WHERE update_id = %s", entry.pk)
    below("DELETE FROM advocacy_standingtoday WHERE action_id = %s", entry.action_id)
    below("DELETE FROM advocacy_link WHERE kind = 'update' AND key = %s", entry.pk)
    below("DELETE FROM advocacy_statusupdate WHERE id = %s", entry.pk)
    last = Link.objects.order_by("number").last()
    below("UPDATE advocacy_recordhead SET number = %s, digest = %s", last.number, last.digest)


def rewrite():
    """Work out every hash anew, as somebody does who has the database and this program."""
    below("UPDATE advocacy_recordhead SET number = 0, digest = ''")
    links = list(Link.objects.order_by("number"))
    below("DELETE FROM advocacy_link")
    for link in links:
        row = kinds()[link.kind]._default_manager.get(pk=link.key)
        Link.objects.append(row)


def test_the_last_entry_and_the_head_removed_together_show_to_whoever_noted_the_head(entries):
    noted = RecordHead.current()
    record(entries[2].action)
    later = RecordHead.current().noted
    cut(StatusUpdate.objects.order_by("pk").last())

    call_command("rebuild_standing", verbosity=0)
    assert verify()[0]
    holds, words = verify(head=later)
    assert not holds
    assert f"Link {noted.number + 2} was noted, and the record ends after" in words
    assert "what stood at its end was taken away" in words
    assert verify(head=noted.noted)[0]


def test_a_rewrite_of_everything_with_new_hashes_shows_to_whoever_noted_the_head(entries):
    noted = RecordHead.current().noted
    below("UPDATE advocacy_statusupdate SET summary = 'Nothing.' WHERE id = %s", entries[1].pk)
    rewrite()

    assert verify()[0]
    for head in (noted, noted.partition("-")[2]):
        holds, words = verify(head=head)
        assert not holds
        assert "is in no link: what led to it was rewritten" in words


def test_a_source_rewritten_with_the_whole_chain_shows_as_well(entries):
    noted, source = RecordHead.current().noted, entries[1].sources.get()
    below("UPDATE advocacy_source SET quote = 'Other words.' WHERE id = %s", source.pk)
    wording = Wording.objects.of_row(source).get()
    said = json.dumps(wording.said | {"quote": "Other words."})
    below("UPDATE advocacy_wording SET said = %s WHERE id = %s", said, wording.pk)
    rewrite()

    assert Source.objects.get(pk=source.pk).quote == "Other words."
    assert verify()[0]
    assert not verify(head=noted)[0]


@pytest.mark.parametrize(
    "written", ["{0}-{1}", " {0}-{1}\n", "{0}: {1}", "{0} {1}", "{1}", "{0}–{1}"]
)
def test_a_head_is_understood_however_it_was_copied(written):
    digest = "57" * 32

    number = 12 if "{0}" in written else None
    assert read_head(written.format(12, digest.upper())) == (number, digest)


@pytest.mark.parametrize("head", ["12", "12-abc", "x" * 64, "12-" + "0" * 63, "12-" + "0" * 65])
def test_what_is_no_head_is_refused_and_not_looked_for(entries, head):
    holds, words = verify(head=head)

    assert not holds
    assert f"“{head}” is no head of the record. Copy it whole" in words


def test_a_head_as_it_was_cited_is_enough_to_check_by(entries):
    cited = RecordHead.current().cited
    assert re.fullmatch(r"\d+-[0-9a-f]{12}", cited)
    assert verify(head=cited)[0]

    record(make_action())
    assert verify(head=cited)[0]
    rewrite()
    assert not verify(head=cited)[0]


def test_a_hash_under_another_number_is_named(entries):
    link = Link.objects.order_by("number")[1]

    assert "is that of link 2, not of link 1" in verify(head=f"1-{link.digest}")[1]
