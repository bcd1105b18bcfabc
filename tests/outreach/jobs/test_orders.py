import re

import pytest

from checkout.models import Order, PaymentState, Refund
from checkout.selectors.orders import is_token_of
from marketplace.outreach.jobs import orders as jobs
from marketplace.outreach.models import Mail
from tests.factories.accounts import UserFactory
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.orders import placed
from tests.factories.vendors import VendorFactory, member_of
from tests.support.mails import sent
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db


def _two_vendors() -> Order:
    tea, clay = VendorFactory.create(name="Tea"), VendorFactory.create(name="Clay")
    return paid_order(
        Bought(variant=buyable(vendor=tea), unit_minor=1590, quantity=2),
        Bought(variant=buyable(vendor=clay)),
        tax_bps=1900,
    )


def test_a_paid_order_is_confirmed_with_all_that_is_on_it() -> None:
    order = _two_vendors()
    jobs.mail_order_paid(order_id=order.pk)
    jobs.mail_order_paid(order_id=order.pk)
    (message,) = sent()
    body = str(message.body)
    assert (message.to, message.subject) == ([order.email], f"Your order {order.number}")
    for told in ("From Tea", "2 x", "31.80 EUR", "From Clay", "Tax: 7.94 EUR", str(order.total)):
        assert told in body
    (token,) = re.findall(rf"/orders/{order.number}\?token=(\S+)", body)
    assert is_token_of(order.number, token.replace("%3A", ":"))


def test_each_vendors_packers_are_told_of_their_own_part_only() -> None:
    order = _two_vendors()
    tea, clay = order.vendor_orders.all()
    packer = member_of(tea.vendor, VendorRole.FULFILMENT)
    member_of(tea.vendor, VendorRole.FINANCE)
    jobs.mail_order_paid(order_id=order.pk)
    (message,) = (message for message in sent() if message.to != [order.email])
    assert (message.to, message.subject) == ([packer.email], f"New order {tea.number}")
    body = str(message.body)
    assert "31.80 EUR" in body
    for others in (clay.vendor.name, order.email, str(order.total), "token="):
        assert others not in body


def test_a_users_link_asks_to_sign_in() -> None:
    user = UserFactory.create()
    order = placed(user=user)
    jobs.mail_order_paid(order_id=order.pk)
    assert f"/orders/{order.number}\n" in str(sent()[0].body)


def test_an_order_that_was_not_paid_is_told_to_users_only() -> None:
    guests, users = placed(), placed(user=UserFactory.create())
    for order in (guests, users):
        jobs.mail_order_expired(order_id=order.pk)
    assert sent() == []
    Order.objects.update(payment_state=PaymentState.EXPIRED)
    for order in (guests, users):
        jobs.mail_order_expired(order_id=order.pk)
    assert [message.to for message in sent()] == [[users.email]]


def test_who_paid_too_late_gets_an_apology_and_who_is_refunded_else_does_not() -> None:
    late, kept = placed(), paid_order(Bought(variant=buyable()))
    for order in (late, kept):
        refund = Refund.objects.create(
            payment=order.payments.first() or placed().payments.get(),
            order=order,
            amount_minor=1490,
            currency="EUR",
            reason="order expired",
        )
        jobs.mail_payment_late(refund_id=refund.pk)
    (message,) = sent()
    assert (message.to, message.subject) == ([late.email], f"Your payment for {late.number} came too late")
    assert "You get all of it back: 14.90 EUR" in " ".join(str(message.body).split())


def test_a_buyer_who_was_erased_is_told_nothing() -> None:
    order = _two_vendors()
    Order.objects.update(email="")
    jobs.mail_order_paid(order_id=order.pk)
    assert (sent(), Mail.objects.count()) == ([], 0)
