import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from catalog.models import ProductStatus, StockReason
from catalog.operations.stock import adjust_stock
from marketplace.accounts.models import User
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> User:
    user: User = UserFactory.create(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def _act(client: Client, action: str, *keys: int) -> list[str]:
    response = client.post(
        reverse("admin:catalog_product_changelist"), {"action": action, "_selected_action": keys}
    )
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("approve", ProductStatus.PUBLISHED),
        ("reject", ProductStatus.REJECTED),
        ("archive", ProductStatus.ARCHIVED),
    ],
)
def test_a_decision_of_the_admin_is_a_recorded_move(
    client: Client, admin: User, action: str, after: ProductStatus
) -> None:
    product = ProductFactory.create(status=ProductStatus.PROPOSED)
    assert _act(client, action, product.pk) == [f"{product}: done."]
    product.refresh_from_db()
    assert product.status == after
    assert [move.actor_id for move in moves_of(product)] == [admin.pk]


def test_a_refused_decision_says_why(client: Client, admin: User) -> None:
    product = ProductFactory.create(title="Tea", status=ProductStatus.DRAFT)
    assert _act(client, "approve", product.pk) == ["Tea: This product is draft and cannot become published."]
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
