import pytest

from marketplace.accounts.errors import ExpiredKey
from marketplace.accounts.models import User
from marketplace.outreach.models import ConsentSource, MailConsent, MailTopic
from marketplace.outreach.operations.personal import erase_mail, mail_in_full
from marketplace.outreach.operations.posting import post, recipient_of
from marketplace.outreach.operations.preferences import save_preferences, unsubscribe
from marketplace.outreach.unsubscribing import unsubscribe_token
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

REMINDERS = MailTopic.CART_REMINDERS


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(email="ada@example.com")
    return user


def _said() -> list[tuple[bool, str]]:
    return list(MailConsent.objects.values_list("is_given", "source"))


def test_nothing_is_wanted_before_it_is_asked_for_and_only_changes_are_kept(ada: User) -> None:
    assert not MailConsent.objects.is_wanted(REMINDERS, by=ada.email)
    for wanted in ([], [REMINDERS], [REMINDERS], []):
        save_preferences(user=ada, wanted=wanted)
    assert _said() == [(True, "settings"), (False, "settings")]


def test_a_link_ends_it_once_for_the_address_it_names(ada: User) -> None:
    grace = UserFactory.create()
    for user in (ada, grace):
        save_preferences(user=user, wanted=[REMINDERS])
    token = unsubscribe_token(ada.email, REMINDERS)
    for _ in range(2):
        assert unsubscribe(token=token, source=ConsentSource.ONE_CLICK) == (ada.email, REMINDERS)
    assert _said() == [(True, "settings"), (True, "settings"), (False, "one_click")]
    assert MailConsent.objects.is_wanted(REMINDERS, by=grace.email)


@pytest.mark.parametrize(
    "token",
    ["", "made-up", unsubscribe_token("ada@example.com", REMINDERS)[:-1]],
    ids=["none", "made up", "cut off"],
)
def test_a_link_that_was_cut_off_ends_nothing(token: str) -> None:
    with pytest.raises(ExpiredKey):
        unsubscribe(token=token)


def test_a_person_is_told_and_erased(ada: User) -> None:
    save_preferences(user=ada, wanted=[REMINDERS])
    post("factor_added", to=[recipient_of(ada)], occasion="one", facts={"user_id": ada.pk})
    told = list(mail_in_full(ada))
    assert [(each.get("message"), each.get("topic")) for each in told] == [
        ("factor_added", None),
        (None, "cart_reminders"),
    ]
    erase_mail(ada)
    assert (list(mail_in_full(ada)), list(mail_in_full(UserFactory.create()))) == ([], [])
