import pytest
from django.test import Client

from marketplace.accounts.models import User
from marketplace.outreach.models import MailConsent, MailTopic
from marketplace.outreach.operations.preferences import save_preferences
from marketplace.outreach.unsubscribing import unsubscribe_link
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

REMINDERS = MailTopic.CART_REMINDERS


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(email="ada@example.com")
    return user


def _is_wanted() -> bool:
    return MailConsent.objects.is_wanted(REMINDERS, by="ada@example.com")


def test_the_settings_are_boxes_to_tick(client: Client, ada: User) -> None:
    assert client.get("/account/mail").headers["Location"] == "/account/sign-in?next=%2Faccount%2Fmail"
    client.force_login(ada)
    assert " checked" not in client.get("/account/mail").text
    assert client.post("/account/mail", {"wanted": ["CART_REMINDERS", "SPAM"]}).status_code == 303
    assert _is_wanted()
    assert " checked" in client.get("/account/mail").text
    client.post("/account/mail")
    assert not _is_wanted()


def test_opening_the_link_asks_and_the_button_does_it(ada: User) -> None:
    save_preferences(user=ada, wanted=[REMINDERS])
    strict = Client(enforce_csrf_checks=True)
    link = unsubscribe_link(ada.email, REMINDERS).removeprefix("http://localhost:8000")
    assert "Send me no more of it" in strict.get(link).text
    assert _is_wanted()
    assert "ada@example.com gets no more of it." in strict.post(link).text
    assert MailConsent.objects.latest("pk").source == "link"


def test_a_mail_program_does_it_by_one_click(ada: User) -> None:
    save_preferences(user=ada, wanted=[REMINDERS])
    strict = Client(enforce_csrf_checks=True)
    link = unsubscribe_link(ada.email, REMINDERS).removeprefix("http://localhost:8000")
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (_is_wanted(), MailConsent.objects.latest("pk").source) == (False, "one_click")


def test_a_link_that_was_cut_off_says_so(client: Client) -> None:
    response = client.post("/mail/unsubscribe?token=cut-off")
    assert response.status_code == 422
    assert "Send me no more of it" in response.text
