"""The steps of a sale, as a storefront takes them: one cart, three vendors, one payment, three orders."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx

from marketplace.accounts.factors import current_code
from marketplace.demo import catalogue
from marketplace.demo.loading import ADMIN, LOGINS
from marketplace.demo.visitor import TOKEN, Visitor, expect

# What is bought: a word to search for, an article number, how many.
WANTED: Final = (("candles", "LH-WAX-3", 2), ("mug", "KR-MUG-LAKE", 1), ("cap", "FK-CAP-NIGHT", 3))
# What a member buys, who is then one of those who bought the caps.
TOGETHER: Final = (("cap", "FK-CAP-NIGHT", 1), ("bowl", "KR-BOWL-MOSS", 1))
DECLINED: Final = "4000000000000002"
PAYS: Final = "4242424242424242"
ASKS: Final = "4000002500003155"
HOME: Final = {"name": "Grace Hopper", "line1": "Torstr. 1", "city": "Berlin", "country": "DE"}

ERROR: Final = "__typename ... on Error { code message }"
FIND: Final = """
query Find($text: String!) {
  products(first: 24, filter: { text: $text }) {
    edges { node { slug variants(first: 20) { edges { node { id sku } } } } }
  }
}
"""
ADD: Final = f"""
mutation Add($input: AddToCartInput!) {{
  addToCart(input: $input) {{ {ERROR} ... on CartSuccess {{ cart {{ itemCount }} }} }}
}}
"""
CONTACT: Final = f"""
mutation Contact($input: SetCheckoutContactInput!) {{ setCheckoutContact(input: $input) {{ {ERROR} }} }}
"""
ADDRESSES: Final = f"""
mutation Addresses($input: SetCheckoutAddressesInput!) {{
  setCheckoutAddresses(input: $input) {{ {ERROR}
    ... on CartSuccess {{ cart {{ groups {{ vendor {{ id }} shippingOptions {{ id }} }} }} }} }}
}}
"""
SHIPPING: Final = f"""
mutation Shipping($input: SelectShippingInput!) {{
  selectShipping(input: $input) {{ {ERROR} ... on CartSuccess {{ cart {{ total {{ amount }} }} }} }}
}}
"""
PLACE: Final = f"""
mutation Place($input: PlaceOrderInput!) {{
  placeOrder(input: $input) {{ {ERROR} ... on PlaceOrderSuccess {{ token order {{
    number status total {{ amount }} payment {{ ref clientSecret amount {{ amount }} }}
    vendorOrders {{ edges {{ node {{ vendor {{ slug }} total {{ amount }} }} }} }} }} }} }}
}}
"""
CONFIRM: Final = f"""
mutation Confirm($input: ConfirmPaymentInput!) {{
  confirmPayment(input: $input) {{ {ERROR} ... on ConfirmPaymentSuccess {{ order {{ status }} }} }}
}}
"""
CART: Final = "query Cart { cart { itemCount } }"
STOCK: Final = """
query Stock($slug: String!, $from: Date!, $to: Date!) { viewer { vendor(slug: $slug) {
  listings(first: 50) { edges { node { variants(first: 20) { edges { node { sku onHand reserved } } } } } }
  income(by: DAY, from: $from, to: $to) { totals {
    gross { amount } shipping { amount } commission { amount } net { amount } orders units } }
} } }
"""
PROPOSED: Final = """
query Proposed($slug: String!) {
  recommendedProducts(first: 20) { edges { node { slug } } }
  product(slug: $slug) { alsoBought(first: 5) { edges { node { slug } } } }
}
"""
BALANCES: Final = "query Balances { platform { ledgerBalances { account balance { amount currency } } } }"


def fill_cart(visitor: Visitor) -> str:
    """A guest searches and takes from three vendors; the books of those are read before."""
    visitor.found["books"] = {slug: _books(visitor, slug) for slug in _owners()}
    return f"{_fill(visitor, WANTED)} units of {len(WANTED)} vendors in one cart"


def check_out(visitor: Visitor) -> str:
    """Contact, address, and a way of shipping for each vendor."""
    visitor.do(CONTACT, "CartSuccess", email="grace@demo.example")
    return f"costs {_ship(visitor)} with shipping and tax"


def order_once(visitor: Visitor) -> str:
    """The same key twice is one order, with a part for each vendor that add up to it."""
    key = secrets.token_hex(8)
    first, again = (visitor.do(PLACE, "PlaceOrderSuccess", idempotencyKey=key) for _ in range(2))
    order = first["order"]
    expect(again["order"]["number"] == order["number"], "a second order came of the same key")
    parts = [edge["node"] for edge in order["vendorOrders"]["edges"]]
    total = Decimal(order["total"]["amount"])
    expect({part["vendor"]["slug"] for part in parts} == set(_owners()), f"{parts}")
    expect(sum(Decimal(part["total"]["amount"]) for part in parts) == total, f"{parts}")
    expect(order["payment"]["amount"]["amount"] == order["total"]["amount"], f"{order}")
    visitor.found |= {"order": order, "key": {"number": order["number"], "token": first["token"]}}
    return f"{order['number']}, {len(parts)} parts, {total} EUR"


def declined_card(visitor: Visitor) -> str:
    """The bank refuses; the order waits for another card."""
    answer = _pay(visitor, DECLINED)
    expect(answer.status_code == httpx.codes.PAYMENT_REQUIRED, answer.text)
    outcome = visitor.do(CONFIRM, "PaymentDeclinedError", **visitor.found["key"])
    return str(outcome["message"])


def another_card(visitor: Visitor) -> str:
    """Paid; the cart is gone."""
    answer = _pay(visitor, PAYS)
    expect(answer.status_code == httpx.codes.OK, answer.text)
    status = visitor.do(CONFIRM, "ConfirmPaymentSuccess", **visitor.found["key"])["order"]["status"]
    cart = visitor.ask(CART)["cart"]
    expect((status, cart) == ("PAID", None), f"status {status}, cart {cart}")
    return "paid, and the cart is empty"


def stock(visitor: Visitor) -> str:
    """Down by exactly what was bought, everywhere else as before."""
    bought = {sku: quantity for _, sku, quantity in WANTED}
    for slug, before in visitor.found["books"].items():
        after = _books(visitor, slug)
        wanted = {sku: held - bought.get(sku, 0) for sku, held in before["onHand"].items()}
        expect(after["onHand"] == wanted, f"{slug}: {after['onHand']}")
        expect(not any(after["reserved"].values()), f"{slug} still reserves {after['reserved']}")
    return "less by " + ", ".join(f"{quantity} {sku}" for sku, quantity in bought.items())


def income(visitor: Visitor) -> str:
    """Each vendor has its own part, less the commission."""
    told = []
    for edge in visitor.found["order"]["vendorOrders"]["edges"]:
        slug = edge["node"]["vendor"]["slug"]
        before, after = visitor.found["books"][slug]["income"], _books(visitor, slug)["income"]
        now = {name: value - before[name] for name, value in after.items()}
        expect((now["orders"], now["commission"] < 0) == (1, True), f"{slug}: {now}")
        expect(now["net"] == now["gross"] + now["shipping"] + now["commission"], f"{slug}: {now}")
        told.append(f"{slug} {now['net']}")
    return ", ".join(told)


def ledger(visitor: Visitor) -> str:
    """The platform's books sum to zero."""
    with _another(visitor) as admin:
        admin.give_password(ADMIN, "SecondFactorRequiredError")
        admin.give_code(current_code(LOGINS["secret"]))
        rows = admin.ask(BALANCES)["platform"]["ledgerBalances"]
    expect(rows and sum(Decimal(row["balance"]["amount"]) for row in rows) == 0, f"{rows}")
    return f"{len(rows)} accounts, together zero"


def bank_asks(visitor: Visitor) -> str:
    """A member is asked by the bank, fails there, tries again, and is then proposed other things."""
    before = _slugs(visitor.ask(PROPOSED, slug="watch-cap")["recommendedProducts"])
    _fill(visitor, TOGETHER)
    visitor.do(CONTACT, "CartSuccess", email=LOGINS["buyer"])
    _ship(visitor)
    outcome = visitor.do(PLACE, "PlaceOrderSuccess", idempotencyKey=secrets.token_hex(8))
    visitor.found |= {
        "order": outcome["order"],
        "key": {"number": outcome["order"]["number"], "token": outcome["token"]},
    }
    visitor.found["before"] = before
    _answer_bank(visitor, "fail")
    visitor.do(CONFIRM, "PaymentDeclinedError", **visitor.found["key"])
    _answer_bank(visitor, "approve")
    status = visitor.do(CONFIRM, "ConfirmPaymentSuccess", **visitor.found["key"])["order"]["status"]
    expect(status == "PAID", status)
    return "failed, then approved and paid"


def recommendations(visitor: Visitor) -> str:
    """What the member bought is proposed no more; with the caps all kinds of things were bought."""
    answer = visitor.ask(PROPOSED, slug="watch-cap")
    after = _slugs(answer["recommendedProducts"])
    expect(after != visitor.found["before"] and "watch-cap" not in after, f"{after}")
    also = _slugs(answer["product"]["alsoBought"])
    expect(len(also) == 5 and "watch-cap" not in also, f"with the cap were bought {also}")
    return f"first {after[0]}; with the cap {also[0]}"


AS_GUEST: Final[tuple[Callable[[Visitor], str], ...]] = (
    fill_cart, check_out, order_once, declined_card, another_card, stock, income, ledger,
)  # fmt: skip
AS_MEMBER: Final[tuple[Callable[[Visitor], str], ...]] = (bank_asks, recommendations)


def _owners() -> dict[str, str]:
    """Whose goods are bought, by vendor."""
    goods = catalogue.read()
    wanted = {sku for _, sku, _ in WANTED}
    selling = {each.vendor for each in goods.products if {one.sku for one in each.variants} & wanted}
    return {each.slug: each.owner for each in goods.vendors if each.slug in selling}


def _fill(visitor: Visitor, wanted: tuple[tuple[str, str, int], ...]) -> int:
    visitor.token = visitor.token or visitor.ask(TOKEN)["csrfToken"]
    count = 0
    for text, sku, quantity in wanted:
        found = visitor.ask(FIND, text=text)["products"]["edges"]
        variants = [edge["node"] for each in found for edge in each["node"]["variants"]["edges"]]
        (variant,) = [each["id"] for each in variants if each["sku"] == sku]
        count = visitor.do(ADD, "CartSuccess", variant=variant, quantity=quantity)["cart"]["itemCount"]
    return count


def _ship(visitor: Visitor) -> str:
    """The address, and the first way of each vendor; the total then."""
    cart = visitor.do(ADDRESSES, "CartSuccess", shippingAddress={"details": HOME})["cart"]
    total = ""
    for group in cart["groups"]:
        chosen = {"vendor": group["vendor"]["id"], "option": group["shippingOptions"][0]["id"]}
        total = visitor.do(SHIPPING, "CartSuccess", **chosen)["cart"]["total"]["amount"]
    return total


def _pay(visitor: Visitor, number: str) -> httpx.Response:
    """The browser gives the card to the provider; our API never sees it."""
    payment = visitor.found["order"]["payment"]
    return visitor.http.post(
        f"/sandbox/v1/intents/{payment['ref']}/confirm",
        json={
            "client_secret": payment["clientSecret"],
            "card": {"number": number, "exp_month": 12, "exp_year": 2099, "cvc": "123"},
        },
    )


def _answer_bank(visitor: Visitor, answer: str) -> None:
    """Try to pay, and answer what the bank asks."""
    payment = visitor.found["order"]["payment"]
    asked = _pay(visitor, ASKS)
    expect(asked.json().get("status") == "requires_action", asked.text)
    sent = {"client_secret": payment["clientSecret"], "answer": answer}
    visitor.http.post(f"/sandbox/3ds/{payment['ref']}", data=sent)


def _books(visitor: Visitor, slug: str) -> dict[str, dict[str, Any]]:
    """What the vendor's owner sees of stock and income."""
    today = datetime.now(UTC).date()
    window = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=2))}
    with _another(visitor) as owner:
        owner.sign_in(_owners()[slug])
        vendor = owner.ask(STOCK, slug=slug, **window)["viewer"]["vendor"]
    listings = [edge["node"]["variants"]["edges"] for edge in vendor["listings"]["edges"]]
    rows = [edge["node"] for edges in listings for edge in edges]
    totals = vendor["income"]["totals"]
    return {
        "onHand": {row["sku"]: row["onHand"] for row in rows},
        "reserved": {row["sku"]: row["reserved"] for row in rows},
        "income": {
            name: Decimal(value["amount"]) if isinstance(value, dict) else value
            for name, value in totals.items()
        },
    }


@contextmanager
def _another(visitor: Visitor) -> Iterator[Visitor]:
    """Another browser at the same address."""
    with httpx.Client(base_url=visitor.http.base_url, timeout=visitor.http.timeout) as http:
        yield Visitor(http, visitor.mail)


def _slugs(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["slug"] for edge in connection["edges"]]
