from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.answering import Answer
from catalog.errors import AttributesRefused, ListingIncomplete
from catalog.models import AttributeKind, Category, Product, ProductAttribute, ProductStatus
from catalog.operations.answers import answer
from catalog.operations.attributes import AttributeDraft, ChoiceDraft, save_attribute
from catalog.operations.products import create_product, submit_product, update_product
from tests.factories.accounts import UserFactory
from tests.factories.attributes import asks, attribute
from tests.factories.catalog import CategoryFactory, VariantFactory, listed
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cups() -> Category:
    cups: Category = CategoryFactory.create(slug="cups")
    asks(
        cups,
        attribute("Material", AttributeKind.SINGLE, "Clay", "Glass"),
        attribute("Colour", AttributeKind.MULTI, "Red", "Blue"),
        attribute("Volume", AttributeKind.NUMBER, unit="ml"),
    )
    return cups


def _said(product: Product) -> set[str]:
    return {str(row) for row in ProductAttribute.objects.filter(product=product)}


def _chosen(product: Product) -> list[int]:
    rows = ProductAttribute.objects.filter(product=product, choice__isnull=False)
    assert Product.objects.get(pk=product.pk).choice_keys == sorted(rows.values_list("choice", flat=True))
    return sorted(rows.values_list("choice", flat=True))


def test_what_is_named_is_said_anew_and_the_rest_stays(cups: Category) -> None:
    product = create_product(
        vendor=VendorFactory.create(),
        category=cups,
        title="Mug",
        answers=[
            Answer(attribute="material", choices=("clay",)),
            Answer(attribute="colour", choices=("red", "blue")),
            Answer(attribute="volume", number=Decimal("0.333")),
        ],
    )
    assert _said(product) == {"Material: Clay", "Colour: Red", "Colour: Blue", "Volume: 333"}
    assert len(_chosen(product)) == 3
    update_product(
        product=product,
        answers=[Answer(attribute="colour", choices=("blue",)), Answer(attribute="volume")],
    )
    assert _said(product) == {"Material: Clay", "Colour: Blue"}
    assert len(_chosen(product)) == 2


def test_all_that_cannot_be_taken_is_told_and_nothing_is_said(cups: Category) -> None:
    product = listed(category=cups, title="Before")
    with pytest.raises(AttributesRefused) as caught:
        update_product(
            product=product,
            title="After",
            answers=[
                Answer(attribute="material", choices=("clay",)),
                Answer(attribute="material", choices=("glass",)),
                Answer(attribute="colour", choices=("gold",)),
                Answer(attribute="age", number=Decimal(3)),
                Answer(attribute="volume", toggle=True),
            ],
        )
    assert [(each.index, each.code) for each in caught.value.problems] == [
        (1, "INVALID_INPUT"),
        (2, "CHOICE_UNKNOWN"),
        (3, "ATTRIBUTE_NOT_ASKED"),
        (4, "ANSWER_MISMATCH"),
    ]
    assert (_said(product), Product.objects.get().title) == (set(), "Before")


def test_a_retired_choice_stays_and_is_not_chosen_anew(cups: Category) -> None:
    first, second = (listed(category=cups) for _ in range(2))
    update_product(product=first, answers=[Answer(attribute="material", choices=("clay",))])
    row = ProductAttribute.objects.get().attribute
    kept = (ChoiceDraft(name="Glass", slug="glass"),)
    draft = AttributeDraft(name="Material", kind=AttributeKind.SINGLE, choices=kept)
    save_attribute(draft=draft, actor=UserFactory.create(), attribute_id=row.pk)
    update_product(product=first, answers=[Answer(attribute="colour", choices=("red",))])
    with pytest.raises(AttributesRefused):
        update_product(product=second, answers=[Answer(attribute="material", choices=("clay",))])
    assert (_said(first), _said(second)) == ({"Material: Clay", "Colour: Red"}, set())
    update_product(product=first, answers=[Answer(attribute="material")])
    assert _said(first) == {"Colour: Red"}


def test_what_the_category_requires_is_asked_for_when_the_listing_is_submitted(cups: Category) -> None:
    asks(
        cups,
        attribute("Origin", AttributeKind.TEXT),
        attribute("Safe", AttributeKind.TOGGLE),
        is_required=True,
    )
    product = listed(category=cups, status=ProductStatus.DRAFT)
    actor = UserFactory.create()
    with pytest.raises(ListingIncomplete) as caught:
        submit_product(product=product, actor=actor)
    assert (caught.value.missing, caught.value.field) == ("Origin, Safe", "attributes")
    answers = [Answer(attribute="origin", text="Here"), Answer(attribute="safe", toggle=False)]
    update_product(product=product, answers=answers)
    assert submit_product(product=product, actor=actor).status == ProductStatus.PROPOSED


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_answers_takes_four_statements(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = VariantFactory.create().product
    asks(product.category, *(attribute(f"A{number}", AttributeKind.TEXT) for number in range(count)))
    with django_assert_num_queries(4):
        answer(product, [Answer(attribute=f"a{number}", text="so") for number in range(count)])
    assert ProductAttribute.objects.count() == count
