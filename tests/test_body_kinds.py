"""Kinds of bodies are content: a label that fills in what a new body begins with, and no more."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError
from django.urls import reverse

from advocacy import transfer
from advocacy.models import (
    COMMON_NAMES,
    BodyKind,
    Link,
    ReachedBy,
    ResponseStatus,
    Salutation,
    TargetBody,
)
from tests.dossier import few_rows, rows_of, write_rows
from tests.factories import make_action, make_body, make_kind, record
from tests.pages import options_of, text_of
from tests.staff import Controls, change_page, delete_page, send, staff_who_may
from tests.test_chain import below, verify
from tests.test_transfer import file_of

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/body_kinds.py")]

ADD = reverse("admin:advocacy_targetbody_add")
TYPED = {
    "slug": "bank",
    "name": "Bank of the North",
    "abbreviation": "BN",
    "role": "pays",
    "mandate": "Lends money.",
}


@pytest.fixture
def company():
    return make_kind(
        "company",
        name="company",
        reached_by=ReachedBy.DIRECTLY,
        salutation=Salutation.BOARD,
        states_sit=False,
    )


@pytest.fixture
def council():
    return make_kind(
        "council",
        name="council",
        reached_by=ReachedBy.MISSIONS,
        salutation=Salutation.EXCELLENCY,
        states_sit=True,
    )


def begun(body):
    return [getattr(body, name) for name in BodyKind.BEGINS]


# What a new body begins with


def test_an_address_that_names_a_kind_opens_a_form_filled_in_by_it(client, editor, council):
    sent = Controls(client.get(ADD, {"kind": "council"}).text).sent

    assert sent["kind"] == str(council.pk)
    assert (sent["reached_by"], sent["salutation"], sent["states_sit"]) == (
        "missions",
        "excellency",
        "True",
    )
    assert f'href="?kind={council.slug}"' in client.get(ADD).text


def test_what_a_new_body_leaves_open_is_as_its_kind_says(client, editor, company, council):
    assert "as its kind says" in options_of(client.get(ADD), "states_sit").values()

    send(client, ADD, **TYPED, kind=council.pk)

    body = TargetBody.objects.get()
    assert begun(body) == [ReachedBy.MISSIONS, Salutation.EXCELLENCY, True]


def test_what_was_chosen_of_a_new_body_stays(client, editor, council):
    chosen = {"reached_by": "directly", "salutation": "office", "states_sit": "False"}

    send(client, ADD, **TYPED, **chosen, kind=council.pk)

    assert begun(TargetBody.objects.get()) == [ReachedBy.DIRECTLY, Salutation.OFFICE, False]


def test_an_address_takes_what_it_says_itself_before_its_kind(client, editor, council):
    page = client.get(ADD, {"kind": "council", "reached_by": "directly"})

    assert Controls(page.text).sent["reached_by"] == "directly"


def test_a_form_without_a_kind_says_so_and_keeps_what_was_typed(client, editor, company):
    answer = send(client, ADD, **TYPED, salutation="office")

    assert "This field is required." in text_of(answer)
    assert Controls(answer.text).sent["salutation"] == "office"
    assert not TargetBody.objects.exists()


def test_another_kind_changes_nothing_of_a_body_on_file(client, editor, company, council):
    body = make_body(kind=council, reached_by="", salutation="", states_sit=False)

    send(client, change_page(body), kind=company.pk)
    company.reached_by = ReachedBy.CLOSED
    company.save()

    body.refresh_from_db()
    assert body.kind == company
    assert begun(body) == ["", "", False]


def test_a_file_that_leaves_columns_out_takes_them_from_the_kind(council):
    text = "slug,name,abbreviation,kind,role,mandate\nnew,N,N,council,r,m\n"
    said = "slug,name,abbreviation,kind,role,mandate,reached_by\nsaid,S,S,council,r,m,\n"

    for rows in (text, said):
        list(transfer.import_rows("bodies", file_of(rows), "csv", by=None))

    assert begun(TargetBody.objects.get(slug="new")) == ["missions", "excellency", True]
    assert begun(TargetBody.objects.get(slug="said")) == ["", "excellency", True]


def test_a_fixture_that_leaves_fields_out_takes_them_from_the_kind_at_every_load(tmp_path, capsys):
    folder = few_rows(tmp_path)
    bodies = rows_of(folder, "bodies.json")
    (row,) = (row for row in bodies if row["fields"]["kind"] == ["un-agency"])
    del row["fields"]["reached_by"], row["fields"]["states_sit"]
    row["fields"]["salutation"] = ""
    write_rows(folder, "bodies.json", bodies)

    for _ in range(2):
        call_command("load_content", folder=str(folder), verbosity=0)

    assert begun(TargetBody.objects.get(slug=row["fields"]["slug"])) == ["missions", "", True]
    assert " 0 new, 0 changed" in capsys.readouterr().out


def test_a_dossier_without_a_file_of_kinds_names_those_on_file(tmp_path):
    folder = few_rows(tmp_path)
    (folder / "body_kinds.json").unlink()
    with pytest.raises(CommandError, match=r"bodies\.json, unsc: it names something unknown"):
        call_command("load_content", folder=str(folder), verbosity=0)

    for row in rows_of(folder, "bodies.json"):
        make_kind(row["fields"]["kind"][0])
    call_command("load_content", folder=str(folder), verbosity=0)

    assert TargetBody.objects.filter(slug="unsc").exists()


# What a kind is called


def test_every_common_name_is_translated():
    for language in ("uk", "ko"):
        catalogue = Path(f"advocacy/locale/{language}/LC_MESSAGES/django.po").read_text("utf-8")
        said = dict(re.findall(r'^msgid "(.*)"\nmsgstr "(.+)"$', catalogue, re.M))
        assert [name for name in COMMON_NAMES if not said.get(name)] == []


def test_a_name_of_somebodys_own_is_shown_as_it_was_typed(client):
    # A word of the interface is none of the names, and nobody translated this one.
    body = make_body(kind=make_kind("overview", name="Overview"))

    shown = '<span><span lang="en">Overview</span></span>'
    assert shown in client.get(f"/uk/bodies/{body.slug}/").text


def test_a_kind_that_a_body_has_is_not_deleted(client, editor, company):
    body = make_body(name="Bank of the North", kind=company)

    answer = client.post(delete_page(company), {"post": "yes"}, follow=True)

    shown = text_of(answer)
    assert BodyKind.objects.filter(pk=company.pk).exists()
    assert "would require deleting the following protected related objects" in shown
    assert "Bank of the North" in shown
    with pytest.raises(ProtectedError):
        company.delete()
    body.delete()
    client.post(delete_page(company), {"post": "yes"})
    assert not BodyKind.objects.filter(pk=company.pk).exists()


def test_staff_add_a_kind_and_its_page_names_the_names_that_are_translated(client):
    staff_who_may(client, "view_bodykind", "add_bodykind")
    page = reverse("admin:advocacy_bodykind_add")
    assert "association, bank, commission of inquiry" in text_of(client.get(page))

    send(client, page, slug="club", name="football club", position=3)

    assert BodyKind.objects.get().edited_by_staff_at


# What the chain keeps


def test_another_name_of_a_kind_is_a_wording_of_each_body_that_an_entry_stands_on(company):
    make_body(kind=company)
    asked = make_body(kind=company)
    record(make_action(body=asked), ResponseStatus.UNDER_DISCUSSION)
    links = Link.objects.count()

    company.name = "corporation"
    company.save()
    BodyKind.objects.change([company])

    assert Link.objects.count() == links + 1
    assert verify()[0]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE advocacy_bodykind SET name = 'court' WHERE slug = 'company'",
        "UPDATE advocacy_targetbody SET kind_id = (SELECT id FROM advocacy_bodykind"
        " WHERE slug = 'un-organ')",
    ],
)
def test_a_body_that_is_called_otherwise_below_the_program_is_named(company, sql):
    make_kind()
    body = make_body(kind=company)
    record(make_action(body=body), ResponseStatus.UNDER_DISCUSSION)
    assert verify()[0]

    below(sql)

    assert f"Body {body.pk} “{body}” was changed past the program (kind)" in verify()[1]


# What depends on a kind: nothing


def test_no_code_asks_for_a_kind_of_body():
    rows = json.loads(Path("fixtures/north-korea/body_kinds.json").read_text("utf-8"))
    keys = "|".join(row["fields"]["slug"] for row in rows)
    asks = re.compile(rf"""kind(\.?_*(id|slug|name))?\b *(==|!=|=|in) *["'({{\[]+({keys})["']""")
    files = [
        *Path("advocacy").rglob("*.py"),
        *Path("templates").rglob("*.html"),
        *Path("static/js").glob("*.js"),
    ]

    assert asks.search('kind__slug="court"')
    assert asks.search('if body.kind.slug in ("court", "tribunal")')
    assert [str(path) for path in files if asks.search(path.read_text("utf-8"))] == []
