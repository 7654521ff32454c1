"""What a sign-up costs, so that many can sign up at once; `test_races.py` has two at once."""

import pytest
from django_tasks_db.models import DBTaskResult

from advocacy.models import SignUp
from tests.pages import text_of
from tests.test_follow import HTMX, sign_up

pytestmark = pytest.mark.own_sql("models/networks.py")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("headers", "most"), [(None, 7), (HTMX, 8)], ids=["page", "htmx"])
def test_a_sign_up_takes_few_statements(
    client, queue, headers, most, django_assert_max_num_queries
):
    for number in range(2):
        with django_assert_max_num_queries(most if number else 12):
            sign_up(client, f"a{number}@example.org", headers=headers, ip=f"10.0.{number}.1")

    assert SignUp.objects.count() == DBTaskResult.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_that_is_told_its_mail_is_late_for_others_sake_is_told_so_at_once(
    client, queue, settings
):
    """What stands still is looked for every few seconds, what the site may send at each sign-up."""
    settings.CONFIRMATIONS_AN_HOUR = 1
    pages = [
        sign_up(client, f"a{number}@example.org", headers=HTMX, ip=f"10.0.{number}.1")
        for number in range(2)
    ]

    assert ["Your mail will be late" in text_of(page) for page in pages] == [False, True]
