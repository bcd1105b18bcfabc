"""A complaint, seen by both sides."""

import pytest

from checkout.events import CaseAnswered, CaseOpened
from checkout.models import CaseTopic, OrderCase
from checkout.operations.cases import close_case, open_case, reply_to_case
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from tests.factories.orders import placed
from tests.factories.sold import part_of, sold
from tests.support.published import published

pytestmark = pytest.mark.django_db


def test_r28_a_case_on_an_orders_number_goes_to_and_fro() -> None:
    part = part_of(sold())
    with published(CaseOpened, CaseAnswered) as said:
        case = open_case(part=part, actor=None, topic=CaseTopic.NOT_ARRIVED, text="Where is it?")
        assert (case.number, case.status) == (f"{part.number}-C1", "open")
        reply = reply_to_case(case=case, actor=None, is_from_vendor=True, text="On its way.")
    assert said == [CaseOpened(case_id=case.pk), CaseAnswered(message_id=reply.pk)]
    assert OrderCase.objects.get().status == "answered"
    assert close_case(case=case, actor=None).status == "closed"
    reply_to_case(case=case, actor=None, is_from_vendor=False, text="It is not.")
    assert OrderCase.objects.get().status == "open"
    assert [message.is_from_vendor for message in case.messages.all()] == [False, True, False]


def test_the_same_key_opens_one_case() -> None:
    part = part_of(sold())
    for _ in range(2):
        open_case(part=part, actor=None, topic=CaseTopic.OTHER, text="Hm.", idempotency_key="one")
    assert OrderCase.objects.count() == 1


def test_an_empty_or_an_unpaid_one_is_refused() -> None:
    with pytest.raises(InvalidInput):
        open_case(part=part_of(sold()), actor=None, topic=CaseTopic.OTHER, text=" ")
    with pytest.raises(TransitionNotAllowed):
        open_case(part=part_of(placed()), actor=None, topic=CaseTopic.OTHER, text="Hm.")
    assert OrderCase.objects.count() == 0
