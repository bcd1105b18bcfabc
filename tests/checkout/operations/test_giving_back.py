"""A refund as it is drafted: each part of it knows what went back before."""

import pytest
from django.db import transaction

from checkout.errors import RefundExceedsPaid
from checkout.models import Payment, Refund, RefundReason
from checkout.operations.giving_back import Draft, give_back
from checkout.operations.parts import lock_part
from tests.factories.checkout import Bought, buyable
from tests.factories.sold import part_of, sold_as
from tests.support.replay import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Draft:
    """Of a part of 3 x 9.99 and 1 x 5.00, and 4.90 for its shipping."""
    tea = buyable()
    mug = buyable(vendor=tea.vendor)
    goods = (Bought(variant=tea, unit_minor=999, quantity=3), Bought(variant=mug, unit_minor=500))
    part = part_of(sold_as(*goods, shipping_minor=490))
    with transaction.atomic():
        return Draft.of(*lock_part(part.pk))


def _give(draft: Draft) -> Refund | None:
    with transaction.atomic():
        return give_back(draft, reason=RefundReason.OTHER, actor=None)


def test_of_nothing_there_is_no_refund(draft: Draft) -> None:
    assert _give(draft) is None
    assert (Refund.objects.count(), draft.left_of_goods, draft.left_of_shipping) == (0, 3497, 490)


def test_a_fee_is_shared_by_what_the_units_are_due(draft: Draft) -> None:
    tea, mug = draft.lines
    draft.add_units({tea: 2, mug: 1}, fee=100)
    assert [(row.quantity, row.amount_minor, row.fee_minor) for row in draft.rows] == [
        (2, 1918, 80),
        (1, 480, 20),
    ]
    assert (draft.unpaid(tea, 3), draft.unpaid(mug, 1), draft.total) == (1, 0, 2398)


def test_an_amount_of_one_line_or_of_the_shipping_is_no_more_than_is_left(draft: Draft) -> None:
    _, mug = draft.lines
    draft.add_amount_of(mug, 600)
    draft.add_amount_of(mug, 1)
    draft.add_shipping_of(90)
    draft.add_shipping_of(500)
    draft.add_shipping_of(1)
    assert [(row.kind, row.paid_minor) for row in draft.rows] == [
        ("amount", 500),
        ("shipping", 90),
        ("shipping", 400),
    ]
    refund = _give(draft)
    assert refund is not None
    assert (refund.amount_minor, refund.version, draft.left_of_shipping) == (990, 1, 0)
    assert broken() == []


def test_what_the_payment_has_not_left_is_refused(draft: Draft) -> None:
    Payment.objects.update(refunded_minor=3987 - 499)
    draft.add_units({draft.lines[1]: 1})
    with pytest.raises(RefundExceedsPaid) as refused:
        _give(draft)
    assert (refused.value.left.minor, Refund.objects.count()) == (499, 0)
