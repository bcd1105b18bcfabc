"""What listings say of their attributes: the one writer of ProductAttribute and of `Product.choice_keys`."""

from collections.abc import Sequence

from catalog.answering import Answer, Given, given, missing
from catalog.asking import Asked, asked_in
from catalog.errors import AttributeNotAsked, AttributesRefused, ListingIncomplete, RowProblem
from catalog.models import Product, ProductAttribute
from marketplace.kernel.errors import InvalidInput, Refusal


def answer(product: Product, answers: Sequence[Answer]) -> None:
    """Take what is said of these attributes, and leave what is said of others.

    What the category of the listing does not ask for can be taken back, and not said anew: so a listing that
    comes to another category keeps its answers, and has them again when it comes back.

    The caller holds the product locked, or has just made it, and saves its `choice_keys` afterwards.
    Four statements, however many answers. Raises AttributesRefused with all that cannot be taken.
    """
    asked = {each.slug: each for each in asked_in(product.category_id)}
    kept = list(ProductAttribute.objects.filter(product=product).select_related("attribute"))
    known = {row.attribute.slug: row.attribute_id for row in kept}
    rows: dict[int, list[Given]] = {}
    problems = []
    for index, each in enumerate(answers):
        try:
            key, taken = _taken(each, asked, known)
            if key in rows:
                raise InvalidInput(field="attribute", reason=f"{each.attribute} is answered twice.")
            rows[key] = taken
        except Refusal as refusal:
            problems.append(RowProblem.of(index, refusal))
    if problems:
        raise AttributesRefused(problems=tuple(problems))
    ProductAttribute.objects.filter(product=product, attribute__in=rows).delete()
    made = ProductAttribute.objects.bulk_create(
        ProductAttribute(
            product=product, attribute_id=key, choice_id=row.choice, text=row.text, number_milli=row.milli
        )
        for key, taken in rows.items()
        for row in taken
    )
    left = [row for row in kept if row.attribute_id not in rows]
    product.choice_keys = sorted(row.choice_id for row in [*left, *made] if row.choice_id is not None)


def refuse_unanswered(product: Product) -> None:
    """Raises ListingIncomplete naming what the category requires and the listing does not say.

    Two statements.
    """
    answered = ProductAttribute.objects.filter(product=product).values_list("attribute", flat=True)
    if lacking := missing(asked_in(product.category_id), set(answered)):
        raise ListingIncomplete(missing=", ".join(each.name for each in lacking), field="attributes")


def _taken(each: Answer, asked: dict[str, Asked], known: dict[str, int]) -> tuple[int, list[Given]]:
    """The key of the attribute, and what is said of it."""
    if each.attribute in asked:
        return asked[each.attribute].key, given(each, asked[each.attribute])
    if each.attribute in known and not each.kinds:
        return known[each.attribute], []
    raise AttributeNotAsked(attribute=each.attribute[:60])
