"""Waiting for a product over the API: asked for by who is signed in, ended there or by the link of a mail."""

from typing import Final

import pytest

from marketplace.api.scalars import encode_id
from marketplace.community.models import ProductAlert
from marketplace.outreach.models import MailConsent, MailTopic
from marketplace.outreach.unsubscribing import unsubscribe_token
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

DONE: Final = "... on SubscribeToProductSuccess { alert { id isForStock isForPrice product { slug } } }"
MINE: Final = "{ viewer { productAlerts { edges { node { id isForPrice product { slug } } } } } }"


def test_f31_a_user_waits_for_a_product_and_no_more() -> None:
    user, product = UserFactory.create(), listed()
    client, given = GraphQL(user), {"product": encode_id("Product", product.pk)}
    assert mutate(GraphQL(), "subscribeToProduct", DONE, **given)["code"] == "SIGN_IN_REQUIRED"
    for is_for_price in (True, False):
        alert = mutate(client, "subscribeToProduct", DONE, **given, isForPrice=is_for_price)["alert"]
        assert (alert["isForStock"], alert["isForPrice"]) == (True, is_for_price)
    nothing = mutate(client, "subscribeToProduct", DONE, **given, isForPrice=False, isForStock=False)
    assert nothing["code"] == "INVALID_INPUT"
    told = client.ask(MINE)["viewer"]["productAlerts"]["edges"]
    expected = {"id": alert["id"], "isForPrice": False, "product": {"slug": product.slug}}
    assert [edge["node"] for edge in told] == [expected]
    stranger = GraphQL(UserFactory.create())
    done = "... on UnsubscribeFromProductSuccess { left }"
    assert mutate(stranger, "unsubscribeFromProduct", done, alert=alert["id"])["code"] == "NOT_FOUND"
    assert mutate(client, "unsubscribeFromProduct", done, alert=alert["id"]) == {"left": 0}
    assert not ProductAlert.objects.exists()


def test_f31_the_link_of_a_mail_ends_all_waiting() -> None:
    user = UserFactory.create()
    client = GraphQL(user)
    for _ in range(2):
        mutate(client, "subscribeToProduct", DONE, product=encode_id("Product", listed().pk))
    assert [(each.source, each.is_given) for each in MailConsent.objects.all()] == [("asked", True)]
    token = unsubscribe_token(user.email, MailTopic.PRODUCT_ALERTS)
    told = mutate(
        GraphQL(), "unsubscribe", "... on UnsubscribeSuccess { topic }", token=token, isOneClick=True
    )
    assert told == {"topic": "PRODUCT_ALERTS"}
    assert not ProductAlert.objects.exists()
    assert not MailConsent.objects.is_wanted(MailTopic.PRODUCT_ALERTS, by=user.email)
