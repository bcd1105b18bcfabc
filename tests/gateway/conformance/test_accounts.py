"""Vendors' accounts and the money that goes there: what the port promises, whoever keeps it."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from marketplace.gateway import marks
from marketplace.gateway.models import SandboxAccount
from marketplace.gateway.provider import (
    AccountState,
    PaymentProvider,
    PayoutStatus,
    ProviderBalance,
    ProviderPayout,
    ProviderRefused,
    ProviderTransfer,
)
from marketplace.gateway.sandbox import accounts, control, payouts
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tests.support import payments

EUROS = "EUR"
AGAIN = "https://shop.example/again"
BACK = "https://shop.example/back"


def refused(code: str) -> "pytest.RaisesExc[ProviderRefused]":
    return pytest.raises(ProviderRefused, match=f"^{code}: ")


def opened(provider: PaymentProvider, name: str = "kiln") -> str:
    """A vendor's new account."""
    return provider.create_account(
        email=f"{name}@example.com", country="DE", metadata={"vendor": name}, key=f"acct:{name}:v1"
    ).ref


def onboarded(provider: PaymentProvider, name: str = "kiln", *, bank: str = "6789") -> str:
    """A vendor's account that takes transfers."""
    ref = opened(provider, name)
    control.onboard(ref, bank_last4=bank)
    return ref


def charged(provider: PaymentProvider, minor: int = 10_000) -> str:
    """A charge whose money is pending."""
    intent = provider.start_payment(
        amount=Money(minor, EUROS), metadata={}, email="ada@example.com", key=f"pi:{minor}:v1", group="cart_1"
    )
    payments.confirm(intent)
    return provider.get_payment(intent.ref).charge_ref or ""


def send(
    provider: PaymentProvider, to: str, minor: int, *, key: str, charge: str | None = None
) -> ProviderTransfer:
    return provider.transfer(
        to, amount=Money(minor, EUROS), charge_ref=charge, group="cart_1", metadata={"part": "1"}, key=key
    )


def pay_out(provider: PaymentProvider, ref: str, minor: int, *, key: str) -> ProviderPayout:
    return provider.pay_out(ref, amount=Money(minor, EUROS), metadata={"payout": "1"}, key=key)


def follow(url: str) -> HttpResponse:
    """What a vendor's browser is shown; its client has no cookie of ours."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL
    shown: HttpResponse = Client().get(f"{parts.path}?{parts.query}")  # type: ignore[assignment]  # the test's own kind of it
    return shown


def tell(provider: PaymentProvider, ref: str, verdict: str, *, bank: str = "6789") -> HttpResponse:
    """What comes of the vendor's answer on the page of a new link."""
    url = provider.onboarding_url(ref, refresh_url=AGAIN, return_url=BACK)
    page = follow(url)
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.content.decode())
    sent = {"ticket": ticket, "verdict": verdict, "bank": bank}
    answer: HttpResponse = Client().post(urlsplit(url).path, sent)  # type: ignore[assignment]  # as above
    return answer


def test_a_vendor_is_asked_judged_and_asked_again(provider: PaymentProvider) -> None:
    ref = opened(provider)
    assert opened(provider) == ref
    new = provider.get_account(ref)
    assert (new.state, new.country, new.currency) == (AccountState.PENDING, "DE", EUROS)
    assert new.metadata == {"vendor": "kiln", marks.INSTALLATION: settings.SITE_URL}
    assert "external_account" in new.missing
    with pytest.raises(ProviderRefused):
        provider.dashboard_url(ref)
    states = []
    for verdict in ("needs_document", "later"):
        assert tell(provider, ref, verdict)["Location"] == BACK
        told = provider.get_account(ref)
        states.append((told.state, list(told.missing)))
    assert states == [
        (AccountState.ACTION_REQUIRED, [accounts.DOCUMENT]),
        (AccountState.VERIFYING, []),
    ]
    assert tell(provider, ref, "verified").status_code == 409
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert accounts.pass_due() == 1
    active = provider.get_account(ref)
    assert (active.state, active.bank_last4) == (AccountState.ACTIVE, "6789")
    assert b"active" in follow(provider.dashboard_url(ref)).content
    control.hold_account(ref)
    assert provider.get_account(ref).state == AccountState.RESTRICTED
    control.disconnect(ref)
    assert provider.get_account(ref).state == AccountState.DISCONNECTED
    other = opened(provider, "loom")
    assert tell(provider, other, "rejected").status_code == 303
    assert provider.get_account(other).state == AccountState.REJECTED


def test_a_link_is_good_once_for_minutes_and_for_its_account(provider: PaymentProvider) -> None:
    ref, other = opened(provider), opened(provider, "loom")
    url = provider.onboarding_url(ref, refresh_url=AGAIN, return_url=BACK)
    assert follow(url.replace(ref, other)).status_code == 404
    assert follow(f"{url}x").status_code == 404
    assert [follow(url).status_code, follow(url)["Location"]] == [200, AGAIN]
    late = provider.onboarding_url(ref, refresh_url=AGAIN, return_url=BACK)
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert follow(late)["Location"] == AGAIN
    path = urlsplit(url).path
    assert Client().post(path, {"ticket": "forged", "verdict": "verified", "bank": "6789"}).status_code == 404
    assert provider.get_account(ref).state == AccountState.PENDING
    assert tell(provider, ref, "saint").status_code == 400
    with pytest.raises(ProviderRefused):
        provider.onboarding_url("acct_unknown", refresh_url=AGAIN, return_url=BACK)


def test_money_of_a_charge_goes_to_vendors_and_comes_back(provider: PaymentProvider) -> None:
    before = clock.now()
    charge, kiln, loom = charged(provider), onboarded(provider), opened(provider, "loom")
    sent = send(provider, kiln, 9000, key="tr:1:v1", charge=charge)
    assert send(provider, kiln, 9000, key="tr:1:v1", charge=charge) == sent
    assert (sent.account_ref, sent.charge_ref, sent.amount, sent.reversed.minor) == (
        kiln,
        charge,
        Money(9000, EUROS),
        0,
    )
    assert sent.metadata["part"] == "1"
    with refused("balance_insufficient"):
        send(provider, kiln, 1001, key="tr:2:v1", charge=charge)
    with refused("balance_insufficient"):
        send(provider, kiln, 1, key="tr:3:v1")
    with refused("insufficient_capabilities_for_transfer"):
        send(provider, loom, 1, key="tr:4:v1", charge=charge)
    # The fee of 320 is the platform's.
    assert provider.get_balance() == ProviderBalance(pending=[Money(680, EUROS)], available=[])
    assert provider.get_balance(kiln) == ProviderBalance(pending=[Money(9000, EUROS)], available=[])

    back = provider.reverse_transfer(sent.ref, amount=Money(4000, EUROS), metadata={}, key="trr:1:v1")
    assert (back.transfer_ref, back.amount) == (sent.ref, Money(4000, EUROS))
    assert provider.get_transfer(sent.ref).reversed == Money(4000, EUROS)
    with refused("amount_too_large"):
        provider.reverse_transfer(sent.ref, amount=Money(5001, EUROS), metadata={}, key="trr:2:v1")
    assert [each.ref for each in provider.list_transfers(before)] == [sent.ref]
    with refused("resource_missing"):
        provider.get_transfer("tr_unknown")


@pytest.mark.unwatched  # what are many transactions elsewhere is one here
def test_what_a_vendor_holds_goes_to_the_bank_or_comes_back_from_there(provider: PaymentProvider) -> None:
    before = clock.now()
    charge, kiln = charged(provider), onboarded(provider)
    sent = send(provider, kiln, 9000, key="tr:1:v1", charge=charge)
    control.settle()
    payout = pay_out(provider, kiln, 9000, key="po:1:v1")
    assert pay_out(provider, kiln, 9000, key="po:1:v1") == payout == provider.get_payout(kiln, payout.ref)
    assert payout.metadata == {"payout": "1", marks.INSTALLATION: settings.SITE_URL}
    assert (payout.status, payout.amount, payout.account_ref) == (
        PayoutStatus.PENDING,
        Money(9000, EUROS),
        kiln,
    )
    assert payout.arrives_on == (clock.now() + timedelta(days=2)).date()
    control.arrive(payout.ref)
    assert provider.get_payout(kiln, payout.ref).status == PayoutStatus.PAID
    assert provider.get_balance(kiln) == ProviderBalance(available=[], pending=[])
    with refused("balance_insufficient"):
        provider.reverse_transfer(sent.ref, amount=Money(1, EUROS), metadata={}, key="trr:1:v1")
    control.fail_payout(payout.ref)
    (failed,) = provider.list_payouts(kiln, before)
    assert (failed.status, failed.failure_code) == (PayoutStatus.FAILED, "account_closed")
    assert failed.failure_message == "The bank account has been closed."
    assert provider.get_balance(kiln).available == [Money(9000, EUROS)]
    own = {event.type: event.account for event in provider.list_events(before, account_ref=kiln)}
    assert (own["payout.failed"], own.get("transfer.created")) == (kiln, None)
    assert {event.type: event.account for event in provider.list_events(before)}["transfer.created"] == ""
    with pytest.raises(ProviderRefused):
        provider.get_payout(onboarded(provider, "loom"), payout.ref)


def test_only_we_pay_a_vendor_out_and_no_more_than_is_there(provider: PaymentProvider) -> None:
    charge, kiln = charged(provider), onboarded(provider)
    assert not provider.get_account(kiln).has_own_schedule
    send(provider, kiln, 9000, key="tr:1:v1", charge=charge)
    with refused("balance_insufficient"):
        pay_out(provider, kiln, 9000, key="po:1:v1")
    control.settle()
    with refused("balance_insufficient"):
        pay_out(provider, kiln, 9001, key="po:2:v1")
    with refused("payouts_not_allowed"):
        pay_out(provider, opened(provider, "loom"), 1, key="po:3:v1")
    assert payouts.pay_out_all() == 0
    # As an account is that was made before we paid out.
    SandboxAccount.objects.update(has_own_schedule=True)
    assert provider.get_account(kiln).has_own_schedule
    assert not provider.stop_own_payouts(kiln).has_own_schedule
    assert (payouts.pay_out_all(), provider.get_balance(kiln).available) == (0, [Money(9000, EUROS)])


def test_another_bank_account_has_another_reference(provider: PaymentProvider) -> None:
    new, kiln = opened(provider, "loom"), onboarded(provider)
    assert provider.get_account(new).bank_refs == []
    (first,) = provider.get_account(kiln).bank_refs
    control.change_bank(kiln, "1116")
    changed = provider.get_account(kiln)
    assert (changed.bank_last4, first in changed.bank_refs, len(changed.bank_refs)) == ("1116", False, 1)
