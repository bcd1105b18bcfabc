"""The ledger in the admin can be read, and no more."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from checkout.events import OrderPaid
from marketplace.kernel.events import publish
from marketplace.kernel.money import Money
from payouts.models import Commission, LedgerAccount, LedgerTransaction, Transfer
from payouts.operations import following
from payouts.operations.adjustments import adjust_balance
from tests.factories.accounts import UserFactory
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.factories.rules import rule_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(client: Client) -> dict[str, int]:
    """One row of each page, and a superuser who looks at them."""
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    order = paid_order(Bought(variant=VariantFactory.create(product__vendor__name="Clay")))
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    part = order.vendor_orders.get()
    following.plan(order_id=order.pk)
    staff = UserFactory.create(is_staff=True)
    given = adjust_balance(vendor=part.vendor, amount=Money(5, "EUR"), reason="Sorry", actor=staff)
    return {
        "transfer": Transfer.objects.filter(vendor_order=part)[0].pk,
        "adjustment": given.pk,
        "ledgertransaction": LedgerTransaction.objects.earliest("pk").pk,
        "ledgeraccount": LedgerAccount.objects.filter(vendor__isnull=False)[0].pk,
        "commission": Commission.objects.get().pk,
        "commissionrule": rule_of(order.vendor_orders.get().vendor, amounts={"EUR": (30, 0, None)}).pk,
    }


def test_every_page_is_shown(client: Client, rows: dict[str, int]) -> None:
    for name, key in rows.items():
        listed = client.get(reverse(f"admin:payouts_{name}_changelist"))
        shown = client.get(reverse(f"admin:payouts_{name}_change", args=[key]))
        assert (listed.status_code, shown.status_code) == (200, 200)
    accounts = client.get(reverse("admin:payouts_ledgeraccount_changelist")).content.decode()
    assert ("Clay" in accounts, "9.05 EUR" in accounts) == (True, True)


def test_nothing_is_written_by_hand(client: Client, rows: dict[str, int]) -> None:
    for name, key in rows.items():
        answers = [
            client.get(reverse(f"admin:payouts_{name}_add")),
            client.post(reverse(f"admin:payouts_{name}_change", args=[key]), {"currency": "USD"}),
            client.post(reverse(f"admin:payouts_{name}_delete", args=[key]), {"post": "yes"}),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
