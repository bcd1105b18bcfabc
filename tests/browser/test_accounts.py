"""A visitor becomes a member by the link in the mailbox, and is known the next time."""

import email
import email.policy
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.buyer import HOME, Buyer, follow, heading, press
from tests.browser.conftest import Site, Visit
from tests.browser.shop import Shop, sold
from tests.support.payments import ASKS_BUYER
from tests.support.waiting import until

pytestmark = pytest.mark.browser

PASSWORD = "a-long-walk-by-the-sea"
LINK = re.compile(r"https?://\S+/account/\S+")


def _link_in_mail(folder: Path, address: str) -> str:
    """Wait for a message to the address; the link it holds."""
    found: list[str] = []

    def look() -> bool:
        for path in folder.glob("*.log"):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            if message["To"] == address and body is not None:
                found.extend(LINK.findall(body.get_content()))
        return bool(found)

    assert until(look), f"no mail to {address}"
    return found[0]


def _sign_up(page: Page, site: Site, address: str) -> None:
    page.goto("/account/sign-up")
    page.get_by_label("Your name").fill("Grace Hopper")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign up")
    expect(page.get_by_role("status")).to_contain_text(address)
    page.goto(_link_in_mail(site.mail, address))
    heading(page, "Confirm your e-mail address")
    press(page, "Yes, confirm it")
    expect(page.get_by_role("status")).to_contain_text("Your e-mail address is confirmed.")


def _sign_in(page: Page, address: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_member_keeps_what_was_put_in_the_cart_before(
    shop: Shop, visit: Visit, site: Site, has_script: bool
) -> None:
    address = f"grace-{has_script}-{shop.mug.variant.pk}@example.com".lower()
    page = visit(java_script_enabled=has_script)
    buyer = Buyer(page=page)
    _sign_up(page, site, address)
    _sign_in(page, address, "not-this-one-at-all")
    expect(page.get_by_role("alert")).to_be_visible()
    _sign_in(page, address)
    buyer.add(shop.cap)
    press(page, "Sign out")

    # Somebody else, as far as the shop knows, until the checkout asks.
    buyer.add(shop.mug)
    buyer.see_cart()
    assert buyer.parts() == ["Kiln Row"]
    buyer.start_checkout()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    _sign_in(page, address)
    page.get_by_role("link", name="2 in it").click()
    heading(page, "Your cart")
    assert sorted(buyer.parts()) == ["Fell Knit", "Kiln Row"]
    buyer.start_checkout()
    buyer.give_address()
    buyer.choose_shipping(**{"Kiln Row": "Parcel"})
    number = buyer.order()
    buyer.pay(ASKS_BUYER)
    press(page, "Approve")
    buyer.see_receipt()
    titles = [shop.mug.title, shop.cap.title]
    sold(shop, number, dict.fromkeys(titles, 1), shipping=dict.fromkeys(titles, 490))

    # The next time the address is there to choose.
    buyer.add(shop.candles)
    buyer.see_cart()
    buyer.start_checkout()
    known = page.get_by_role("group", name="Where the goods go").get_by_role("radio", name=HOME["Name"])
    expect(known).to_be_checked()
    press(page, "Go on")
    expect(page.get_by_role("button", name="Order and pay")).to_have_text("Order and pay €27.85")


def test_a_forgotten_password_is_replaced_by_mail(visit: Visit, site: Site, shop: Shop) -> None:
    address = f"ada-{shop.mug.variant.pk}@example.com"
    page = visit(java_script_enabled=False)
    _sign_up(page, site, address)
    for path in site.mail.glob("*.log"):
        path.unlink()
    page.goto("/account/sign-in")
    follow(page, "Forgot the password?")
    page.get_by_label("E-mail address").fill(address)
    press(page, "Send the link")
    expect(page.get_by_role("status")).to_contain_text("a message is on its way")
    page.goto(_link_in_mail(site.mail, address))
    page.get_by_label("New password").fill("another-walk-in-the-hills")
    press(page, "Keep this one")
    _sign_in(page, address, "another-walk-in-the-hills")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
