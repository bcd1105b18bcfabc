import pytest

from marketplace.outreach.models import MailConsent, MailTopic
from marketplace.outreach.unsubscribing import unsubscribe_token
from tests.factories.accounts import UserFactory
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

READ = "{ viewer { mailPreferences { topic isWanted saidAt } } }"
SAVE = """mutation($input: SaveMailPreferencesInput!) { result: saveMailPreferences(input: $input) {
  ... on SaveMailPreferencesSuccess { preferences { topic isWanted } } ... on Error { code } } }"""
UNSUBSCRIBE = """mutation($input: UnsubscribeInput!) { result: unsubscribe(input: $input) {
  ... on UnsubscribeSuccess { email topic } ... on Error { code } } }"""


def test_one_says_what_one_wants() -> None:
    client = GraphQL(UserFactory.create())
    topics = ("CART_REMINDERS", "PRODUCT_ALERTS")
    nothing = [{"topic": topic, "isWanted": False, "saidAt": None} for topic in topics]
    assert client.ask(READ)["viewer"]["mailPreferences"] == nothing
    answer = client.ask(SAVE, input={"wanted": ["CART_REMINDERS"]})
    assert answer["result"] == {
        "preferences": [{"topic": topic, "isWanted": topic == "CART_REMINDERS"} for topic in topics]
    }
    assert client.ask(READ)["viewer"]["mailPreferences"][0]["saidAt"] is not None
    other = GraphQL(UserFactory.create())
    assert other.ask(READ)["viewer"]["mailPreferences"] == nothing


def test_saying_so_takes_a_sign_in_and_ending_it_does_not() -> None:
    nobody = GraphQL()
    assert nobody.ask(SAVE, input={"wanted": []})["result"] == {"code": "SIGN_IN_REQUIRED"}
    assert nobody.ask(UNSUBSCRIBE, input={"token": "made-up"})["result"] == {"code": "EXPIRED_KEY"}
    token = unsubscribe_token("ada@example.com", MailTopic.CART_REMINDERS)
    told = {"email": "ada@example.com", "topic": "CART_REMINDERS"}
    assert nobody.ask(UNSUBSCRIBE, input={"token": token})["result"] == told
    assert MailConsent.objects.count() == 0
