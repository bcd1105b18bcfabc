"""Payments opened for orders, and closed where nobody shall pay any more."""

import pytest
from pytest_django import Settings

from checkout.models import Order, Payment, Refund
from checkout.operations.payments import start_payment, stop_payments
from marketplace.gateway.models import SandboxIntent
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, payment_of, placed
from tests.support.payments import confirm
from tests.support.providers import Silent, named

pytestmark = pytest.mark.django_db


def test_after_a_lost_answer_the_same_payment_is_found(settings: Settings) -> None:
    sandbox = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = named(Silent)
    order = placed()
    assert start_payment(payment=payment_of(order), order=order) is False
    settings.PAYMENT_PROVIDERS = sandbox
    assert start_payment(payment=payment_of(order), order=order) is True
    assert payment_of(order).provider_ref == SandboxIntent.objects.get().ref


def test_the_payment_of_an_order_that_goes_on_is_left_open() -> None:
    order = placed()
    stop_payments(order_id=order.pk)
    assert (payment_of(order).status, SandboxIntent.objects.get().status) == ("open", "requires_method")


def test_what_was_paid_before_it_could_be_closed_goes_back() -> None:
    tea = buyable()
    order = placed(tea)
    confirm(intent_of(order))
    Order.objects.update(payment_state="superseded")
    for _ in range(2):
        stop_payments(order_id=order.pk)
    assert (payment_of(order).status, Refund.objects.get().reason) == ("succeeded", "order superseded")
    assert Payment.objects.get().refunded_minor == Payment.objects.get().amount_minor
