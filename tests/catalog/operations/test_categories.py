import pytest

from catalog.errors import CategoryMisplaced
from catalog.models import Category
from catalog.operations.categories import MAX_DEPTH, create_category, move_category, rename_category
from catalog.selectors.listings import ProductFilter, buyable_products
from marketplace.kernel.errors import InvalidInput
from tests.factories.catalog import listed

pytestmark = pytest.mark.django_db


def _paths() -> list[str]:
    return list(Category.objects.order_by("path").values_list("path", flat=True))


def _titles(text: str) -> list[str]:
    return [product.title for product in buyable_products(ProductFilter(text=text))]


def test_a_category_stands_below_its_parent() -> None:
    knives = create_category(name="Knives", parent=create_category(name="Kitchen & Dining"))
    assert (knives.slug, knives.path) == ("knives", "kitchen-dining/knives")


def test_two_categories_of_one_name_have_two_slugs_and_paths() -> None:
    parents = [create_category(name="Women"), create_category(name="Men")]
    for parent in parents:
        create_category(name="Shoes", parent=parent)
    assert _paths() == ["men", "men/shoes-2", "women", "women/shoes"]


def test_a_name_is_needed() -> None:
    with pytest.raises(InvalidInput) as caught:
        create_category(name=" ")
    assert caught.value.field == "name"


def test_whoever_moves_takes_everything_below_along() -> None:
    home, garden = create_category(name="Home"), create_category(name="Garden")
    tools = create_category(name="Tools", parent=home)
    create_category(name="Saws", parent=tools)
    create_category(name="Tools and more", parent=home)
    move_category(category=tools, parent=garden)
    assert _paths() == ["garden", "garden/tools", "garden/tools/saws", "home", "home/tools-and-more"]


def test_a_category_becomes_a_root() -> None:
    tools = create_category(name="Tools", parent=create_category(name="Home"))
    create_category(name="Saws", parent=tools)
    assert move_category(category=tools, parent=None).parent is None
    assert _paths() == ["home", "tools", "tools/saws"]


def test_products_are_found_by_the_words_of_where_they_stand_now() -> None:
    home, garden = create_category(name="Home"), create_category(name="Garden")
    saws = create_category(name="Saws", parent=home)
    listed(title="Blade", category=saws)
    move_category(category=saws, parent=garden)
    assert (_titles("garden"), _titles("home")) == (["Blade"], [])


def test_nothing_stands_below_itself() -> None:
    home = create_category(name="Home")
    tools = create_category(name="Tools", parent=home)
    for parent in (home, tools):
        with pytest.raises(CategoryMisplaced):
            move_category(category=home, parent=parent)
    assert _paths() == ["home", "home/tools"]


def test_the_tree_does_not_grow_beyond_its_depth_by_planting_or_moving() -> None:
    deepest = None
    for level in range(MAX_DEPTH):
        deepest = create_category(name=f"Level {level}", parent=deepest)
    with pytest.raises(CategoryMisplaced):
        create_category(name="One more", parent=deepest)
    root = create_category(name="Root")
    with pytest.raises(CategoryMisplaced):
        move_category(category=Category.objects.get(slug="level-0"), parent=root)
    assert Category.objects.count() == MAX_DEPTH + 1


def test_another_name_leaves_the_address_and_is_searched_for() -> None:
    category = create_category(name="Tools")
    listed(title="Saw", category=category)
    renamed = rename_category(category=category, name="Implements")
    assert (renamed.name, renamed.slug, renamed.path) == ("Implements", "tools", "tools")
    assert _titles("implements") == ["Saw"]
