"""Recording in the desk how an ask was put to its body."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from advocacy.models import RecommendedAction, Source, Submission, SubmissionDraft
from tests.factories import (
    make_action,
    make_organisation,
    make_proposal,
    make_source,
    make_user,
    write_submission,
)
from tests.pages import text_of
from tests.staff import NEW_SOURCE, Controls, change_page, errors_beside, send, staff_who_may

pytestmark = pytest.mark.django_db


def submit_page(**named):
    (name, row), *_rest = named.items()
    return f"{reverse('admin:advocacy_submit')}?{name}={row.pk}"


def typed(**fields):
    return {f"submission-{name}": value for name, value in fields.items()}


def test_staff_record_a_submission_on_the_page_of_the_ask(client, editor):
    ask, source, organisation = make_proposal(reference="NK-05"), make_source(), make_organisation()
    page = text_of(client.get(change_page(ask)))
    assert "shown as proposed by the editors" in page
    assert submit_page(ask=ask) in client.get(change_page(ask)).text

    done = send(
        client,
        submit_page(ask=ask),
        **typed(
            submitted_on="2026-03-03",
            channel="letter",
            organisations=[organisation.pk],
            source=source.pk,
            reference="Ref. 7",
        ),
    )

    submission = ask.submissions.get()
    assert done.redirect_chain[-1][0].endswith(f"#submission-{submission.pk}")
    assert (submission.recorded_by, submission.reference) == (editor, "Ref. 7")
    assert list(submission.organisations.all()) == [organisation]
    shown = text_of(done)
    assert "Recorded: NK-05 was put to its body on 3 March 2026." in shown
    assert organisation.name in shown


def test_nothing_is_filled_in_beforehand_and_what_is_missing_stands_beside_its_field(
    client, editor
):
    ask = make_proposal()
    form = client.get(submit_page(ask=ask))
    sent = Controls(form.text).sent
    assert not sent["submission-submitted_on"]
    assert not sent["submission-channel"]

    refused = send(client, submit_page(ask=ask), **typed(reference="Ref. 7"))

    for field in ("submitted_on", "channel", "organisations", "source"):
        assert errors_beside(refused, f"submission-{field}"), field
    assert Controls(refused.text).sent["submission-reference"] == "Ref. 7"
    assert not ask.submissions.exists()


def test_a_new_source_is_typed_with_the_submission_and_is_saved_only_with_it(client, editor):
    ask = make_proposal()
    said = typed(submitted_on="2026-03-03", channel="oral", organisations=[make_organisation().pk])

    both = send(client, submit_page(ask=ask), **said, **NEW_SOURCE, **typed(is_private="on"))
    assert not Source.objects.exists()
    assert "One of them, not both" in text_of(both)

    send(client, submit_page(ask=ask), **said, **NEW_SOURCE)
    assert ask.submissions.get().source.title == NEW_SOURCE["source-1-title"]


def test_a_submission_sent_twice_is_recorded_once(client, editor):
    ask = make_proposal()
    page = submit_page(ask=ask)
    sent = Controls(client.get(page).text).sent | typed(
        submitted_on="2026-03-03",
        channel="letter",
        organisations=[make_organisation().pk],
        is_private="on",
    )

    client.post(page, sent)
    again = client.post(page, sent, follow=True)

    assert ask.submissions.count() == 1
    assert "was sent already" in text_of(again)


def test_staff_correct_a_submission_and_both_stay_on_the_page(client, editor):
    ask = make_action()
    wrong = ask.submissions.get()
    page = submit_page(corrects=wrong)
    sent = Controls(client.get(page).text).sent
    assert sent["submission-submitted_on"] == "2024-12-16"
    sent.pop("submission-took_place")

    refused = client.post(page, sent)
    assert errors_beside(refused, "submission-correction_reason")
    done = client.post(page, sent | typed(correction_reason="Nobody sent it."), follow=True)

    assert "never took place. Both entries stay." in text_of(done)
    assert RecommendedAction.objects.with_status().with_related().get().standing.is_proposed
    assert client.get(page).url.endswith(f"#submission-{ask.submissions.last().pk}")


WHOLE = {"submitted_on": "2026-03-03", "channel": "letter", "is_private": "on"}


def test_only_who_may_record_sees_and_opens_the_form(client):
    ask = make_proposal()
    staff_who_may(client, "view_recommendedaction", "change_recommendedaction")

    assert submit_page(ask=ask) not in client.get(change_page(ask)).text
    assert client.get(submit_page(ask=ask)).status_code == 403
    assert client.post(submit_page(ask=ask)).status_code == 403


@pytest.mark.parametrize("four_eyes", [True, False])
def test_what_one_person_may_not_publish_waits_for_a_second(client, settings, four_eyes):
    ask, organisation = make_proposal(reference="NK-05"), make_organisation(name="First Office")
    settings.FOUR_EYES = four_eyes
    may = ["view_recommendedaction", "change_recommendedaction", "add_statusupdate"]
    may += ["publish_statusupdate"] if four_eyes else []
    author = staff_who_may(client, *may)

    written = send(client, submit_page(ask=ask), **typed(**WHOLE, organisations=[organisation.pk]))

    draft = SubmissionDraft.objects.get()
    assert "Draft for NK-05: it waits for a second person." in text_of(written)
    assert "First Office" in text_of(written)
    assert not Submission.objects.exists()
    address = reverse("admin:advocacy_submission_publish", args=[draft.pk])
    assert client.get(address).status_code == 405
    refused = client.post(address, follow=True)
    assert not Submission.objects.exists()
    assert refused.status_code == 403 or "a second person publishes it" in text_of(refused)

    second = staff_who_may(client, *may, "publish_statusupdate")
    done = client.post(address, follow=True)

    submission = Submission.objects.get()
    assert (submission.recorded_by, submission.approved_by) == (author, second)
    assert "Recorded: NK-05 was put to its body on 3 March 2026." in text_of(done)
    assert "no longer open" in text_of(client.post(address, follow=True))


def test_its_author_withdraws_a_draft_and_nobody_else_who_may_not_publish(client, settings):
    settings.FOUR_EYES = True
    may = ["view_recommendedaction", "change_recommendedaction", "add_statusupdate"]
    author = staff_who_may(client, *may)
    draft = write_submission(by=author)
    address = reverse("admin:advocacy_submission_withdraw", args=[draft.pk])

    staff_who_may(client, *may)
    assert client.post(address).status_code == 403
    client.force_login(author)
    assert "joins no record" in text_of(client.post(address, follow=True))

    assert not SubmissionDraft.objects.waiting().exists()
    assert not Submission.objects.exists()


def test_the_desk_shows_what_waits_for_a_second_person(client, editor):
    draft = write_submission()

    desk = client.get(reverse("admin:index"))
    assert "Submissions that wait for a second person 1" in text_of(desk)
    (address,) = re.findall(rf'href="([^"]*#{draft.anchor})"', desk.text)
    assert f'id="{draft.anchor}"' in client.get(address.partition("#")[0]).text

    draft.withdraw(by=editor)
    assert "Submissions that wait" not in text_of(client.get(reverse("admin:index")))


def test_a_draft_is_checked_as_if_it_were_public():
    with pytest.raises(ValidationError, match="Say where it is known from"):
        SubmissionDraft.objects.write(
            make_proposal(),
            by=make_user(is_superuser=True),
            organisations=[make_organisation()],
            submitted_on=date(2026, 3, 3),
            channel="letter",
        )


def test_all_submissions_can_be_read_in_the_desk(client, editor):
    make_action(reference="NK-02", asked_by=[make_organisation(name="First Office")])

    listed = client.get(reverse("admin:advocacy_submission_changelist"), {"q": "first office"})

    assert "NK-02" in text_of(listed)
    assert "kept private" in text_of(listed)
    row = client.get(change_page(Submission.objects.get()))
    assert row.status_code == 200
    assert 'name="_save"' not in row.text
