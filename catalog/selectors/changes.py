"""What changes of listings ask for, beside what is on sale."""

from collections.abc import Iterator

from catalog.models import ChangeStatus, ProductChange


def before_and_after(change: ProductChange) -> Iterator[tuple[str, str, str]]:
    """The name of each field that shall be another, with what it is (or was until the decision) and shall be.

    Reads the category, and the product with its own.
    """
    after = {
        "title": change.title,
        "description": change.description,
        "category": change.category.path if change.category else None,
    }
    now = {
        "title": change.product.title,
        "description": change.product.description,
        "category": change.product.category.path,
    }
    before = now if change.status == ChangeStatus.PENDING else change.before
    for name, value in after.items():
        if value is not None:
            yield name, str(before.get(name, "")), value
