"""Stripe as we meet it through the port."""

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from marketplace.gateway.stripe.accounts import StripeAccounts
from marketplace.gateway.stripe.client import API_VERSION, mode
from marketplace.gateway.stripe.disputes import StripeDisputes
from marketplace.gateway.stripe.events import PROVIDER, StripeEvents
from marketplace.gateway.stripe.fraud import StripeFraudWarnings
from marketplace.gateway.stripe.payments import StripePayments
from marketplace.gateway.stripe.wallets import StripeWallets


class StripeProvider(
    StripePayments, StripeWallets, StripeAccounts, StripeDisputes, StripeFraudWarnings, StripeEvents
):
    """A PaymentProvider for real money, or for Stripe's test cards with STRIPE_DEBUG."""

    name = PROVIDER

    def __init__(self) -> None:
        """Raises ImproperlyConfigured where the library speaks another version than this package."""
        self.is_live = not settings.STRIPE_DEBUG
        self.browser_key = settings.STRIPE_API_KEYS[mode()]["publishable"]
        if stripe.api_version != API_VERSION:
            raise ImproperlyConfigured(
                f"This release speaks Stripe's API of {API_VERSION}, the library {stripe.api_version}."
            )
