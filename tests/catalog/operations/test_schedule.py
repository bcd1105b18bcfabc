from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from catalog.jobs import follow_schedules
from catalog.models import Product, ProductStatus
from catalog.operations import products
from catalog.operations.schedule import follow_schedule, schedule_product
from catalog.selectors.listings import buyable_products
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.support.queue import run_queued

pytestmark = pytest.mark.django_db
NOON: Final = datetime(2027, 3, 1, 12, tzinfo=UTC)
START, END = NOON + timedelta(days=2), NOON + timedelta(days=9)
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def actor() -> User:
    user: User = UserFactory.create()
    return user


def _follow(moment: datetime) -> list[Product]:
    """What is on sale once the clock's job has run at this moment."""
    with clock.at(moment):
        follow_schedules()
        run_queued()
        follow_schedules()
        run_queued()
        return list(buyable_products())


def test_an_approved_listing_is_on_sale_from_its_day_to_its_end_and_not_a_second_before(actor: User) -> None:
    product = listed(status=ProductStatus.DRAFT, published_at=None)
    with clock.at(NOON):
        schedule_product(product=product, publish_at=START, ends_at=END, actor=actor)
        products.submit_product(product=product, actor=actor)
        assert products.approve_product(product=product, actor=actor).status == ProductStatus.SCHEDULED
    assert [_follow(START - SECOND), _follow(START), _follow(END - SECOND)] == [[], [product], [product]]
    assert _follow(END) == []
    product.refresh_from_db()
    assert (product.status, product.published_at) == (ProductStatus.ARCHIVED, START)
    assert [(move.reason, move.actor_id) for move in moves_of(product)[2:]] == [
        ("begun", None),
        ("ended", None),
    ]


def test_without_its_day_what_is_approved_is_on_sale_at_once(actor: User) -> None:
    product = listed(status=ProductStatus.SCHEDULED, publish_at=START)
    with clock.at(NOON):
        schedule_product(product=product, publish_at=None, ends_at=END, actor=actor)
        schedule_product(product=product, publish_at=None, ends_at=END, actor=actor)
    product.refresh_from_db()
    assert (product.status, product.publish_at, product.ends_at) == (ProductStatus.PUBLISHED, None, END)
    assert audit.entries_of(product).filter(action="catalog.scheduled").count() == 1


def test_what_nobody_has_approved_is_not_put_on_sale_by_its_day(actor: User) -> None:
    for status in (
        ProductStatus.DRAFT,
        ProductStatus.PROPOSED,
        ProductStatus.REJECTED,
        ProductStatus.ARCHIVED,
    ):
        product = listed(status=status, publish_at=START, ends_at=END)
        with clock.at(END):
            assert follow_schedule(product_id=product.pk).status == status
    assert _follow(END) == []


@pytest.mark.parametrize(
    ("status", "publish_at", "ends_at", "field"),
    [
        (ProductStatus.DRAFT, NOON, None, "publishAt"),
        (ProductStatus.DRAFT, None, NOON, "endsAt"),
        (ProductStatus.DRAFT, START, START, "endsAt"),
        (ProductStatus.PUBLISHED, START, None, "publishAt"),
    ],
)
def test_dates_that_cannot_be_are_refused(
    status: ProductStatus, publish_at: datetime | None, ends_at: datetime | None, field: str
) -> None:
    product = listed(status=status)
    with clock.at(NOON), pytest.raises(InvalidInput) as caught:
        schedule_product(product=product, publish_at=publish_at, ends_at=ends_at, actor=None)
    assert caught.value.field == field


def test_dates_that_have_passed_are_forgotten_by_whoever_submits_and_approved_by_nobody(actor: User) -> None:
    product = listed(status=ProductStatus.ARCHIVED, publish_at=NOON, ends_at=START)
    with clock.at(START - SECOND):
        submitted = products.submit_product(product=product, actor=actor)
    assert (submitted.publish_at, submitted.ends_at) == (None, START)
    with clock.at(START), pytest.raises(InvalidInput):
        products.approve_product(product=product, actor=actor)
