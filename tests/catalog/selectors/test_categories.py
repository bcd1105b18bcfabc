import pytest

from catalog.selectors.categories import categories, category_by_slug, root_categories
from tests.factories.catalog import CategoryFactory

pytestmark = pytest.mark.django_db


def test_every_category_comes_after_the_one_it_stands_below() -> None:
    above = CategoryFactory.create(slug="a")
    CategoryFactory.create(slug="c", parent=CategoryFactory.create(slug="b", parent=above))
    assert [each.path for each in categories()] == ["a", "a/b", "a/b/c"]


def test_the_roots_come_in_their_own_order() -> None:
    first = CategoryFactory.create(name="Z", position=0)
    second = CategoryFactory.create(name="A", position=1)
    CategoryFactory.create(parent=first)
    assert list(root_categories()) == [first, second]


def test_a_category_is_found_by_its_slug() -> None:
    category = CategoryFactory.create(slug="here")
    assert [list(category_by_slug(slug)) for slug in ("here", "there", "\x00")] == [[category], [], []]
