import pytest
from django.core import mail

from catalog.models import Product, Variant
from catalog.operations.delivery_notes import set_delivery_note
from checkout.jobs import deliver_released
from checkout.models import Fulfillment, FulfillmentLine, Order, OrderReview, VendorOrderStatus
from checkout.operations import reviews
from checkout.operations.digital import deliver_digital
from checkout.operations.fulfil import fulfill_vendor_order
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import placed
from tests.factories.sold import part_of, sold
from tests.factories.vendors import VendorFactory
from tests.support.queue import run_queued
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def _song(note: str = "https://songs.example/7", vendor: Vendor | None = None) -> Variant:
    variant = buyable(vendor=vendor)
    Product.objects.filter(pk=variant.product_id).update(is_shipped=False)
    variant.refresh_from_db()
    return set_delivery_note(variant=variant, note=note)


def _under_review(order: Order) -> OrderReview:
    return OrderReview.objects.create(order=order)


def test_what_is_digital_is_had_once_it_is_paid_and_mailed_once() -> None:
    song = _song()
    order = sold(song, quantity=2)
    assert not Fulfillment.objects.exists()
    run_queued()
    part = part_of(order)
    (parcel,) = part.fulfillments.all()
    (line,) = FulfillmentLine.objects.all()
    assert (part.status, parcel.is_digital, line.quantity) == (VendorOrderStatus.DELIVERED, True, 2)
    assert (line.note, line.order_line.shipped) == ("https://songs.example/7", 2)
    (letter,) = [each for each in mail.outbox if each.subject.startswith("Here it is")]
    assert (letter.to, "https://songs.example/7" in str(letter.body)) == ([order.email], True)
    set_delivery_note(variant=song, note="Another.")
    assert (deliver_digital(order_id=order.pk), Fulfillment.objects.count()) == ([], 1)
    line.refresh_from_db()
    assert line.note == "https://songs.example/7"


def test_of_a_mixed_part_only_what_is_digital_is_had_and_the_rest_is_shipped() -> None:
    vendor = VendorFactory.create()
    order = sold(_song(vendor=vendor), buyable(vendor=vendor), ships=490)
    (parcel,) = deliver_digital(order_id=order.pk)
    part = part_of(order)
    assert (part.status, parcel.lines.count()) == (VendorOrderStatus.PARTIALLY_SHIPPED, 1)
    sent = fulfill_vendor_order(part=part, actor=None)
    assert [line.order_line.is_shipped for line in sent.lines.all()] == [True]
    assert part_of(order).status == VendorOrderStatus.SHIPPED


def test_nothing_is_had_while_people_look_at_the_order_and_all_of_it_after_its_release() -> None:
    order = sold(_song())
    review = _under_review(order)
    assert (deliver_digital(order_id=order.pk), Fulfillment.objects.count()) == ([], 0)
    reviews.release_order(review=review, actor=UserFactory.create(is_staff=True))
    deliver_released(review_id=review.pk)
    assert part_of(order).status == VendorOrderStatus.DELIVERED


def test_what_is_not_paid_or_was_called_off_is_not_had() -> None:
    assert deliver_digital(order_id=placed(_song()).pk) == []
    order = sold(_song())
    review = _under_review(order)
    reviews.reject_order(review=review, actor=UserFactory.create(is_staff=True))
    deliver_released(review_id=review.pk)
    assert Fulfillment.objects.count() == 0


def test_what_was_bought_as_shipped_is_not_handed_over() -> None:
    variant = buyable()
    order = sold(variant)
    Product.objects.filter(pk=variant.product_id).update(is_shipped=False)
    assert deliver_digital(order_id=order.pk) == []
