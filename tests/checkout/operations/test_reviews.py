"""Orders that people look at: what brings them there, what it holds, and what a decision does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from checkout import jobs
from checkout.client_sites import mark_of
from checkout.errors import OrderUnderReview, PaymentDisputed
from checkout.events import OrderReviewDecided, OrderReviewOpened
from checkout.models import (
    Fulfillment,
    Order,
    OrderReview,
    OrderReviewFinding,
    Payment,
    Refund,
    RefundReason,
    ReturnReason,
    ReturnWish,
)
from checkout.operations import reviews
from checkout.operations.cancel import CancelReason, cancel_paid_order, cancel_vendor_order
from checkout.operations.expire import cancel_order
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.return_ends import exchange_return
from checkout.operations.returns import Wanted, answer_return, receive_return, request_return
from marketplace.accounts.models import User
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.sandbox import control
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import IdempotencyKeyReused, TransitionNotAllowed
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.orders import intent_of, placed
from tests.factories.sold import line_of, part_of, sold
from tests.support import payments
from tests.support.disputed import disputed
from tests.support.published import published
from tests.support.queue import queued, run_queued

pytestmark = pytest.mark.django_db


def warned(order: Order) -> OrderReview | None:
    """The bank warns of the order's payment, and we hear of it."""
    charge = Payment.objects.get(order=order).charge_ref
    return reviews.heed_fraud_warning(provider="sandbox", ref=control.warn(charge).ref)


def held(order: Order) -> OrderReview:
    """An order that is looked at."""
    review = warned(order)
    assert review is not None
    return review


@pytest.fixture
def staff() -> User:
    user: User = UserFactory.create(is_staff=True)
    return user


def causes(order: Order) -> list[tuple[str, str]]:
    found = OrderReviewFinding.objects.filter(review__order=order).order_by("review_id", "cause")
    return list(found.values_list("review__status", "cause"))


def test_f126_a_warning_holds_an_order_once_however_often_it_comes() -> None:
    order = sold()
    charge = Payment.objects.get().charge_ref
    ref = control.warn(charge, fraud_type="misc").ref
    with published(OrderReviewOpened) as said:
        first, again = (reviews.heed_fraud_warning(provider="sandbox", ref=ref) for _ in range(2))
    assert (first, again) == (OrderReview.objects.get(), None)
    assert said == [OrderReviewOpened(review_id=OrderReview.objects.get().pk)]
    finding = OrderReviewFinding.objects.get()
    assert (finding.reference, finding.facts["fraud_type"]) == (f"early_fraud_warning:sandbox:{ref}", "misc")
    (entry,) = audit.entries_of(OrderReview.objects.get())
    assert (entry.actor_id, entry.action, entry.reason) == (None, reviews.FOUND, "early_fraud_warning")
    # A second cause joins the open review.
    assert warned(order) == first
    assert (OrderReview.objects.count(), OrderReviewFinding.objects.count()) == (1, 2)


def test_f126_a_warning_is_early_until_its_payment_has_succeeded_and_nobodys_is_unknown() -> None:
    order = placed(buyable())
    payments.confirm(intent_of(order))
    charge = intent_of(order).charge_ref or ""
    ref, foreign = control.warn(charge).ref, control.warn(payments.paid().charge_ref or "").ref
    for unknown in (ref, foreign, "issfr_unknown"):
        with pytest.raises(UnknownObject):
            reviews.heed_fraud_warning(provider="sandbox", ref=unknown)
    assert not OrderReview.objects.exists()


def test_f126_nothing_of_it_is_sent_until_it_is_released(staff: User) -> None:
    order = sold(quantity=3)
    part = part_of(order)
    fulfill_vendor_order(part=part, actor=None, units={line_of(part).pk: 1})
    review = held(order)
    with pytest.raises(OrderUnderReview):
        fulfill_vendor_order(part=part, actor=None)
    assert Fulfillment.objects.count() == 1
    with published(OrderReviewDecided) as said:
        released = reviews.release_order(review=review, actor=staff, note="Called them.")
    assert (released.status, released.actor, released.note) == ("released", staff, "Called them.")
    assert (released.decided_at is not None, said) == (True, [OrderReviewDecided(review_id=review.pk)])
    (move,) = moves_of(review)
    assert (move.actor_id, move.before, move.note) == (staff.pk, {"status": "open"}, "Called them.")
    fulfill_vendor_order(part=part, actor=None)
    assert (part_of(order).status, Refund.objects.count()) == ("shipped", 0)


def test_f126_what_came_back_is_not_sent_again_meanwhile() -> None:
    order = sold(quantity=2)
    part = part_of(order)
    fulfill_vendor_order(part=part, actor=None)
    wanted = {line_of(part).pk: Wanted(units=1, reason=ReturnReason.OTHER)}
    asked = request_return(part=part, wanted=wanted, wish=ReturnWish.EXCHANGE, actor=None)
    answer_return(asked=asked, is_approved=True, answer="", actor=None)
    receive_return(asked=asked, actor=None, is_restocked=True)
    held(order)
    with pytest.raises(OrderUnderReview):
        exchange_return(asked=asked, actor=None)
    assert Fulfillment.objects.count() == 1


def test_f126_rejected_all_is_cancelled_and_given_back_once(staff: User) -> None:
    sent, unsent, gone = (buyable() for _ in range(3))
    order = sold(sent, unsent, gone, quantity=2, ships=490)
    cancel_vendor_order(part=part_of(order, gone), actor=None, reason=CancelReason.OUT_OF_STOCK)
    part = part_of(order, sent)
    fulfill_vendor_order(part=part, actor=None, units={line_of(part).pk: 1})
    review = held(order)
    for _ in range(2):
        rejected = reviews.reject_order(review=review, actor=staff, note="Not theirs", idempotency_key="a")
        assert (rejected.status, rejected.actor) == ("rejected", staff)
    assert [part_of(order, each).status for each in (sent, unsent, gone)] == [
        "shipped",
        "cancelled",
        "cancelled",
    ]
    payment = Payment.objects.get()
    assert (payment.refunded_minor, payment.amount_minor) == (7470, 7470)
    assert list(Refund.objects.order_by("pk").values_list("amount_minor", "reason")) == [
        (2490, RefundReason.CANCELLED),
        (1000, RefundReason.CANCELLED),
        (1490, RefundReason.NOT_ACCEPTED),
        (2490, RefundReason.CANCELLED),
    ]
    # What went to the buyer is with the buyer; the rest is on the shelf again.
    for variant, on_hand in ((sent, 4), (unsent, 5), (gone, 5)):
        variant.refresh_from_db()
        assert variant.on_hand == on_hand


def test_f126_a_decision_stands_and_a_key_is_of_one_decision(staff: User) -> None:
    review = held(sold())
    reviews.release_order(review=review, actor=staff, idempotency_key="a")
    reviews.release_order(review=review, actor=staff, idempotency_key="a")
    with pytest.raises(IdempotencyKeyReused):
        reviews.release_order(review=review, actor=staff, note="Else", idempotency_key="a")
    decide: list[Callable[..., OrderReview]] = [reviews.release_order, reviews.reject_order]
    for again in decide:
        with pytest.raises(TransitionNotAllowed):
            again(review=review, actor=staff)
    assert (moves_of(review).count(), Refund.objects.count()) == (1, 0)


def test_f126_a_warning_after_the_decision_begins_another_unless_all_went_back(staff: User) -> None:
    order = sold()
    reviews.release_order(review=held(order), actor=staff)
    again = held(order)
    assert causes(order) == [("released", "early_fraud_warning"), ("open", "early_fraud_warning")]
    reviews.reject_order(review=again, actor=staff)
    assert warned(order) is None
    sent = sold()
    fulfill_vendor_order(part=part_of(sent), actor=None)
    line = line_of(part_of(sent))
    refund_vendor_order(
        part=part_of(sent), asked=Asked(units={line.pk: 1}), reason=RefundReason.GOODWILL, actor=None
    )
    assert (warned(sent), OrderReview.objects.count()) == (None, 2)


def test_f126_buyer_and_vendor_may_cancel_and_refund_as_ever(staff: User) -> None:
    bought, refused, paid = sold(), sold(), sold()
    opened = [held(order) for order in (bought, refused, paid)]
    cancel_paid_order(order=bought, actor=None)
    cancel_vendor_order(part=part_of(refused), actor=None, reason=CancelReason.CANNOT_SHIP)
    line = line_of(part_of(paid))
    refund_vendor_order(
        part=part_of(paid), asked=Asked(units={line.pk: 1}), reason=RefundReason.OTHER, actor=None
    )
    assert list(Payment.objects.values_list("refunded_minor", flat=True)) == [1000] * 3
    # Nothing is left to be given back, and each can be decided.
    for review in opened:
        assert reviews.reject_order(review=review, actor=staff).status == "rejected"
    assert list(Payment.objects.values_list("refunded_minor", flat=True)) == [1000] * 3


def test_f126_what_the_bank_has_already_is_rejected_when_it_has_decided(staff: User) -> None:
    order = sold()
    review = held(order)
    disputed(order)
    with pytest.raises(PaymentDisputed):
        reviews.reject_order(review=review, actor=staff)
    review.refresh_from_db()
    assert (review.status, part_of(order).status) == ("open", "open")


def test_f126_the_rules_look_at_an_order_after_its_payment(settings: Settings) -> None:
    assert ("review_order", {"order_id": sold().pk}) in queued()
    settings.REVIEW_FIRST_ORDER_CAPS = "EUR 9.99, USD 1.00"
    order = sold()
    for _ in range(2):
        reviews.review_order(order_id=order.pk)
    assert causes(order) == [("open", "first_order_cap")]
    assert warned(order) == OrderReview.objects.get()
    assert [cause for _, cause in causes(order)] == ["early_fraud_warning", "first_order_cap"]
    settings.REVIEW_FIRST_ORDER_CAPS = "EUR 10.00"
    assert reviews.review_order(order_id=sold().pk) is None


def test_f126_many_orders_of_one_hour_are_looked_at(settings: Settings) -> None:
    settings.REVIEW_ORDERS_BY_EMAIL = settings.REVIEW_ORDERS_TO_ADDRESS = 2
    now = clock.now()
    minutes = (-61, -59, 0, 20)
    orders = [
        paid_order(Bought(variant=buyable()), paid_at=now + timedelta(minutes=each)) for each in minutes
    ]
    places = ("Elm St. 1", "ELM ST 1", "elm st 1.", "Elm St. 11")
    for order, place in zip(orders, places, strict=True):
        order.email, order.shipping_address = "eve@example.com", {"line1": place, "country": "DE"}
        order.save()
    other = paid_order(Bought(variant=buyable()), paid_at=now)
    for order in (*orders, other):
        reviews.review_order(order_id=order.pk)
    # Within an hour of the second are those before and after it; the last is in another house.
    assert [causes(each) for each in (*orders, other)] == [
        [],
        [("open", "velocity_address"), ("open", "velocity_email")],
        [("open", "velocity_email")],
        [],
        [],
    ]
    Order.objects.filter(pk=orders[3].pk).update(shipping_address={"country": "DE", "line1": "Elm St 1"})
    reviews.review_order(order_id=orders[2].pk)
    assert causes(orders[2]) == [("open", "velocity_address"), ("open", "velocity_email")]


def test_f126_many_orders_from_one_connection_are_looked_at(settings: Settings) -> None:
    settings.REVIEW_ORDERS_BY_CLIENT = 1
    orders = [paid_order(Bought(variant=buyable())) for _ in range(4)]
    for order, client in zip(orders, ("2001:db8::1", "2001:db8::2", "198.51.100.7", ""), strict=True):
        order.client_site = mark_of(client)
        order.save()
        Order.objects.filter(pk=order.pk).update(email=f"{order.pk}@example.com")
    for order in orders:
        reviews.review_order(order_id=order.pk)
    velocity = [("open", "velocity_client")]
    assert [causes(each) for each in orders] == [velocity, velocity, [], []]


def test_a_review_of_what_was_cancelled_closes_by_itself_and_says_why() -> None:
    cancelled, left, back = sold(), sold(), sold()
    for order in (cancelled, left, back):
        held(order)
    cancel_order(order=cancelled)
    asked = Asked(amount=part_of(back).total)
    refund_vendor_order(part=part_of(back), asked=asked, reason=RefundReason.OTHER, actor=None)
    for _ in range(2):
        jobs.close_pointless_reviews()
        run_queued()
    rows = OrderReview.objects.values_list("status", "note")
    told = [rows.get(order=each) for each in (cancelled, left, back)]
    assert told == [
        ("closed", "The order was cancelled."),
        ("open", ""),
        ("closed", "All that was paid went back."),
    ]
    assert reviews.close_pointless(review_id=OrderReview.objects.get(order=left).pk) is False


def test_f126_where_no_rule_is_on_nothing_is_asked(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    order = sold()
    with django_assert_num_queries(0):
        assert reviews.review_order(order_id=order.pk) is None
