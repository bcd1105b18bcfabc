import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product
from checkout.models import Cart, CartLine, Promotion
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from tests.factories.catalog import VariantFactory, illustrated, listed
from tests.factories.promotions import CouponFactory, PromotionFactory

pytestmark = pytest.mark.django_db

LIST_QUERIES = 4
CART_QUERIES = 4


def _add(client: Client, product: Product, **typed: object) -> Any:
    variant = encode_id("Variant", product.variants.order_by("pk")[0].pk)
    return client.post(f"/products/{product.slug}/add", {"variant": variant, "quantity": "1", **typed})


def _titles(page: str) -> list[str]:
    return re.findall(r'<span class="name">([^<]+)</span>', page)


@pytest.mark.parametrize("products", [1, 3])
def test_a_list_costs_the_same_for_one_product_and_for_three(
    client: Client, products: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(products):
        illustrated(listed())
    client.get("/products")
    with django_assert_num_queries(LIST_QUERIES):
        assert len(_titles(client.get("/products").text)) == products


@pytest.mark.parametrize("products", [1, 3])
def test_a_cart_costs_the_same_for_one_product_and_for_three(
    client: Client, products: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(products):
        _add(client, listed())
    with django_assert_num_queries(CART_QUERIES):
        client.get("/cart")


def test_words_and_choices_narrow_the_list(client: Client) -> None:
    lamp = listed(title="Lamp", price_minor=900)
    mug = listed(title="Blue mug", price_minor=500, category=lamp.category)
    listed(title="Red mug", on_hand=0)
    assert _titles(client.get("/products", {"q": "mug", "stock": "1"}).text) == ["Blue mug"]
    assert _titles(client.get("/products", {"category": lamp.category.slug, "sort": "PRICE_ASC"}).text) == [
        "Blue mug",
        "Lamp",
    ]
    assert _titles(client.get("/products", {"vendor": mug.vendor.slug, "sort": "no such"}).text) == [
        "Blue mug"
    ]
    assert "Nothing fits" in client.get("/products", {"q": "teapot"}).text


def test_the_list_is_leafed_through_to_its_end_and_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.web.shop.PAGE", 2)
    for title in ("A", "B", "C"):
        listed(title=title)
    first = client.get("/products?sort=TITLE").text
    second = client.get(_link(first, "next")).text
    assert (_titles(first), _titles(second)) == (["A", "B"], ["C"])
    assert _titles(client.get(_link(second, "prev")).text) == ["A", "B"]
    assert ('rel="prev"' in first, 'rel="next"' in second) == (False, False)


def _link(page: str, rel: str) -> str:
    (link,) = re.findall(rf'rel="{rel}" href="([^"]+)"', page)
    return str(link).replace("&amp;", "&")


def test_home_shows_what_may_be_liked_where_it_is_not_just_the_newest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(title="Lamp")
    assert _titles(client.get("/").text) == ["Lamp"]
    assert "You may like" not in client.get("/").text


def test_a_product_shows_its_variants_and_sells_none_that_is_out(client: Client) -> None:
    product = listed(title="Mug", option_names=["Glaze"], slug="mug")
    VariantFactory.create(product=product, options={"Glaze": "Sand"}, on_hand=0, sku="S")
    page = client.get("/products/mug").text
    assert re.findall(r"<legend>(.*?)</legend>", page) == ["Glaze"]
    assert len(re.findall(r'type="radio" name="variant"', page)) == 2
    assert len(re.findall(r'type="radio" name="variant"[^>]* disabled', page)) == 1


def test_an_address_of_before_leads_to_the_present_one_for_good(client: Client) -> None:
    product = listed(slug="kettle")
    Product.objects.filter(pk=product.pk).update(slug="tea-kettle")
    answer = client.get("/products/kettle")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/products/tea-kettle")
    assert client.get("/products/tea-kettle").status_code == 200


def test_adding_redirects_and_the_count_stands_in_the_navigation(client: Client) -> None:
    product = listed(title="Mug", slug="mug")
    response = _add(client, product, quantity="2")
    assert (response.status_code, response["Location"]) == (303, "/products/mug")
    page = client.get("/products/mug").text
    assert "It is in your cart." in page
    assert re.findall(r'class="count">.*?</span>(\d+)<', page) == ["2"]
    assert "It is in your cart." not in client.get("/products/mug").text


def test_the_same_with_another_note_is_another_line(client: Client) -> None:
    product = listed()
    for note in ("", "", "For Ada"):
        _add(client, product, note=note)
    lines = CartLine.objects.order_by("pk").values_list("quantity", "characteristics")
    assert list(lines) == [(2, {}), (1, {"Note": "For Ada"})]


def test_what_is_sold_out_is_refused_on_the_page_with_what_was_typed(client: Client) -> None:
    product = listed(on_hand=0, slug="mug")
    response = _add(client, product, quantity="3", note="For Ada")
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert 'value="For Ada"' in response.text
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("typed", [{"quantity": "many"}, {"quantity": "10001"}, {"variant": "garbage"}])
def test_what_no_form_of_ours_sends_is_refused_and_makes_no_cart(
    client: Client, typed: dict[str, str]
) -> None:
    assert _add(client, listed(slug="mug"), **typed).status_code == 422
    assert not Cart.objects.exists()


def test_a_line_is_changed_and_taken_out(client: Client) -> None:
    _add(client, listed())
    line = CartLine.objects.get()
    name = encode_id("CartLine", line.pk)
    assert client.post("/cart/line", {"line": name, "quantity": "3"}).status_code == 303
    assert CartLine.objects.get().quantity == 3
    assert client.post("/cart/line", {"line": name, "quantity": "3", "remove": "1"}).status_code == 303
    assert "There is nothing in it yet" in client.get("/cart").text


def test_another_sessions_line_stays_as_it_is(client: Client) -> None:
    _add(client, listed())
    line = CartLine.objects.get()
    other = Client()
    sent = {"line": encode_id("CartLine", line.pk), "quantity": "3"}
    assert other.post("/cart/line", sent).status_code == 303
    assert CartLine.objects.get().quantity == 1


def test_a_raised_price_is_told_at_its_line(client: Client) -> None:
    product = listed(price_minor=1000)
    _add(client, product)
    product.variants.update(price_minor=1200)
    page = client.get("/cart").text
    assert len(re.findall(r'<span class="problem">[^<]+</span>', page)) == 1
    assert "€12.00 each" in page


def test_a_code_is_put_on_refused_at_its_field_and_taken_off(client: Client) -> None:
    product = listed(price_minor=1000)
    own = PromotionFactory.create(vendor=product.vendor, title="For friends", is_automatic=False)
    CouponFactory.create(promotion=own, code="FRIENDS")
    assert client.post("/cart/coupon", {"code": "FRIENDS"})["Location"] == "/cart"
    _add(client, product)
    refused = client.post("/cart/coupon", {"code": "<b>NONE"})
    assert refused.status_code == 422
    assert 'id="code-problem">There is no such code for this cart.' in refused.text
    assert 'value="&lt;b&gt;NONE"' in refused.text
    assert "For friends" not in refused.text
    assert client.post("/cart/coupon", {"code": "friends"}).status_code == 303
    page = client.get("/cart").text
    assert ("For friends (FRIENDS)" in page, "€1.00</span>" in page, "€9.00" in page) == (True, True, True)
    assert client.post("/cart/coupon", {"code": "FRIENDS", "remove": "1"}).status_code == 303
    assert client.post("/cart/coupon", {"code": "FRIENDS", "remove": "1"}).status_code == 303
    assert "FRIENDS" not in client.get("/cart").text


def test_a_code_that_is_good_for_nothing_any_more_says_so(client: Client) -> None:
    _add(client, listed(price_minor=1000))
    coupon = CouponFactory.create(promotion=PromotionFactory.create(is_automatic=False))
    client.post("/cart/coupon", {"code": coupon.code})
    Promotion.objects.update(ends_at=clock.now())
    page = client.get("/cart").text
    assert len(re.findall(r'<span class="problem">[^<]+</span>', page)) == 1
    assert "€1.00" not in page
