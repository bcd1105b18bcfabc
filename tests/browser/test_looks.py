"""Every page a buyer meets: nothing sticks out on a small phone, and axe finds nothing serious in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from catalog.operations.offers import refresh_offers
from tests.browser.buyer import Buyer, follow, heading, press
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.shop import Shop
from tests.support.payments import ASKS_BUYER, DECLINED

pytestmark = pytest.mark.browser

SERIOUS: Final = frozenset({"serious", "critical"})
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
# What is found out about a page, by its address.
STATIC: Final = {
    "empty cart": "/cart",
    "nothing found": "/products?q=nosuchthing&stock=1&sort=TITLE",
    "sign in": "/account/sign-in",
    "sign up": "/account/sign-up",
    "reset": "/account/reset",
    "new password": "/account/reset?key=of-a-mail",
    "verify": "/account/verify?key=of-a-mail",
    "refused": "/products?after=nonsense",
    "not there": "/no-such-page",
}
# Pictures shall be there, and nothing reach beyond the edge; what does is named.
OVERFLOW: Final = """() => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  return [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > width + 1)
    .map(each => `${each.tagName}.${each.className} ${each.innerText?.slice(0, 40)}`)
}"""
BROKEN: Final = """() => [...document.images]
  .filter(each => each.complete && !each.naturalWidth).map(each => each.src)"""


# Too wide, a picture that is none, and grey on grey by night.
BAD: Final = """<style>@media (prefers-color-scheme: dark) { i { color: #777; background: #888 } }</style>
<div style="width: 400px; height: 1px"></div><img alt="" src="data:image/png;base64,aGVsbG8="><i>Grey</i>"""


@dataclass(kw_only=True)
class Eyes:
    """Looks at a page in both sizes and both schemes and keeps what is wrong with it."""

    page: Page
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        if name in self.seen:
            return
        self.seen.add(name)
        self.page.set_viewport_size(PHONE)
        self.faults += [f"{name} overflows: {each}" for each in self.page.evaluate(OVERFLOW)]
        self.faults += [f"{name} lacks a picture: {each}" for each in self.page.evaluate(BROKEN)]
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            found: dict[str, Any] = Axe().run(self.page).response
            self.faults += [
                f"{name}, {scheme}: {each['id']} at {node['html'][:160]}: {node['failureSummary']}"
                for each in found["violations"]
                if each["impact"] in SERIOUS
                for node in each["nodes"]
            ]
        self.page.set_viewport_size(DESK)


@pytest.fixture
def eyes(visit: Visit) -> Iterator[Eyes]:
    """Open from the first page to the last; what they have seen must be faultless."""
    eyes = Eyes(page=visit())
    yield eyes
    assert eyes.faults == []


def test_the_eyes_see_what_is_wrong(visit: Visit) -> None:
    eyes = Eyes(page=visit())
    eyes.page.set_content("<html lang=en><title>Bad</title><main><h1>Bad</h1>" + BAD)
    eyes.look("bad")
    assert [fault.split(":")[0] for fault in eyes.faults] == [
        "bad overflows",
        "bad lacks a picture",
        "bad, dark",
    ]


def test_pages_to_look_around(shop: Shop, eyes: Eyes) -> None:
    page = eyes.page
    for name, address in STATIC.items():
        page.goto(address)
        eyes.look(name)
    page.goto("/account/sign-in")
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.get_by_label("Password").fill("whatever it was")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    eyes.look("sign-in refused")
    shop.cap.variant.product.variants.update(on_hand=0)
    refresh_offers([shop.cap.variant.product])
    page.goto("/")
    eyes.look("home")
    page.goto(f"/products/{shop.cap.variant.product.slug}")
    press(page, "Add to cart")
    expect(page.get_by_role("alert")).to_be_visible()
    eyes.look("sold out")


def test_pages_of_the_purchase(shop: Shop, eyes: Eyes) -> None:
    page = eyes.page
    buyer = Buyer(page=page, look=eyes.look)
    for good in shop.goods:
        buyer.add(good)
    buyer.see_cart()
    buyer.start_checkout()
    buyer.give_contact()
    page.get_by_label("The bill goes there too").uncheck()
    eyes.look("two addresses")
    page.get_by_label("The bill goes there too").check()
    buyer.give_address()
    buyer.choose_shipping(**{"Kiln Row": "Express"})
    follow(page, "Change the addresses")
    eyes.look("addresses to choose")
    press(page, "Go on")
    buyer.order()
    buyer.pay(DECLINED)
    expect(page.get_by_role("alert")).to_be_visible()
    eyes.look("declined")
    buyer.pay(ASKS_BUYER)
    heading(page, "Is it you who pays?")
    eyes.look("bank")
    press(page, "Approve")
    buyer.see_receipt()
