"""What follows from what payment providers tell: event type -> operation, and the view that hears them.

Every reaction gets a hint (which object of which provider) and looks the object up itself. A type without a
line here is heard and ignored; `payment_intent.created` has none on purpose, for we made it ourselves.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from checkout.errors import PaymentQuarantined
from checkout.operations.refunds import settle_refund
from checkout.operations.reviews import heed_fraud_warning
from checkout.operations.settle import settle_payment
from marketplace.accounts.errors import CardNotKept, PaymentsSilent
from marketplace.accounts.operations import cards
from marketplace.gateway import inbox
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.inbox import Reactions, Receipt
from marketplace.gateway.provider import GatewayEvent, ProviderUnavailable
from marketplace.kernel.errors import NotFound
from payouts.operations import accounts, disputes, payouts, strays, transfers, withdrawals


def settle(event: GatewayEvent) -> None:
    """Bring the payment to where the provider says it is.

    One that does not match its order is noted there for people to look at; hearing of it again mends nothing.
    """
    with suppress(PaymentQuarantined):
        settle_payment(provider=event.provider, ref=event.object_ref)


def settle_money_back(event: GatewayEvent) -> None:
    """Bring the refund to where the provider says it is, also of a payment that pays nothing here."""
    try:
        settle_refund(provider=event.provider, ref=event.object_ref)
    except UnknownPayment:
        strays.settle_stray_refund(provider=event.provider, ref=event.object_ref)


def settle_card(event: GatewayEvent) -> None:
    """Keep the card of a setup that has succeeded, unless it was taken off by now.

    One that has not after all is kept when it has.
    """
    try:
        with suppress(CardNotKept, NotFound):
            cards.settle_setup(provider=event.provider, ref=event.object_ref)
    except PaymentsSilent as fault:
        raise ProviderUnavailable from fault


def sync_card(event: GatewayEvent) -> None:
    """Bring the card to what the provider says of it."""
    cards.sync_card(provider=event.provider, ref=event.object_ref)


def sync_customer(event: GatewayEvent) -> None:
    """Forget whom the provider has forgotten."""
    cards.sync_customer(provider=event.provider, ref=event.object_ref)


def sync_account(event: GatewayEvent) -> None:
    """Bring a vendor's account to what the provider says of it, whatever happened to a part of it."""
    accounts.sync_account(provider=event.provider, ref=event.account or event.object_ref)


def note_payout(event: GatewayEvent) -> None:
    """Bring a payout to a vendor's bank, or to the platform's own, to what the provider says."""
    if event.account:
        payouts.sync_payout(provider=event.provider, account_ref=event.account, ref=event.object_ref)
    else:
        withdrawals.book_withdrawal(provider=event.provider, ref=event.object_ref)


def hear_of_transfer(event: GatewayEvent) -> None:
    """Note that a transfer is there, and tell people of one that nobody here has made."""
    transfers.hear_of_transfer(provider=event.provider, ref=event.object_ref)


def settle_dispute(event: GatewayEvent) -> None:
    """Bring the dispute to where the provider says it is."""
    disputes.settle_dispute(provider=event.provider, ref=event.object_ref)


def heed_warning(event: GatewayEvent) -> None:
    """Let people look at the order whose payment its bank takes for fraud."""
    heed_fraud_warning(provider=event.provider, ref=event.object_ref)


REACTIONS: Final[Reactions] = {
    "payment_intent.requires_action": settle,
    "payment_intent.processing": settle,
    "payment_intent.payment_failed": settle,
    "payment_intent.succeeded": settle,
    "payment_intent.canceled": settle,
    "refund.created": settle_money_back,
    "refund.updated": settle_money_back,
    "refund.failed": settle_money_back,
    "setup_intent.succeeded": settle_card,
    "payment_method.attached": sync_card,
    "payment_method.automatically_updated": sync_card,
    "payment_method.detached": sync_card,
    "customer.deleted": sync_customer,
    "charge.dispute.created": settle_dispute,
    "charge.dispute.updated": settle_dispute,
    "charge.dispute.funds_withdrawn": settle_dispute,
    "charge.dispute.funds_reinstated": settle_dispute,
    "charge.dispute.closed": settle_dispute,
    "radar.early_fraud_warning.created": heed_warning,
    "transfer.created": hear_of_transfer,
    "transfer.updated": hear_of_transfer,
    "transfer.reversed": hear_of_transfer,
    "account.updated": sync_account,
    "account.application.deauthorized": sync_account,
    "account.external_account.created": sync_account,
    "account.external_account.updated": sync_account,
    "account.external_account.deleted": sync_account,
    "capability.updated": sync_account,
    "payout.created": note_payout,
    "payout.updated": note_payout,
    "payout.paid": note_payout,
    "payout.failed": note_payout,
    "payout.canceled": note_payout,
}

# Only 2xx ends the deliveries of an event.
STATUSES: Final[Mapping[Receipt, int]] = {
    Receipt.APPLIED: 200,
    Receipt.IGNORED: 200,
    Receipt.REPLAYED: 200,
    Receipt.EARLY: 409,
    Receipt.UNAVAILABLE: 503,
    Receipt.UNTRUSTED: 400,
}


@csrf_exempt  # the signature tells who speaks; no cookie is looked at
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """An event of a provider: POST /webhooks/<provider>."""
    return _heard(request, provider, is_connect=False)


@csrf_exempt  # the signature tells who speaks; no cookie is looked at
@require_POST
def connect_webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """An event of a vendor's account with a provider: POST /webhooks/<provider>/connect."""
    return _heard(request, provider, is_connect=True)


def _heard(request: HttpRequest, provider: str, *, is_connect: bool) -> HttpResponse:
    try:
        receipt = inbox.receive(
            provider=provider, raw=request.body, headers=request.headers, is_connect=is_connect
        )
    except NotFound:
        raise Http404 from None
    return JsonResponse({"event": receipt.value}, status=STATUSES[receipt])
