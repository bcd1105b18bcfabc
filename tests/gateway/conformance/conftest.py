"""The providers, one after the other."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.test import override_settings

from marketplace.gateway import registry
from marketplace.gateway.provider import PaymentProvider
from tests.support import wire


@pytest.fixture(params=["sandbox", "stripe"])
def provider(request: pytest.FixtureRequest, db: None) -> Iterator[PaymentProvider]:
    """One that new payments go to; Stripe is reached over HTTP."""
    with ExitStack() as until:
        if request.param == "stripe":
            until.enter_context(wire.stripe_at(until.enter_context(wire.site())))
        else:
            until.enter_context(override_settings(SITE_URL="http://localhost:8000"))
        yield registry.default()
