"""Orders under review, with everybody at the same moment, beside what it would be without the guard."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from checkout.errors import OrderUnderReview
from checkout.models import (
    Fulfillment,
    OrderReview,
    OrderReviewCause,
    OrderReviewFinding,
    OrderReviewStatus,
    Payment,
    Refund,
    VendorOrder,
)
from checkout.operations import fulfil, reviews
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.parts import refuse_under_review
from checkout.risk import Found
from marketplace.kernel import clock
from marketplace.kernel.errors import TransitionNotAllowed
from tests.factories.sold import part_of, sold
from tests.support.books import faults
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

FOUND = Found(cause=OrderReviewCause.FIRST_ORDER_CAP, reference="first_order_cap:1", facts={})


def _kinds(outcomes: Any) -> Counter[type]:
    return Counter(map(type, outcomes))


def _unlocked(rows: "QuerySet[Any]") -> Any:
    return rows.get()


def _both(review: OrderReview) -> list[Callable[[], object]]:
    return [
        lambda: reviews.release_order(review=review, actor=None),
        lambda: reviews.reject_order(review=review, actor=None),
    ]


def test_f126_of_release_and_reject_at_once_one_has_its_way() -> None:
    order = sold()
    review = reviews.hold(order.pk, [FOUND])
    assert review is not None
    outcomes = at_once(*_both(review))
    assert _kinds(outcomes) == {OrderReview: 1, TransitionNotAllowed: 1}
    review.refresh_from_db()
    is_rejected = review.status == OrderReviewStatus.REJECTED
    assert part_of(order).status == ("cancelled" if is_rejected else "open")
    assert Payment.objects.get().refunded_minor == (1000 if is_rejected else 0)
    assert faults() == []


def test_f126_without_the_guards_a_released_order_is_paid_back(monkeypatch: pytest.MonkeyPatch) -> None:
    review = reviews.hold(sold().pk, [FOUND])
    assert review is not None
    read = threading.Barrier(2)

    def decide(key: int, to: OrderReviewStatus, **_: object) -> None:
        row = OrderReview.objects.get(pk=key)
        read.wait(timeout=10)
        row.status, row.decided_at = to, clock.now()
        row.save()

    monkeypatch.setattr(reviews, "lock_one", _unlocked)
    monkeypatch.setattr(reviews, "_decide", decide)
    assert _kinds(at_once(*_both(review))) == {OrderReview: 2}
    assert Refund.objects.count() == 1


def test_f126_a_job_that_runs_twice_at_once_finds_once() -> None:
    key = sold().pk
    outcomes = at_once(*(lambda: reviews.hold(key, [FOUND]),) * 3)
    assert _kinds(outcomes) == {OrderReview: 1, type(None): 2}
    assert (OrderReview.objects.count(), OrderReviewFinding.objects.count()) == (1, 1)


def test_f126_without_the_locks_the_database_has_to_refuse_one(monkeypatch: pytest.MonkeyPatch) -> None:
    key = sold().pk
    read = threading.Barrier(2)
    monkeypatch.setattr(reviews, "lock_one", _unlocked)
    monkeypatch.setattr(reviews, "lock", list)
    monkeypatch.setattr(reviews, "_is_worth_it", lambda *_: read.wait(timeout=10) >= 0)
    outcomes = at_once(*(lambda: reviews.hold(key, [FOUND]),) * 2)
    assert _kinds(outcomes) == {OrderReview: 1, IntegrityError: 1}
    assert OrderReview.objects.count() == 1


def test_f126_a_parcel_is_sent_before_the_review_begins_or_not_at_all() -> None:
    order = sold()
    part = part_of(order)
    outcomes = at_once(
        lambda: fulfill_vendor_order(part=part, actor=None), lambda: reviews.hold(order.pk, [FOUND])
    )
    review, parcel = OrderReview.objects.get(), Fulfillment.objects.first()
    assert _kinds(outcomes) == {OrderReview: 1, Fulfillment if parcel else OrderUnderReview: 1}
    assert parcel is None or parcel.shipped_at < review.opened_at


def test_f126_without_the_lock_a_parcel_leaves_a_held_order(monkeypatch: pytest.MonkeyPatch) -> None:
    order = sold()
    part = part_of(order)
    has_looked, is_held = threading.Event(), threading.Event()

    def look(held: VendorOrder) -> None:
        refuse_under_review(held)
        has_looked.set()
        is_held.wait(timeout=10)

    def hold() -> object:
        has_looked.wait(timeout=10)
        review = reviews.hold(order.pk, [FOUND])
        is_held.set()
        return review

    monkeypatch.setattr(reviews, "lock", list)
    monkeypatch.setattr(fulfil, "refuse_under_review", look)
    at_once(lambda: fulfill_vendor_order(part=part, actor=None), hold)
    assert Fulfillment.objects.get().shipped_at > OrderReview.objects.get().opened_at
