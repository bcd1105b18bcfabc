"""Transfers and reversals that several workers make at once, and those whose worker died in between."""

import threading

import pytest
from django.db.models import QuerySet

from checkout.models import Order
from marketplace.gateway.models import SandboxReversal, SandboxTransfer
from payouts.models import LedgerAccount, LedgerTransaction, Reversal, Transfer
from payouts.operations import following, reversals, standing, transfers
from tests.factories.checkout import buyable
from tests.factories.sold import sold
from tests.support.books import faults
from tests.support.moved import apart, followed, given_back, paid_out, payable, returned, sent
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


class Died(BaseException):
    """The worker is gone; nothing catches that."""


def sale(minor: int = 10_000) -> Order:
    variant = buyable(price_minor=minor)
    payable(variant.vendor)
    return sold(variant)


def follow(order: Order) -> None:
    following.follow(order_id=order.pk)


def posted() -> list[str]:
    """What was posted of transfers and reversals."""
    rows = LedgerTransaction.objects.filter(kind__in=["transfer", "reversal"]).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_an_order_followed_by_four_at_once_is_sent_and_taken_back_once() -> None:
    order = sale()
    assert at_once(*[lambda: follow(order)] * 4) == [None] * 4
    assert (sent(), SandboxTransfer.objects.count()) == ([("charge", "made", 9000, 0, 0)], 1)
    given_back(order, 5000)
    assert at_once(*[lambda: follow(order)] * 4) == [None] * 4
    assert (returned(), SandboxReversal.objects.count()) == ([("made", 4500, 0)], 1)
    followed(order)
    assert (posted(), apart(), faults()) == (["transfer", "reversal"], [], [])


def test_two_transfers_at_once_net_the_same_debt_once() -> None:
    first = followed(sale())
    vendor = first.vendor_orders.get().vendor
    paid_out(vendor, 9000)
    given_back(first, 10_000)
    follow(first)
    orders = [sold(buyable(price_minor=10_000, vendor=vendor)) for _ in range(2)]
    assert at_once(*(lambda order=order: follow(order) for order in orders)) == [None] * 2
    assert sorted(row[2:4] for row in sent()[1:]) == [(0, 9000), (9000, 0)]
    assert faults() == []


def test_control_without_the_lock_a_debt_is_netted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    first = followed(sale())
    vendor = first.vendor_orders.get().vendor
    paid_out(vendor, 9000)
    given_back(first, 10_000)
    follow(first)
    orders = [sold(buyable(price_minor=10_000, vendor=vendor)) for _ in range(2)]
    for order in orders:
        following.plan(order_id=order.pk)
    both_have_read, debt = threading.Barrier(2), standing.debt

    def read(*, vendor_id: int, currency: str) -> int:
        minor = debt(vendor_id=vendor_id, currency=currency)
        both_have_read.wait(timeout=10)
        return minor

    monkeypatch.setattr(standing, "debt", read)
    monkeypatch.setattr(transfers, "lock", _read_only)
    keys = list(Transfer.objects.filter(status="queued").values_list("pk", flat=True))
    at_once(*(lambda key=key: transfers.send_transfer(transfer_id=key) for key in keys))
    assert [row[2:4] for row in sent()[1:]] == [(0, 9000), (0, 9000)]


def _read_only(rows: "QuerySet[LedgerAccount]") -> list[LedgerAccount]:
    return list(rows)


@pytest.mark.parametrize("asked", [False, True])
def test_a_worker_that_dies_between_claim_and_note_leaves_what_the_next_one_ends(
    asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = sale()
    _dies_once(monkeypatch, transfers, asked=asked)
    with pytest.raises(Died):
        follow(order)
    assert (sent()[0][1], SandboxTransfer.objects.count()) == ("sending", int(asked))
    follow(order)
    given_back(order, 5000)
    _dies_once(monkeypatch, reversals, asked=asked)
    with pytest.raises(Died):
        follow(order)
    assert (Reversal.objects.get().status, SandboxReversal.objects.count()) == ("sending", int(asked))
    follow(order)
    assert (sent(), returned()) == ([("charge", "made", 9000, 0, 4500)], [("made", 4500, 0)])
    assert (SandboxTransfer.objects.count(), SandboxReversal.objects.count()) == (1, 1)
    assert (posted(), faults()) == (["transfer", "reversal"], [])


def _dies_once(patch: pytest.MonkeyPatch, module: object, *, asked: bool) -> None:
    """The next worker dies, before it asks the provider or right after."""
    ask, deaths = module._asked, iter([True])  # type: ignore[attr-defined]  # both have it

    def die(row: object) -> object:
        is_last = next(deaths, False)
        answer = ask(row) if asked or not is_last else None
        if is_last:
            raise Died
        return answer

    patch.setattr(module, "_asked", die)
