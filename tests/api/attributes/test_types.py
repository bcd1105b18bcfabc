"""What is asked of listings and what they say, as buyers and vendors read it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.answering import Answer
from catalog.models import AttributeKind, Category, Product
from catalog.operations.products import update_product
from tests.factories.attributes import asks, attribute
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

SHOWN = "attributes { slug name kind unit values { label choice text number } }"


@pytest.fixture
def cups() -> Category:
    """A category that asks for a material, a volume and a label, below one that asks for a colour."""
    kitchen = CategoryFactory.create(slug="kitchen")
    cups: Category = CategoryFactory.create(slug="cups", parent=kitchen)
    colour = attribute("Colour", AttributeKind.MULTI, "Red", "Blue")
    asks(kitchen, colour, attribute("Safe", AttributeKind.TOGGLE), position=9)
    asks(
        cups,
        attribute("Material", AttributeKind.SINGLE, "Clay", "Glass"),
        attribute("Volume", AttributeKind.NUMBER, unit="ml"),
        attribute("Label", AttributeKind.TEXT),
        is_required=True,
    )
    asks(cups, colour, position=4, is_filterable=False)
    return cups


SAID = [
    Answer(attribute="colour", choices=("blue", "red")),
    Answer(attribute="volume", number=Decimal("12.50")),
    Answer(attribute="material", choices=("clay",)),
    Answer(attribute="safe", toggle=True),
    Answer(attribute="label", text=" By  hand "),
]


def said(category: Category, **fields: Any) -> Product:
    return update_product(product=listed(category=category, **fields), answers=SAID)


def test_a_category_asks_what_those_above_ask_and_the_nearest_says_how(cups: Category) -> None:
    document = """{ category(slug: "%s") { attributes {
      slug isRequired isFilterable fromCategory choices { slug } } } }"""
    asked = GraphQL().ask(document % "cups")["category"]["attributes"]
    assert [
        (each["slug"], each["isRequired"], each["isFilterable"], each["fromCategory"]) for each in asked
    ] == [
        ("material", True, True, "cups"),
        ("volume", True, True, "cups"),
        ("label", True, True, "cups"),
        ("colour", False, False, "cups"),
        ("safe", False, True, "kitchen"),
    ]
    assert [len(each["choices"]) for each in asked] == [2, 0, 0, 2, 2]
    above = GraphQL().ask(document % "kitchen")["category"]["attributes"]
    assert [(each["slug"], each["isFilterable"]) for each in above] == [("colour", True), ("safe", True)]


def test_buyers_read_what_a_product_says_in_the_order_of_its_category(cups: Category) -> None:
    product = said(cups)
    shown = GraphQL().ask(f'{{ product(slug: "{product.slug}") {{ {SHOWN} }} }}')["product"]["attributes"]
    assert [(each["name"], [value["label"] for value in each["values"]]) for each in shown] == [
        ("Material", ["Clay"]),
        ("Volume", ["12.5 ml"]),
        ("Label", ["By hand"]),
        ("Colour", ["Red", "Blue"]),
        ("Safe", ["Yes"]),
    ]
    assert shown[1] == {
        "slug": "volume",
        "name": "Volume",
        "kind": "NUMBER",
        "unit": "ml",
        "values": [{"label": "12.5 ml", "choice": None, "text": None, "number": "12.5"}],
    }


@pytest.mark.parametrize("count", [1, 3])
def test_attributes_take_the_same_statements_for_any_number(cups: Category, count: int) -> None:
    vendor = VendorFactory.create()
    for _ in range(count):
        said(cups, vendor=vendor)
    seller = GraphQL(member_of(vendor))
    mine = f'{{ viewer {{ vendor(slug: "{vendor.slug}") {{ listings {{ edges {{ node {{ %s }} }} }} }} }} }}'
    costs = {}
    for name, client, document in (
        ("products", GraphQL(), f"{{ products {{ edges {{ node {{ {SHOWN} }} }} }} }}"),
        ("categories", GraphQL(), "{ categories { edges { node { attributes { slug } } } } }"),
        ("of a category", GraphQL(), "{ products { edges { node { category { attributes { slug } } } } } }"),
        ("without", seller, mine % "title"),
        ("listings", seller, mine % "attributes { slug isAsked isRequired values { label } }"),
    ):
        with CaptureQueriesContext(connection) as captured:
            client.ask(document)
        costs[name] = len(captured)
    costs["listings"] -= costs.pop("without")
    assert costs == {"products": 2, "categories": 1, "of a category": 2, "listings": 2}


def test_another_category_keeps_the_answers_and_shows_those_that_fit(cups: Category) -> None:
    product = said(cups)
    kept = product.choice_keys
    asking = Category.objects.get(slug="kitchen")
    Product.objects.update(category=asking)
    seller = GraphQL(member_of(product.vendor))
    answer = seller.ask(
        f"""{{ product(slug: "{product.slug}") {{ {SHOWN} }}
          viewer {{ vendor(slug: "{product.vendor.slug}") {{
            listings {{ edges {{ node {{ attributes {{ slug isAsked isRequired }} }} }} }} }} }} }}"""
    )
    assert [each["slug"] for each in answer["product"]["attributes"]] == ["colour", "safe"]
    (listing,) = answer["viewer"]["vendor"]["listings"]["edges"]
    assert [(each["slug"], each["isAsked"]) for each in listing["node"]["attributes"]] == [
        ("colour", True),
        ("safe", True),
        ("label", False),
        ("material", False),
        ("volume", False),
    ]
    assert Product.objects.get().choice_keys == kept
