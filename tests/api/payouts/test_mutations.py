"""Where vendors are paid, and what they say against disputes, as their people do it."""

import pytest

from marketplace.accounts import factors
from marketplace.accounts.authentication import PROVED
from marketplace.api.scalars import encode_id
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from payouts.models import DisputeShare, PayoutAccount
from tests.factories.sold import part_of, sold
from tests.factories.vendors import VendorFactory, member_of
from tests.support.checkout import mutate
from tests.support.disputed import disputed
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

URL = "__typename ... on StartOnboardingSuccess { url }"
ACCOUNT = "... on RefreshPayoutAccountSuccess { payoutAccount { state missing missingBy reason bankLast4 } }"
ANSWERED = "__typename ... on AnswerDisputeSuccess { status evidenceSentAt }"


def proved(client: GraphQL) -> GraphQL:
    """Who has shown lately who they are."""
    session = client.http.session
    session[PROVED] = clock.now().timestamp()
    session.save()
    return client


def test_a_vendor_is_paid_once_it_has_told_the_provider() -> None:
    vendor = VendorFactory.create()
    owner = member_of(vendor)
    client, vendor_id = GraphQL(owner), encode_id("VendorAccount", vendor.pk)
    assert mutate(client, "startOnboarding", URL, vendor=vendor_id)["code"] == "RECENT_SIGN_IN_REQUIRED"
    assert mutate(proved(client), "startOnboarding", URL, vendor=vendor_id)["code"] == "SECOND_FACTOR_NEEDED"
    assert not PayoutAccount.objects.exists()
    factors.give_totp(owner, "JBSWY3DPEHPK3PXP")
    assert mutate(proved(client), "startOnboarding", URL, vendor=vendor_id)["url"].startswith("http")
    early = mutate(client, "openPayoutDashboard", "__typename", vendor=vendor_id)
    assert early["code"] == "PAYOUT_ACCOUNT_NOT_READY"
    control.onboard(PayoutAccount.objects.get().ref)
    assert mutate(client, "refreshPayoutAccount", ACCOUNT, vendor=vendor_id) == {
        "payoutAccount": {
            "state": "ACTIVE",
            "missing": [],
            "missingBy": None,
            "reason": "",
            "bankLast4": "6789",
        }
    }
    done = mutate(
        client, "openPayoutDashboard", "... on OpenPayoutDashboardSuccess { url }", vendor=vendor_id
    )
    assert done["url"].startswith("http")


def test_a_vendor_answers_a_dispute_once() -> None:
    order = sold()
    disputed(order)
    client = GraphQL(member_of(part_of(order).vendor, VendorRole.SUPPORT))
    share = encode_id("VendorDispute", DisputeShare.objects.get().pk)
    said = {"dispute": share, "evidence": {"other": "It has arrived."}}
    assert mutate(client, "answerDispute", ANSWERED, dispute=share, evidence={})["code"] == "INVALID_INPUT"
    kept = mutate(client, "answerDispute", ANSWERED, **said)
    assert (kept["status"], kept["evidenceSentAt"]) == ("NEEDS_RESPONSE", None)
    sent = mutate(client, "answerDispute", ANSWERED, isFinal=True, **said)
    assert (sent["status"], sent["evidenceSentAt"] is not None) == ("UNDER_REVIEW", True)
    assert mutate(client, "answerDispute", ANSWERED, **said)["code"] == "DISPUTE_NOT_ANSWERABLE"
    seen = client.ask(
        "query($slug: String!) { viewer { vendor(slug: $slug) { disputes { edges { node { answers { "
        "texts { name text } isFinal sentAt } } } } } } }",
        slug=part_of(order).vendor.slug,
    )
    (dispute,) = seen["viewer"]["vendor"]["disputes"]["edges"]
    told = [{"name": "other", "text": "It has arrived."}]
    first, last = dispute["node"]["answers"]
    # What was kept goes to the bank with the last word.
    assert (first["texts"], first["isFinal"], last["texts"], last["isFinal"]) == (told, False, told, True)
    assert first["sentAt"] is not None
