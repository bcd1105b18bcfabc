"""What the clock sees to: nothing that was cut off stays so, and nothing is done that need not be."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from checkout import jobs
from checkout.models import Order, Payment, Refund
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from marketplace.gateway.models import SandboxIntent
from marketplace.kernel import clock
from tests.factories.orders import intent_of, payment_of, placed
from tests.factories.sold import part_of, sold
from tests.support.disputed import disputed
from tests.support.payments import confirm
from tests.support.providers import Choosy, Silent, named
from tests.support.queue import queued, run_queued

pytestmark = pytest.mark.django_db

OURS = {"expire_order", "resume_payment", "stop_payments", "send_refund", "look_at_payment"}


def _queued() -> list[str]:
    return [name for name, _ in queued() if name in OURS]


def _tick() -> None:
    for tick in (jobs.expire_due_orders, jobs.resume_what_was_cut_off, jobs.look_at_old_payments):
        tick()


def test_an_order_that_waits_is_left_alone() -> None:
    placed()
    _tick()
    assert _queued() == []


def test_orders_whose_time_is_over_expire() -> None:
    order = placed()
    with clock.at(order.expires_at):
        _tick()
        _tick()
        assert _queued() == ["expire_order", "look_at_payment"]
        run_queued()
    order.refresh_from_db()
    assert order.payment_state == "expired"


def test_a_payment_that_was_not_opened_is(settings: Settings) -> None:
    sandbox = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = named(Silent)
    order = placed()
    settings.PAYMENT_PROVIDERS = sandbox
    _tick()
    assert _queued() == ["resume_payment"]
    run_queued()
    assert payment_of(order).provider_ref == SandboxIntent.objects.get().ref
    _tick()
    assert _queued() == []


def test_a_payment_that_cannot_be_opened_ends_its_order(settings: Settings) -> None:
    settings.PAYMENT_PROVIDERS = named(Silent)
    order = placed()
    settings.PAYMENT_PROVIDERS = named(Choosy)
    _tick()
    run_queued()
    order.refresh_from_db()
    assert (order.payment_state, payment_of(order).status) == ("cancelled", "cancelled")


def test_a_payment_of_an_ended_order_is_closed() -> None:
    order = placed()
    Order.objects.update(payment_state="superseded")
    _tick()
    assert _queued() == ["stop_payments"]
    run_queued()
    assert (payment_of(order).status, SandboxIntent.objects.get().status) == ("cancelled", "canceled")


def test_a_payment_nobody_told_of_is_looked_at() -> None:
    order = placed()
    confirm(intent_of(order))
    with clock.at(payment_of(order).created_at + timedelta(minutes=15)):
        _tick()
    assert _queued() == ["look_at_payment"]
    run_queued()
    order.refresh_from_db()
    assert (order.payment_state, Payment.objects.get().status, Refund.objects.count()) == (
        "paid",
        "succeeded",
        0,
    )


def test_old_parts_are_moved_each_in_its_time(settings: Settings) -> None:
    unsent, sent, arrived, contested = sold(), sold(), sold(), sold()
    disputed(contested)
    fulfill_vendor_order(part=part_of(sent), actor=None)
    mark_delivered(fulfillment=fulfill_vendor_order(part=part_of(arrived), actor=None))
    jobs.move_old_parts()
    moves = {"cancel_unshipped", "take_as_delivered", "complete_part"}
    assert [name for name, _ in queued() if name in moves] == []
    longest = max(settings.SHIP_WITHIN_DAYS, settings.DELIVERED_AFTER_DAYS, settings.RETURN_DAYS)
    with clock.at(clock.now() + timedelta(days=longest, minutes=1)):
        for _ in range(2):  # each is queued once
            jobs.move_old_parts()
        assert sorted(name for name, _ in queued() if name in moves) == sorted(moves)
        run_queued()
    states = [part_of(order).status for order in (unsent, sent, arrived, contested)]
    assert states == ["cancelled", "delivered", "completed", "open"]


def test_from_where_an_order_was_placed_is_forgotten() -> None:
    old, new = placed(), placed()
    Order.objects.update(client_site="a mark")
    with clock.at(old.placed_at + timedelta(days=2, seconds=1)):
        Order.objects.filter(pk=new.pk).update(placed_at=clock.now())
        jobs.forget_client_sites()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.client_site, new.client_site) == ("", "a mark")
