"""A guest buys of three vendors, as people do: by pointer, by keyboard, with scripts and without."""

import pytest
from playwright.sync_api import expect

from tests.browser.buyer import HOME, Buyer, follow, heading, number_of, press
from tests.browser.conftest import PHONE, Visit
from tests.browser.keys import Keys
from tests.browser.shop import Shop, sold
from tests.support.payments import ASKS_BUYER, DECLINED, OK

pytestmark = pytest.mark.browser

PARCEL = 490
EXPRESS = 1450
# The order in which the vendors came into the cart.
PLACES = (("Fell Knit", 3), ("Kiln Row", 2), ("Lantern House", 1))


def _order(buyer: Buyer, shop: Shop) -> str:
    """One unit of each of three vendors, up to the page of the payment."""
    for good in shop.goods:
        buyer.add(good)
    buyer.see_cart()
    buyer.start_checkout()
    buyer.give_contact()
    buyer.give_address()
    buyer.choose_shipping(**{"Kiln Row": "Parcel"})
    return buyer.order()


def _one_of_each(shop: Shop, number: str) -> None:
    titles = [good.title for good in shop.goods]
    sold(shop, number, dict.fromkeys(titles, 1), shipping=dict.fromkeys(titles, PARCEL))


def _unsold(shop: Shop) -> bool:
    for good in shop.goods:
        good.variant.refresh_from_db()
    return all((good.variant.on_hand, good.variant.reserved) == (10, 1) for good in shop.goods)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_guest_buys_of_three_vendors_and_pays_once(shop: Shop, visit: Visit, has_script: bool) -> None:
    page = visit(java_script_enabled=has_script)
    buyer = Buyer(page=page)
    buyer.add(shop.candles, 2)
    buyer.add(shop.mug)
    buyer.add(shop.cap, 3)
    buyer.see_cart()
    assert sorted(buyer.parts()) == ["Fell Knit", "Kiln Row", "Lantern House"]
    expect(buyer.lines_of("Kiln Row")).to_have_count(1)
    expect(buyer.lines_of("Kiln Row")).to_contain_text("Glaze: Moss")
    expect(buyer.lines_of("Fell Knit")).to_contain_text("€108.00")
    buyer.start_checkout()
    buyer.give_contact()
    buyer.give_address()
    buyer.choose_shipping(**{"Kiln Row": "Express"})
    # 2 x 18.50 + 24.00 + 3 x 36.00, and 14.50 + 2 x 4.90 for shipping; tax is 19 % of it all.
    expect(page.get_by_role("button", name="Order and pay")).to_have_text("Order and pay €230.03")
    number = buyer.order()
    buyer.pay()
    buyer.see_receipt()
    assert sorted(buyer.parts()) == [f"{each} {number}-{place}" for each, place in PLACES]
    bought = {shop.mug.title: 1, shop.cap.title: 3, shop.candles.title: 2}
    ships = {shop.mug.title: EXPRESS, shop.cap.title: PARCEL, shop.candles.title: PARCEL}
    sold(shop, number, bought, shipping=ships)
    follow(page, "Cart")
    expect(page.get_by_role("main")).to_contain_text("There is nothing in it yet.")


def test_the_cart_is_changed_before_it_is_ordered(shop: Shop, visit: Visit) -> None:
    page = visit()
    buyer = Buyer(page=page)
    buyer.add(shop.cap)
    buyer.add(shop.mug)
    buyer.see_cart()
    page.get_by_label(f"Quantity of {shop.cap.title}").fill("4")
    page.get_by_role("region", name="Fell Knit").get_by_role("button", name="Update").click()
    expect(buyer.lines_of("Fell Knit")).to_contain_text("€144.00")
    press(page, f"Remove {shop.mug.title}")
    expect(page.get_by_role("region", name="Kiln Row")).to_have_count(0)
    page.get_by_label(f"Quantity of {shop.cap.title}").fill("11")
    press(page, "Update")
    expect(buyer.lines_of("Fell Knit")).to_contain_text("were asked for, 10 were left.")
    expect(page.get_by_label(f"Quantity of {shop.cap.title}")).to_have_value("10")


def test_another_card_pays_after_one_was_declined(shop: Shop, visit: Visit) -> None:
    page = visit(viewport=PHONE)
    buyer = Buyer(page=page)
    number = _order(buyer, shop)
    buyer.pay(DECLINED)
    expect(page.get_by_role("alert")).to_have_text("The bank declined this card. Try another one.")
    assert _unsold(shop)
    buyer.pay()
    buyer.see_receipt()
    _one_of_each(shop, number)


def test_the_bank_is_told_no_then_yes(shop: Shop, visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    buyer = Buyer(page=page)
    number = _order(buyer, shop)
    buyer.pay(ASKS_BUYER)
    heading(page, "Is it you who pays?")
    press(page, "Fail")
    expect(page.get_by_role("alert")).to_contain_text("could not make sure that it is you")
    assert _unsold(shop)
    buyer.pay(ASKS_BUYER)
    press(page, "Approve")
    buyer.see_receipt()
    _one_of_each(shop, number)


def test_a_keyboard_is_enough(shop: Shop, visit: Visit) -> None:
    page = visit()
    keys = Keys(page=page)
    page.goto("/products")
    keys.press("Skip to the content")
    for good in (shop.mug, shop.cap):
        page.goto("/products")
        keys.type("Search", good.title)
        keys.press("Search")
        keys.press(good.title)
        heading(page, good.title)
        if good.option:
            keys.reach("Lake")
            page.keyboard.press("ArrowDown")
        keys.press("Add to cart")
        expect(page.get_by_role("status")).to_be_visible()
    keys.press("Go to the cart")
    keys.press("Check out")
    heading(page, "Check out")
    keys.type("E-mail address", "grace@example.com")
    keys.press("Go on")
    for label, text in HOME.items():
        keys.type(label, text)
    keys.type("Country", "Germ")
    keys.press("Go on")
    keys.reach("Parcel")
    page.keyboard.press("Space")
    keys.press("Go on")
    keys.press("Order and pay")
    keys.type("Card number", OK)
    keys.type("Expires", "12/40")
    keys.type("Security code", "123")
    keys.press("Pay €")
    heading(page, "Thank you: it is paid")
    bought = dict.fromkeys([shop.mug.title, shop.cap.title], 1)
    sold(shop, number_of(page), bought, shipping=dict.fromkeys(bought, PARCEL))
