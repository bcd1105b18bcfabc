"""What buyers send back: in time, no more than they have, and counted as it comes."""

from datetime import timedelta

import pytest
from django.conf import settings

from checkout.errors import ReturnWindowClosed, TooManyUnits
from checkout.models import Return, ReturnReason, ReturnWish, VendorOrder
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from checkout.operations.returns import (
    Wanted,
    answer_return,
    receive_return,
    request_return,
    withdraw_return,
)
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from tests.factories.checkout import buyable
from tests.factories.sold import line_of, part_of, sold
from tests.support.published import published

pytestmark = pytest.mark.django_db


def _request(part: VendorOrder, units: int = 1) -> Return:
    wanted = Wanted(units=units, reason=ReturnReason.DAMAGED, note="It leaks.")
    return request_return(part=part, wanted={line_of(part).pk: wanted}, wish=ReturnWish.REFUND, actor=None)


def _arrived(quantity: int = 3, on_hand: int = 5) -> VendorOrder:
    part = part_of(sold(buyable(on_hand=on_hand), quantity=quantity))
    mark_delivered(fulfillment=fulfill_vendor_order(part=part, actor=None))
    return part


def test_it_comes_back_bit_by_bit() -> None:
    part = _arrived()
    asked = _request(part, 2)
    assert (asked.number, asked.lines.get().note) == (f"{part.number}-R1", "It leaks.")
    answer_return(asked=asked, is_approved=True, answer="", actor=None)
    key = line_of(part).pk
    first = receive_return(asked=asked, actor=None, units={key: 1}, idempotency_key="one")
    again = receive_return(asked=asked, actor=None, units={key: 1}, idempotency_key="one")
    assert (first.status, again.status, line_of(part).returned) == ("partly_received",) * 2 + (1,)
    with pytest.raises(TooManyUnits):
        receive_return(asked=asked, actor=None, units={key: 2})
    assert receive_return(asked=asked, actor=None, is_restocked=False).status == "received"
    variant = line_of(part).variant
    assert (line_of(part).returned, variant.on_hand) == (2, 3)
    with published() as said, pytest.raises(TransitionNotAllowed):
        receive_return(asked=asked, actor=None)
    assert said == []


def test_nothing_is_announced_twice() -> None:
    part = _arrived()
    first = _request(part, 2)
    with pytest.raises(TooManyUnits) as refused:
        _request(part, 2)
    assert refused.value.left == 1
    withdraw_return(asked=first, actor=None)
    assert _request(part, 3).status == "requested"


def test_only_in_time() -> None:
    part = _arrived()
    late = clock.now() + timedelta(days=settings.RETURN_DAYS)
    with clock.at(late), pytest.raises(ReturnWindowClosed):
        _request(part)
    with clock.at(late - timedelta(hours=1)):
        assert _request(part).status == "requested"


def test_what_was_not_sent_does_not_come_back() -> None:
    with pytest.raises(TransitionNotAllowed):
        _request(part_of(sold()))
    assert Return.objects.count() == 0


def test_a_refusal_says_why_and_is_the_last_word() -> None:
    asked = _request(_arrived())
    with pytest.raises(InvalidInput):
        answer_return(asked=asked, is_approved=False, answer=" ", actor=None)
    declined = answer_return(asked=asked, is_approved=False, answer="It was used.", actor=None)
    assert (declined.status, declined.answer) == ("declined", "It was used.")
    with pytest.raises(TransitionNotAllowed):
        answer_return(asked=asked, is_approved=True, answer="", actor=None)
    with pytest.raises(TransitionNotAllowed):
        receive_return(asked=asked, actor=None)
