import pytest
from django.db import IntegrityError, transaction

from catalog.errors import ListingIncomplete
from catalog.models import Product, ProductStatus, RejectionReason
from catalog.operations import products
from catalog.selectors.listings import ProductFilter, buyable_products
from marketplace.accounts.models import User
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory, listed
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> User:
    user: User = UserFactory.create()
    return user


def test_a_listing_begins_as_a_draft_in_its_vendors_currency() -> None:
    vendor = VendorFactory.create(currency="JPY")
    product = products.create_product(
        vendor=vendor,
        category=CategoryFactory.create(),
        title=" Red  kettle ",
        description="Whistles.",
        option_names=["Colour", "Size"],
    )
    product.refresh_from_db()
    assert (product.title, product.slug, product.currency) == ("Red kettle", "red-kettle", "JPY")
    assert (product.status, product.option_names) == (ProductStatus.DRAFT, ["Colour", "Size"])
    assert (product.price, product.default_variant, product.published_at) == (None, None, None)
    assert list(buyable_products()) == []


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("title", {"title": ""}),
        ("title", {"title": "x" * 201}),
        ("description", {"description": "x" * 20_001}),
        ("optionNames", {"option_names": ["a", "b", "c", "d"]}),
        ("optionNames", {"option_names": ["Size", "size"]}),
        ("optionNames", {"option_names": [""]}),
    ],
)
def test_a_listing_with_an_unusable_value_is_refused(field: str, fields: dict[str, object]) -> None:
    given = {"vendor": VendorFactory.create(), "category": CategoryFactory.create(), "title": "Tea", **fields}
    with pytest.raises(InvalidInput) as caught:
        products.create_product(**given)  # type: ignore[arg-type]  # one case changes any of them
    assert caught.value.field == field
    assert Product.objects.count() == 0


def test_only_what_is_given_changes_and_words_follow() -> None:
    product = listed(title="Kettle", description="Whistles.", status=ProductStatus.DRAFT)
    category = CategoryFactory.create(name="Camping")
    products.update_product(product=product, title="Pot", category=category)
    product.refresh_from_db()
    assert (product.title, product.slug, product.description) == ("Pot", product.slug, "Whistles.")
    assert (product.status, product.version) == (ProductStatus.DRAFT, 1)
    Product.objects.update(status=ProductStatus.PUBLISHED)
    assert list(buyable_products(ProductFilter(text="pot whistles camping"))) == [product]
    assert list(buyable_products(ProductFilter(text="kettle"))) == []


def test_options_change_only_while_no_live_variant_answers_others() -> None:
    product = ProductFactory.create(option_names=["Colour"])
    variant = VariantFactory.create(product=product, options={"Colour": "red"})
    with pytest.raises(InvalidInput):
        products.update_product(product=product, option_names=["Size"])
    variant.is_active = False
    variant.save()
    assert products.update_product(product=product, option_names=["Size"]).option_names == ["Size"]


def test_a_listing_is_submitted_and_published_once(actor: User) -> None:
    product = listed(status=ProductStatus.DRAFT, published_at=None)
    products.submit_product(product=product, actor=actor)
    published = products.approve_product(product=product, actor=actor, note="fine")
    assert published.published_at is not None
    assert list(buyable_products()) == [product]
    with pytest.raises(TransitionNotAllowed):
        products.approve_product(product=product, actor=actor)
    assert [move.after for move in moves_of(product)] == [{"status": "proposed"}, {"status": "published"}]


def test_a_listing_without_a_live_variant_is_not_reviewed(actor: User) -> None:
    product = ProductFactory.create(status=ProductStatus.DRAFT)
    VariantFactory.create(product=product, is_active=False)
    with pytest.raises(ListingIncomplete) as caught:
        products.submit_product(product=product, actor=actor)
    assert caught.value.missing == "a variant with a price"
    assert moves_of(product).count() == 0


def test_a_rejected_listing_may_come_again(actor: User) -> None:
    product = listed(status=ProductStatus.PROPOSED)
    products.reject_product(product=product, actor=actor, reason=RejectionReason.PICTURES, note="Too dark.")
    products.submit_product(product=product, actor=actor)
    assert [(move.reason, move.note) for move in moves_of(product)] == [("pictures", "Too dark."), ("", "")]


def test_an_archived_listing_is_off_sale_and_keeps_its_first_date(actor: User) -> None:
    product = listed()
    first = product.published_at
    products.archive_product(product=product, actor=actor)
    assert list(buyable_products()) == []
    products.submit_product(product=product, actor=actor)
    assert products.approve_product(product=product, actor=actor).published_at == first


def test_a_draft_is_not_published_unseen(actor: User) -> None:
    product = listed(status=ProductStatus.DRAFT, published_at=None)
    with pytest.raises(TransitionNotAllowed):
        products.approve_product(product=product, actor=actor)
    product.refresh_from_db()
    assert (product.status, product.published_at) == (ProductStatus.DRAFT, None)


def test_the_database_knows_no_published_listing_without_its_date() -> None:
    product = ProductFactory.create()
    with pytest.raises(IntegrityError, match="a_published_product_has_its_date"), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(published_at=None)
