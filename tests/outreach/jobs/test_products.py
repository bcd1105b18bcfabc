"""Word of what somebody waits for: once a product and day, to who asked, of what can be bought."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from catalog.models import Product, StockReason, Variant
from catalog.operations.products import archive_product
from catalog.operations.stock import adjust_stock
from catalog.operations.variants import save_variant
from marketplace.accounts.models import User
from marketplace.community.models import ProductAlert
from marketplace.community.operations.alerts import subscribe_to_product
from marketplace.community.operations.wishes import add_to_wishlist
from marketplace.community.operations.wishlists import watch_wishlist
from marketplace.kernel.money import Money
from marketplace.outreach.jobs.products import mail_price_drop, mail_restocked
from marketplace.outreach.models import Mail, MailTopic
from marketplace.outreach.operations.preferences import save_preferences
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.support.mails import sent
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db
BOTH = {"variant_id": None, "is_for_stock": True, "is_for_price": True}


def waits(variant: Variant, user: User | None = None) -> User:
    user = user or UserFactory.create()
    subscribe_to_product(user=user, product_id=variant.product_id, **BOTH)  # type: ignore[arg-type]
    return user


def restock(variant: Variant, delta: int = 1) -> None:
    adjust_stock(variant=variant, delta=delta, reason=StockReason.CORRECTION, actor=None)


def costs(variant: Variant, minor: int) -> None:
    price = Money(minor, variant.currency)
    save_variant(product=variant.product, variant=variant, sku=variant.sku, price=price, options={})


def mailed() -> list[tuple[str, str]]:
    return [(message.to[0], message.subject.partition(":")[0]) for message in sent()]


def test_f31_who_waits_is_mailed_once_when_something_is_back() -> None:
    variant, other = buyable(on_hand=0), buyable(on_hand=0)
    user, watcher = waits(variant), UserFactory.create()
    waits(variant, user=UserFactory.create(is_active=False))
    waits(other)
    item = add_to_wishlist(session=SessionStore(), user=watcher, product_id=variant.product_id)
    watch_wishlist(wishlist=item.wishlist, user=watcher, is_watched=True)
    add_to_wishlist(session=SessionStore(), user=UserFactory.create(), product_id=variant.product_id)
    restock(variant)
    restock(variant)
    assert mailed() == [(user.email, "Back in stock"), (watcher.email, "Back in stock")]
    restock(variant, -2)
    restock(variant)  # the same day
    assert len(mailed()) == 2


def test_f31_units_beside_others_are_no_news() -> None:
    variant = buyable(on_hand=1)
    waits(variant)
    restock(variant)
    restock(variant, -1)
    assert mailed() == []


def test_f31_less_than_when_they_asked_is_told_and_less_than_that_the_next_day() -> None:
    variant = buyable(price_minor=1000)
    user = waits(variant)
    costs(variant, 1100)
    costs(variant, 1050)
    assert mailed() == []
    costs(variant, 900)
    costs(variant, 950)
    costs(variant, 800)
    assert mailed() == [(user.email, "Costs less now")]
    assert ProductAlert.objects.get().price_minor == 800
    Mail.objects.update(occasion="another day")
    costs(variant, 850)
    costs(variant, 800)
    assert len(mailed()) == 1
    costs(variant, 700)
    assert len(mailed()) == 2


def test_f31_another_currency_is_no_lower_price() -> None:
    variant = buyable(price_minor=1000)
    waits(variant)
    ProductAlert.objects.update(currency="JPY")
    costs(variant, 900)
    assert mailed() == []


@pytest.mark.parametrize("is_suspended", [True, False])
def test_f31_nothing_is_said_of_what_cannot_be_bought(*, is_suspended: bool) -> None:
    variant = buyable(on_hand=0)
    waits(variant)
    product = variant.product
    if is_suspended:
        product.vendor.status = VendorStatus.SUSPENDED
        product.vendor.save()
    else:
        archive_product(product=product, actor=UserFactory.create())
    restock(variant)
    product = Product.objects.get(pk=product.pk)
    mail_price_drop(product_id=product.pk, was_minor=2000, now_minor=1000)
    assert mailed() == []


def test_f31_what_is_sold_out_again_when_the_mail_leaves_is_not_told() -> None:
    variant = buyable(on_hand=0)
    waits(variant)
    restock(variant)
    mail_restocked(variant_id=variant.pk)
    restock(variant, -1)
    assert (mailed(), Mail.objects.get().status) == ([], "dropped")


def test_f31_one_click_ends_it_and_a_later_yes_is_for_the_later_thing() -> None:
    first, later = buyable(on_hand=0), buyable(on_hand=0)
    user = waits(first)
    restock(first)
    (message,) = sent()
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    save_preferences(user=user, wanted=[])
    assert not ProductAlert.objects.exists()
    save_preferences(user=user, wanted=[MailTopic.PRODUCT_ALERTS])
    waits(later, user=user)
    assert list(ProductAlert.objects.values_list("product", flat=True)) == [later.product_id]
