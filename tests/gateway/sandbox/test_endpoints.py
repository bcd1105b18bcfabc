"""Who hears of what, and in which words."""

import json

import pytest
import stripe

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxEndpoint, SandboxEvent
from marketplace.gateway.sandbox import control, endpoints
from tests.support import payments


@pytest.mark.django_db
def test_events_of_accounts_and_others_go_each_to_their_address_signed_with_its_secrets() -> None:
    vendor = registry.default().create_account(
        email="kiln@example.com", country="DE", metadata={}, key="acct:1:v1"
    )
    payments.opened()
    control.onboard(vendor.ref)
    ours, theirs = SandboxEvent.objects.earliest("pk"), SandboxEvent.objects.latest("pk")
    assert [each.url for each in endpoints.hearing(theirs)] == ["http://localhost:8000/webhooks/sandbox"]
    SandboxEndpoint.objects.create(url="https://shop.example/platform", secrets=["whsec_new", "whsec_old"])
    SandboxEndpoint.objects.create(url="https://shop.example/vendors", secrets=["whsec_v"], is_connect=True)
    (platform,), (vendors,) = endpoints.hearing(ours), endpoints.hearing(theirs)
    assert (platform.url, vendors.url) == ("https://shop.example/platform", "https://shop.example/vendors")
    for endpoint, event, secrets in (
        (platform, ours, ("whsec_new", "whsec_old")),
        (vendors, theirs, ("whsec_v",)),
    ):
        body = endpoint.body(event)
        header = endpoint.headers(body)["Stripe-Signature"]
        for secret in secrets:
            assert stripe.WebhookSignature.verify_header(body.decode(), header, secret, 300)
    assert json.loads(vendors.body(theirs))["account"] == vendor.ref
    assert "account" not in json.loads(platform.body(ours))
