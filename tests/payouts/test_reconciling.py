"""What is a difference between our rows and a provider's books, and what is on its way."""

import pytest
from django.conf import settings

from checkout.models import PaymentStatus, RefundStatus
from marketplace.gateway import marks
from marketplace.gateway import provider as gateway
from marketplace.gateway.provider import Intent, IntentStatus, ProviderRefund
from marketplace.kernel.money import Money
from payouts import reconciling
from payouts.reconciling import OurPayment, OurRefund

TEN = Money(1000, "EUR")
OURS = {"payment": "uuid", "order": "A-1", marks.INSTALLATION: settings.SITE_URL}


def payment(status: str, *, ref: str = "pi_1", held: int | None = None) -> OurPayment:
    return OurPayment(
        uuid="uuid",
        ref=ref,
        order="A-1",
        status=PaymentStatus(status),
        amount=TEN,
        held=None if held is None else Money(held, "EUR"),
    )


def intent(status: str, *, ref: str = "pi_1", **stamp: str) -> Intent:
    state = IntentStatus(status)
    return Intent(ref=ref, status=state, amount=TEN, client_secret="", metadata={**OURS, **stamp})


def back(status: str, minor: int = 400, *, payment_ref: str = "pi_1") -> ProviderRefund:
    state = gateway.RefundStatus(status)
    return ProviderRefund(ref="re_1", status=state, amount=Money(minor, "EUR"), payment_ref=payment_ref)


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("open", "requires_method", None),
        ("open", "requires_action", None),
        ("open", "succeeded", "payment_behind"),
        ("open", "canceled", "payment_behind"),
        ("processing", "requires_method", "payment_behind"),
        ("cancelled", "succeeded", "payment_behind"),
        ("cancelled", "canceled", None),
        ("succeeded", "succeeded", None),
        ("succeeded", "processing", "payment_unfounded"),
    ],
)
def test_a_payment_is_behind_or_unfounded(ours: str, theirs: str, kind: str | None) -> None:
    found = reconciling.payments([payment(ours)], [intent(theirs)], [])
    assert [each.kind for each in found] == ([kind] if kind else [])


def test_whose_a_payment_is_that_no_row_names() -> None:
    def kinds(ours: list[OurPayment], theirs: Intent, *refunds: ProviderRefund) -> list[str]:
        return [each.kind for each in reconciling.payments(ours, [theirs], refunds) if each.ref == "pi_2"]

    stray = intent("succeeded", ref="pi_2")
    assert kinds([payment("open", ref="")], stray) == ["payment_behind"]
    assert kinds([payment("succeeded")], stray) == ["payment_second"]
    assert kinds([], stray) == ["payment_orphan"]
    assert kinds([], stray, back("succeeded", 999, payment_ref="pi_2")) == ["payment_orphan"]
    assert kinds([], stray, back("succeeded", 1000, payment_ref="pi_2")) == []
    assert kinds([], stray, back("failed", 1000, payment_ref="pi_2")) == ["payment_orphan"]
    assert kinds([], intent("requires_method", ref="pi_2")) == []
    assert kinds([], intent("succeeded", ref="pi_2", installation="https://another.example")) == []


def test_the_ledger_holds_what_is_left_there() -> None:
    def kinds(held: int, *refunds: ProviderRefund) -> list[str]:
        paid = [payment("succeeded", held=held)]
        return [each.kind for each in reconciling.payments(paid, [intent("succeeded")], refunds)]

    assert (kinds(1000), kinds(999)) == ([], ["ledger"])
    assert (kinds(600, back("pending")), kinds(600, back("failed"))) == ([], ["ledger"])


def test_a_refund_in_two_parts_is_one_there() -> None:
    def kinds(status: str, *minors: int, theirs: ProviderRefund) -> list[str]:
        rows = [
            OurRefund(
                uuid=str(minor),
                ref="re_1",
                order="A-1",
                status=RefundStatus(status),
                amount=Money(minor, "EUR"),
            )
            for minor in minors
        ]
        return [each.kind for each in reconciling.refunds(rows, [theirs], ["pi_1"])]

    assert kinds("succeeded", 100, 300, theirs=back("succeeded")) == []
    assert kinds("succeeded", 100, 301, theirs=back("succeeded")) == ["refund_amount"]
    assert kinds("pending", 100, 300, theirs=back("succeeded")) == ["refund_state"]
    assert kinds("failed", 400, theirs=back("canceled")) == []
    assert kinds("succeeded", theirs=back("succeeded")) == ["refund_unknown"]
    assert kinds("succeeded", theirs=back("failed")) == []
    assert kinds("succeeded", theirs=back("succeeded", payment_ref="pi_2")) == []
