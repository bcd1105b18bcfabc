import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product, ProductChange, ProductRejection, ProductStatus, StockReason
from catalog.operations.stock import adjust_stock
from marketplace.accounts.models import User
from marketplace.kernel.states import moves_of
from marketplace.staff import MODERATOR
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.support.staff import said, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> User:
    user: User = UserFactory.create(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def _page(name: str, product: Product) -> str:
    return f"/admin/catalog/product/decide/{name}/?ids={product.pk}"


@pytest.mark.parametrize(
    ("name", "given", "after", "reason"),
    [
        ("approve", {}, ProductStatus.PUBLISHED, ""),
        ("reject", {"reason": "title"}, ProductStatus.REJECTED, "title"),
        ("archive", {}, ProductStatus.ARCHIVED, ""),
    ],
)
def test_a_decision_is_a_recorded_move(
    name: str, given: dict[str, str], after: ProductStatus, reason: str
) -> None:
    product, client = ProductFactory.create(status=ProductStatus.PROPOSED), signed_in(MODERATOR)
    assert said(client, _page(name, product), note="Seen", **given) == [f"{product}: done."]
    product.refresh_from_db()
    (move,) = moves_of(product)
    assert (product.status, move.reason, move.note) == (after, reason, "Seen")


def test_a_change_is_decided_as_it_was_looked_at() -> None:
    product, client = ProductFactory.create(title="Tea"), signed_in(MODERATOR)
    change = ProductChange.objects.create(product=product, title="Green tea", version=3)
    page = f"/admin/catalog/productchange/decide/{{}}/?ids={change.pk}"
    shown = client.get(page.format("approve")).text
    assert "Title: Tea → Green tea" in shown
    assert f'name="version-{change.pk}" value="3"' in shown
    stale = said(client, page.format("approve"), **{f"version-{change.pk}": "2"})
    assert stale == [f"{change}: It was changed meanwhile, to its version 3. Look at it again."]
    given = {f"version-{change.pk}": "3", "reason": "title", "fields_at_fault": "title"}
    assert said(client, page.format("decline"), **given) == [f"{change}: done."]
    assert ProductRejection.objects.get().faults == [{"field": "title", "reason": "title", "note": ""}]
    product.refresh_from_db()
    assert product.title == "Tea"


def test_a_refused_decision_says_why() -> None:
    product = ProductFactory.create(title="Tea", status=ProductStatus.DRAFT)
    assert said(signed_in(MODERATOR), _page("approve", product)) == [
        "Tea: This product is draft and cannot become published."
    ]
    assert moves_of(product).count() == 0


def test_every_page_is_shown_and_nothing_can_be_written_past_the_operations(
    client: Client, admin: User
) -> None:
    variant = VariantFactory.create()
    adjust_stock(variant=variant, delta=1, reason=StockReason.RECEIVED, actor=admin)
    rows = {
        "product": variant.product,
        "category": CategoryFactory.create(),
        "stockmovement": variant.movements.get(),
    }
    for name, row in rows.items():
        assert client.get(reverse(f"admin:catalog_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:catalog_{name}_change", args=[row.pk])).status_code == 200
        assert client.get(reverse(f"admin:catalog_{name}_add")).status_code == 403
        assert client.get(reverse(f"admin:catalog_{name}_delete", args=[row.pk])).status_code == 403
