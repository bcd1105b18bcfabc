"""What staff see of carts, and how vendors ship."""

import pytest
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse

from checkout.models import (
    Cart,
    OrderReviewCause,
    Refund,
    RefundReason,
    ShippingMethod,
    ShippingProfile,
    ShippingRate,
    ShippingZone,
)
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund, settle_refund
from checkout.operations.reviews import hold
from checkout.risk import Found
from marketplace.accounts.models import User
from marketplace.gateway.models import SandboxRefund
from marketplace.kernel.models import AuditEntry
from marketplace.kernel.money import Money
from marketplace.staff import FINANCE, SUPPORT
from tests.factories.accounts import UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable, filled_cart
from tests.factories.sold import line_of, part_of, sold
from tests.factories.vendors import VendorFactory
from tests.support.staff import with_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> User:
    user: User = UserFactory.create(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.usefixtures("admin")
def test_a_cart_can_be_looked_at_and_its_token_cannot(client: Client) -> None:
    cart = filled_cart(buyable())
    for page in (
        reverse("admin:checkout_cart_changelist"),
        reverse("admin:checkout_cart_change", args=[cart.pk]),
    ):
        response = client.get(page)
        assert response.status_code == 200
        assert str(cart.token) not in response.content.decode()


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_a_cart_is_its_buyers(client: Client, action: str) -> None:
    cart = filled_cart(buyable())
    page = reverse(f"admin:checkout_cart_{action}", args=[] if action == "add" else [cart.pk])
    assert client.post(page, {"email": "eve@example.com", "post": "yes"}).status_code == 403
    assert Cart.objects.get().email == ""


@pytest.mark.usefixtures("admin")
def test_a_way_to_ship_is_set_and_never_deleted(client: Client) -> None:
    vendor = VendorFactory.create()
    form = {"vendor": vendor.pk, "name": "Parcel", "price_minor": 490, "currency": "EUR", "position": 0}
    page = reverse("admin:checkout_shippingmethod_add")
    assert client.post(page, form | {"currency": "euro"}).status_code == 200
    assert client.post(page, form | {"price_minor": -1}).status_code == 200
    assert not ShippingMethod.objects.exists()
    assert client.post(page, form).status_code == 302
    assert ShippingMethod.objects.get().price == Money(490, "EUR")
    kept = ShippingMethodFactory.create()
    page = reverse("admin:checkout_shippingmethod_delete", args=[kept.pk])
    assert client.post(page, {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:checkout_shippingmethod_changelist")).status_code == 200


def test_what_is_set_by_hand_is_on_record_with_the_rows_on_its_page(client: Client, admin: User) -> None:
    method = ShippingMethodFactory.create()
    profile = ShippingProfile.objects.create(vendor=method.vendor, name="Heavy", origin="DE")
    zone = ShippingZone.objects.create(profile=profile, name="Home", countries=["DE"])
    rate = ShippingRate.objects.create(zone=zone, method=method, price_minor=500)
    address = reverse("admin:checkout_shippingzone_change", args=[zone.pk])
    given = {"profile": profile.pk, "name": "Near", "countries": "DE"}
    given |= {"rates-TOTAL_FORMS": 1, "rates-INITIAL_FORMS": 1}
    row = {"id": rate.pk, "zone": zone.pk, "method": method.pk, "kind": "flat", "price_minor": 700}
    row |= {"extra_minor": 0, "tiers": "[]"}
    given |= {f"rates-0-{name}": value for name, value in row.items()}
    assert client.post(address, given).status_code == 302
    assert client.post(address, given | {"rates-0-DELETE": "on"}).status_code == 302
    assert [
        (each.action, each.subject_id, each.before, each.after) for each in AuditEntry.objects.order_by("pk")
    ] == [
        ("checkout.shippingzone_changed", zone.pk, {"name": "Home"}, {"name": "Near"}),
        ("checkout.shippingrate_changed", rate.pk, {"price_minor": 500}, {"price_minor": 700}),
        ("checkout.shippingzone_changed", zone.pk, {}, {}),
        (
            "checkout.shippingrate_removed",
            rate.pk,
            model_to_dict(rate, exclude=["id"]) | {"price_minor": 700},
            None,
        ),
    ]
    assert {each.actor_id for each in AuditEntry.objects.all()} == {admin.pk}


@pytest.mark.usefixtures("admin")
def test_a_refund_that_failed_is_found_and_tried_again(client: Client) -> None:
    part = part_of(sold())
    refund = refund_vendor_order(
        part=part, asked=Asked(units={line_of(part).pk: 1}), reason=RefundReason.OTHER, actor=None
    )
    send_refund(refund_id=refund.pk)
    failing = reverse("admin:checkout_refund_changelist") + "?open=failed"
    assert str(refund.uuid) not in client.get(failing).content.decode()
    SandboxRefund.objects.update(status="failed")
    settle_refund(provider="sandbox", ref=SandboxRefund.objects.get().ref)
    assert str(refund.uuid) in client.get(failing).content.decode()
    address = reverse("admin:checkout_refund_retry") + f"?ids={refund.pk}"
    shown = client.get(reverse("admin:checkout_refund_change", args=[refund.pk]))
    assert address in shown.content.decode()
    for _ in range(2):
        assert client.post(address).status_code == 302
    again = Refund.objects.get(retry_of=refund)
    assert (again.amount_minor, again.version, again.status) == (1000, 2, "created")
    client.get(failing)  # shows that it was done
    assert str(refund.uuid) not in client.get(failing).content.decode()


def test_who_only_looks_at_refunds_does_not_try_them_again(client: Client) -> None:
    client.force_login(with_role(SUPPORT))
    assert client.get(reverse("admin:checkout_refund_changelist")).status_code == 200
    assert client.post(reverse("admin:checkout_refund_retry") + "?ids=1").status_code == 403


def test_f126_support_decides_about_orders_under_review_in_the_console(client: Client) -> None:
    client.force_login(with_role(SUPPORT))
    for name, status in (("release", "released"), ("reject", "rejected")):
        order = sold()
        found = Found(cause=OrderReviewCause.FIRST_ORDER_CAP, reference=order.number, facts={"total": "1"})
        review = hold(order.pk, [found])
        assert review is not None
        address = reverse(f"admin:checkout_orderreview_{name}") + f"?ids={review.pk}"
        shown = client.get(reverse("admin:checkout_orderreview_change", args=[review.pk]))
        assert address in shown.content.decode()
        assert client.get(address).status_code == 200
        assert client.post(address, {"note": "Seen"}).status_code == 302
        review.refresh_from_db()
        assert (review.status, review.note, review.actor is not None) == (status, "Seen", True)
    assert client.get(reverse("admin:checkout_orderreview_changelist")).status_code == 200


def test_f126_who_only_looks_at_reviews_does_not_decide(client: Client) -> None:
    client.force_login(with_role(FINANCE))
    assert client.get(reverse("admin:checkout_orderreview_changelist")).status_code == 200
    for name in ("release", "reject"):
        assert client.post(reverse(f"admin:checkout_orderreview_{name}") + "?ids=1").status_code == 403
