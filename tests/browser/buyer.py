"""What a buyer does with the pages: looks for words, presses what has a name, fills what has a label."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.shop import Good
from tests.support.payments import OK

HOME = {
    "Name": "Grace Hopper",
    "Street and number": "Torstr. 1",
    "Postal code (optional)": "10119",
    "City": "Berlin",
}
ORDERS = re.compile(r"/orders/(?P<number>[^/?]+)")


def press(page: Page, name: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    """Follow the link of this name."""
    page.get_by_role("link", name=name, exact=True).click()


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait for the page that is headed so."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def number_of(page: Page) -> str:
    """The number of the order that the page is about."""
    found = ORDERS.search(page.url)
    assert found is not None, page.url
    return found["number"]


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A person at a page. `look` is called at every page of the purchase, with its name."""

    page: Page
    look: Callable[[str], None] | None = None

    def _look_at(self, name: str) -> None:
        if self.look:
            self.look(name)

    def find(self, good: Good) -> None:
        """Search for the title and open what is found."""
        self.page.goto("/products")
        self.page.get_by_label("Search", exact=True).fill(good.title)
        self.page.get_by_role("button", name="Search").click()
        expect(self.page.get_by_role("heading", name="found")).to_have_text("1 found")
        self._look_at("search")
        self.page.get_by_role("link", name=good.title).click()
        heading(self.page, good.title)

    def add(self, good: Good, quantity: int = 1) -> None:
        """Find it and put so many in the cart."""
        self.find(good)
        if good.option:
            self.page.get_by_role("radio", name=good.option).check()
        self.page.get_by_label("Quantity").fill(str(quantity))
        press(self.page, "Add to cart")
        expect(self.page.get_by_role("status")).to_contain_text("It is in your cart.")
        self._look_at("product")

    def see_cart(self) -> None:
        follow(self.page, "Go to the cart")
        heading(self.page, "Your cart")
        self._look_at("cart")

    def start_checkout(self) -> None:
        follow(self.page, "Check out")
        heading(self.page, "Check out")

    def give_contact(self, email: str = "grace@example.com") -> None:
        self._look_at("contact")
        self.page.get_by_label("E-mail address").fill(email)
        press(self.page, "Go on")

    def give_address(self) -> None:
        """Type an address for the goods and the bill."""
        self._look_at("addresses")
        goods = self.page.get_by_role("group", name="Where the goods go")
        for label, text in HOME.items():
            goods.get_by_label(label, exact=True).fill(text)
        goods.get_by_label("Country").select_option(label="Germany")
        press(self.page, "Go on")

    def choose_shipping(self, **chosen: str) -> None:
        """Choose a way for the vendors named; the others have but one."""
        self._look_at("shipping")
        for group, way in chosen.items():
            self.page.get_by_role("group", name=group).get_by_role("radio", name=way).check()
        press(self.page, "Go on")

    def order(self) -> str:
        """Order what the page shows; the number of the order."""
        self._look_at("review")
        press(self.page, "Order and pay")
        heading(self.page, re.compile("^Pay €"))
        return number_of(self.page)

    def pay(self, card: str = OK) -> None:
        """Type a card and press the button; where that leads is another matter."""
        self._look_at("payment")
        self.page.get_by_label("Card number").fill(card)
        self.page.get_by_label("Expires").fill("12/40")
        self.page.get_by_label("Security code").fill("123")
        press(self.page, "Pay €")

    def see_receipt(self) -> None:
        heading(self.page, "Thank you: it is paid")
        self._look_at("receipt")

    def parts(self) -> list[str]:
        """The headings of the vendors on a cart or an order."""
        return self.page.locator("main section h2").all_inner_texts()

    def lines_of(self, vendor: str) -> Locator:
        """What the page lists of a vendor."""
        return self.page.get_by_role("region", name=vendor).get_by_role("listitem")
