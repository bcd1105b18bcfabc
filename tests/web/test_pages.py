import re
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import get_template
from django.test import Client

from checkout.models import Cart
from marketplace.accounts.models import User
from marketplace.api import persisted
from marketplace.api.execution import Prepared
from marketplace.api.limits import LIMITS
from marketplace.api.scalars import encode_id
from marketplace.kernel.models import RateWindow
from marketplace.schema import schema
from marketplace.web import pages
from marketplace.web.urls import urlpatterns
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.factories.checkout import buyable, filled_cart
from tests.support.viewing import begin, looking, supporter

DOCUMENTS = sorted(pages.DOCUMENTS.glob("*.graphql"))
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_document_is_valid_registered_and_affordable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prepared = Prepared(schema._schema, text)
    assert prepared.problems == ()
    assert prepared.survey.cost(None, {"first": 24}) <= LIMITS["TOO_EXPENSIVE"]
    assert persisted.document(persisted.document_id(text)) == text


def test_every_query_has_the_template_of_its_name() -> None:
    queries = [path.stem for path in DOCUMENTS if "\nquery " in path.read_text(encoding="utf-8")]
    pages_of_queries = [
        "account",
        "cart",
        "checkout",
        "data",
        "mail",
        "order",
        "payment",
        "product",
        "products",
    ]
    # A file, not a page.
    assert [name for name in queries if name != "data_export_content"] == pages_of_queries
    for name in pages_of_queries:
        get_template(f"web/{name}.html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/products", "/cart", "/account/sign-in", "/account/sign-up", "/account/reset"]
)
def test_every_page_allows_no_script_and_is_kept_by_nobody(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Security-Policy"] == pages.POLICY
    assert response["Cache-Control"] == "private, no-store"
    assert re.findall(r"<script|\son\w+=|javascript:|https?://", response.text) == []


@pytest.mark.django_db
def test_the_navigation_tells_a_visitor_from_a_user(client: Client) -> None:
    assert _navigation(client) == ["Home", "Products", "Cart", "Sign in", "Sign up"]
    client.force_login(UserFactory.create(name="Ada Byron"))
    assert _navigation(client) == ["Home", "Products", "Cart", "Ada Byron", "Sign out"]


def _navigation(client: Client) -> list[str]:
    page = client.get("/").text
    items = re.findall(r"<li\b.*?</li>", page.partition("</header>")[0], re.DOTALL)
    return [re.sub(r"<[^>]+>", "", item).strip() for item in items]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/products/evil"])
def test_what_vendors_write_stays_text(client: Client, address: str) -> None:
    listed(title=ATTACK, description=ATTACK, slug="evil")
    page = client.get(address).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert re.findall(r"<script|<img src=x", page) == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nowhere", "/products/nothing", "/orders/AAAA-BBBB-CC"])
def test_what_is_not_there_is_a_page_of_ours(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "There is nothing here" in response.text


@pytest.mark.django_db
def test_an_address_we_do_not_make_is_refused_with_a_page(client: Client) -> None:
    response = client.get("/products?after=garbage")
    assert response.status_code == 400
    assert "That did not work" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/products/mug/add", "/cart/line", "/checkout/contact", "/checkout/order", "/account/sign-in"],
)
def test_a_form_of_another_site_is_refused_and_changes_nothing(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(address, {"variant": "x", "email": "a@example.com"})
    assert response.status_code == 403
    assert "Please send it again" in response.text
    assert "sessionid" not in client.cookies
    assert not Cart.objects.exists()


@pytest.mark.django_db
def test_forms_take_no_get(client: Client) -> None:
    assert [client.get(path).status_code for path in ("/cart/line", "/checkout/order")] == [405, 405]


def test_only_whole_numbers_are_taken() -> None:
    assert pages.whole_number("12", field="quantity") == 12
    for text in ("", "-1", "1.5", "²", "10001", "9" * 400):
        with pytest.raises(pages.PageRefused) as refused:
            pages.whole_number(text, field="quantity")
        assert refused.value.problem.field == "quantity"


@pytest.mark.django_db
def test_a_bug_is_a_page_without_its_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: HttpRequest, *_: Any, **__: Any) -> Any:
        raise pages.PageRefused(pages.Problem(message="Something went wrong on our side.", status=500))

    monkeypatch.setattr("marketplace.web.shop.read", broken)
    response = client.get("/cart")
    assert (response.status_code, "Something went wrong on our side." in response.text) == (500, True)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/products", "/cart", "/checkout", "/account", "/account/data"])
def test_who_looks_as_a_user_reads_so_on_every_page(address: str) -> None:
    ada = UserFactory.create(name="Ada Byron")
    filled_cart(buyable(), user=ada)
    page = looking(ada).get(address).text
    assert f"You see the shop as <strong>{ada.email}</strong>, read-only" in page
    assert "Ada Byron" in page.partition("</header>")[0]


@pytest.mark.django_db
def test_who_looks_as_a_user_sends_no_form_but_two() -> None:
    ada = UserFactory.create()
    client, sent = looking(ada), []
    for pattern in urlpatterns:
        route = str(pattern.pattern).replace("<int:number>", "1")
        address = "/" + re.sub(r"<[^>]+>", "x", route)
        if address != "/account/sign-out":
            sent.append(client.post(address, {"email": ada.email, "variant": "x"}).status_code)
    assert sent == [403] * (len(urlpatterns) - 1)
    # Asked of the provider by GET: an act all the same.
    assert client.get("/orders/AAAA-BBBB-CC/return").status_code == 403
    assert client.post("/account/sign-out").status_code == 303
    assert not client.get("/").wsgi_request.user.is_authenticated


@pytest.mark.django_db
def test_two_carts_stay_apart() -> None:
    ada, variant = UserFactory.create(), buyable()
    theirs = filled_cart(variant, user=ada)
    client = Client()
    client.force_login(supporter())
    client.post(f"/products/{variant.product.slug}/add", {"variant": encode_id("Variant", variant.pk)})
    before = list(Cart.objects.order_by("pk").values())
    mine = client.session["cart_id"]
    assert begin(client, ada) == 302
    assert f"You see the shop as <strong>{ada.email}" in client.get("/cart").text
    client.get("/checkout")
    assert client.session["cart_id"] == mine != str(theirs.token)
    assert list(Cart.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_the_user_is_not_seen_to_come() -> None:
    ada = UserFactory.create()
    client = looking(ada)
    client.get("/account")
    fresh = User.objects.get(pk=ada.pk)
    assert (fresh.last_login, fresh.session_generation, fresh.sessions.count()) == (None, 0, 0)
    assert not RateWindow.objects.exists()
