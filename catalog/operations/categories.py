"""The category tree: `path` follows every change of it, in the same transaction."""

from typing import Final

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Length, Substr

from catalog.errors import CategoryMisplaced
from catalog.models import Category
from catalog.operations.index import reindex_category
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.slugs import insert_with_slug
from marketplace.kernel.texts import line

MAX_DEPTH: Final = 8


def create_category(*, name: str, parent: Category | None = None, position: int = 0) -> Category:
    """Add a category below another one, or a root.

    Locks the parent. Raises InvalidInput, CategoryMisplaced where the tree would grow too deep.
    """
    name = line(name, field="name", longest=100)
    with transaction.atomic():
        if parent is not None:
            parent = lock_one(Category.objects.filter(pk=parent.pk))
        _refuse_depth(_depth(parent) + 1)

        def insert(slug: str) -> Category:
            return Category.objects.create(
                parent=parent, name=name, slug=slug, path=_path(parent, slug), position=position
            )

        return insert_with_slug(Category.objects.all(), text=name, fallback="category", insert=insert)


def rename_category(*, category: Category, name: str) -> Category:
    """Give a category another name; its slug stays, for addresses lead to it.

    Locks the category. Raises InvalidInput. Reindexes its products.
    """
    name = line(name, field="name", longest=100)
    with transaction.atomic():
        category = lock_one(Category.objects.filter(pk=category.pk))
        category.name = name
        category.save(update_fields=["name"])
        reindex_category(category)
    return category


def move_category(*, category: Category, parent: Category | None) -> Category:
    """Hang a category, with all below it, under another parent; None makes it a root.

    Locks the whole tree, for two moves at once could close a circle. Raises CategoryMisplaced where the
    parent stands below the category itself or the tree would grow too deep. Reindexes the products.
    """
    with transaction.atomic():
        tree = {each.pk: each for each in lock(Category.objects.all())}
        category = tree[category.pk]
        parent = None if parent is None else tree[parent.pk]
        below = [each for each in tree.values() if each.path.startswith(f"{category.path}/")]
        if parent is not None and parent in {category, *below}:
            raise CategoryMisplaced(reason="its parent would stand below it")
        height = max((_depth(each) for each in below), default=_depth(category)) - _depth(category)
        _refuse_depth(_depth(parent) + 1 + height)
        _hang(category, parent)
        reindex_category(category)
    return category


def _hang(category: Category, parent: Category | None) -> None:
    """Two statements: the category, and the paths of all below it."""
    old = f"{category.path}/"
    category.parent = parent
    category.path = _path(parent, category.slug)
    category.save(update_fields=["parent", "path"])
    rest = Substr("path", Length(Value(old)) + 1)
    Category.objects.filter(path__startswith=old).update(path=Concat(Value(f"{category.path}/"), rest))


def _path(parent: Category | None, slug: str) -> str:
    return slug if parent is None else f"{parent.path}/{slug}"


def _depth(category: Category | None) -> int:
    return 0 if category is None else category.path.count("/") + 1


def _refuse_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise CategoryMisplaced(reason=f"the tree is at most {MAX_DEPTH} categories deep")
