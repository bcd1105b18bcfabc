"""The rules as they are read: those that may decide, as they are now, in one statement."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from marketplace.kernel import clock
from payouts.models import CommissionRule, RuleScope
from payouts.rulebook import book_for, steps_of, told
from payouts.rules import Amounts, Sold
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.rules import rule_of
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def line_of(product: Product, *, unit_minor: int = 1000) -> Sold:
    return Sold(
        product=product.pk,
        vendor=product.vendor_id,
        steps=steps_of(product.category.path),
        unit_minor=unit_minor,
        currency="EUR",
    )


def deciding(product: Product) -> str | None:
    """The name of the rule that decides about a product now."""
    line = line_of(product)
    rule = book_for([line], at=clock.now()).strongest(line)
    return rule.name if rule else None


def test_a_rule_is_told_with_all_that_it_names() -> None:
    product = ProductFactory.create()
    about = (product, product.category, product.vendor)
    rule = rule_of(*about, name="Deal", amounts={"EUR": (30, 10, 90)}, price_currency="EUR", price_to_minor=5)
    (found,) = told(CommissionRule.objects.all())
    assert (found.key, found.name, found.scopes) == (rule.pk, "Deal", frozenset(RuleScope))
    assert found.products == {product.pk}
    assert found.categories == {product.category.slug: product.category.name}
    assert found.vendors == {product.vendor_id}
    assert found.amounts == {"EUR": Amounts(fixed_minor=30, floor_minor=10, cap_minor=90)}
    assert (found.price_from_minor, found.price_to_minor, found.price_currency) == (None, 5, "EUR")


def test_a_rule_about_a_category_is_about_all_below_it() -> None:
    books = CategoryFactory.create(slug="books")
    comics = CategoryFactory.create(slug="comics", parent=books)
    # A name that begins like another is not below it.
    others = ProductFactory.create(category=CategoryFactory.create(slug="books-2"))
    product = ProductFactory.create(category=comics)
    rule_of(books, name="Books")
    assert (deciding(product), deciding(others)) == ("Books", None)
    rule_of(comics, name="Comics")
    assert (deciding(product), deciding(others)) == ("Comics", None)


def test_only_rules_in_force_decide() -> None:
    product, now = ProductFactory.create(), clock.now()
    rule_of(ends_at=now)
    rule_of(starts_at=now + timedelta(hours=1))
    rule_of(is_active=False)
    rule_of(archived_at=now)
    assert deciding(product) is None
    rule_of(name="in force", starts_at=now, ends_at=now + timedelta(hours=1))
    with clock.at(now):
        assert deciding(product) == "in force"


def test_h30_a_rule_never_becomes_one_about_everything() -> None:
    sold = ProductFactory.create()
    product, category, vendor = ProductFactory.create(), CategoryFactory.create(), VendorFactory.create()
    gone = {
        "product": rule_of(product, name="product"),
        "category": rule_of(category, name="category"),
        "vendor": rule_of(vendor, name="vendor"),
        "both": rule_of(product, sold.vendor, name="both"),
    }
    for row in (product, category, vendor):
        row.delete()
    assert deciding(sold) is None
    assert {name: list(CommissionRule.objects.get(pk=rule.pk).scopes) for name, rule in gone.items()} == {
        "product": ["products"],
        "category": ["categories"],
        "vendor": ["vendors"],
        "both": ["products", "vendors"],
    }
    for rule in CommissionRule.objects.all():
        rule.vendors.clear()
    assert deciding(sold) is None


@pytest.mark.parametrize(
    "columns",
    [{"scopes": []}, {"scopes": [], "price_currency": ""}, {"is_for_everything": True}, {"scopes": ["all"]}],
)
def test_h30_the_database_keeps_what_a_rule_is_about(columns: dict[str, Any]) -> None:
    rule_of(VendorFactory.create())
    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRule.objects.update(**columns)


@pytest.mark.parametrize("count", [1, 3])
def test_rules_are_read_in_one_statement(count: int) -> None:
    products = ProductFactory.create_batch(count)
    for product in products:
        rule_of(product, product.category, product.vendor, amounts={"EUR": (1, 1, 1)})
    lines = [line_of(product) for product in products]
    with CaptureQueriesContext(connection) as statements:
        book = book_for(lines, at=clock.now())
        assert all(book.strongest(line) for line in lines)
    assert len(statements) == 1
