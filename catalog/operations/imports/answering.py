"""Attributes of a batch of listings: what is asked and said now, and what the rows make of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.answering import Given, missing
from catalog.asking import Asked, asked, read
from catalog.imports.answers import cell_of, rows_of
from catalog.imports.columns import ATTRIBUTE
from catalog.imports.faults import Fault, FaultCode
from catalog.models import Category, Product, ProductAttribute
from catalog.operations.imports.finding import Group
from catalog.operations.imports.lines import Line

Kept = Mapping[str, list[ProductAttribute]]


@dataclass
class Answered:
    """What becomes of a listing's answers: rows that go, and what comes, by the key of its attribute."""

    gone: list[ProductAttribute] = field(default_factory=list)
    come: list[tuple[int, Given]] = field(default_factory=list)


class Questions:
    """What the categories of a batch ask for, and what its listings say. Two statements; none where no row
    is about it.
    """

    def __init__(
        self, lines: Sequence[Line], groups: Sequence[Group], categories: Mapping[str, Category]
    ) -> None:
        self.asked: dict[int, dict[str, Asked]] = {}
        self.kept: dict[int, dict[str, list[ProductAttribute]]] = defaultdict(lambda: defaultdict(list))
        if not any(_is_about_them(each) for each in lines):
            return
        products = [each.product for each in groups if each.product is not None]
        keys = {each.category_id for each in products} | {each.pk for each in categories.values()}
        for key, rows in Category.objects.filter(pk__in=keys).values_list("pk", asked()):
            self.asked[key] = {each.slug: each for each in read(rows)}
        said = ProductAttribute.objects.filter(product__in=products).select_related("attribute", "choice")
        for row in said:
            self.kept[row.product_id][row.attribute.slug].append(row)

    def answered(self, product: Product, attributes: Mapping[str, str]) -> Answered:
        """What the cells make of the listing's answers. Raises Fault.

        What its category does not ask for may be said again as it is, and taken back.
        """
        asked_here, kept = self.asked.get(product.category_id, {}), self._kept(product)
        made = Answered()
        for column, cell in attributes.items():
            slug = column.removeprefix(ATTRIBUTE)
            if slug in asked_here:
                rows = rows_of(column, cell, asked_here[slug])
                if set(rows) != {_given(each) for each in kept.get(slug, ())}:
                    made.gone += kept.get(slug, ())
                    made.come += [(asked_here[slug].key, each) for each in rows]
            elif not cell:
                made.gone += kept.get(slug, ())
            elif cell != told(kept.get(slug, ())):
                raise Fault(column, FaultCode.UNKNOWN_ATTRIBUTE, "its category does not ask for it")
        return made

    def refuse_unanswered(self, product: Product, made: Answered) -> None:
        """Raises Fault where the category requires what the listing will not say."""
        gone = {each.pk for each in made.gone}
        kept = self._kept(product)
        answered = {row.attribute_id for rows in kept.values() for row in rows if row.pk not in gone}
        answered |= {key for key, _ in made.come}
        lacking = missing(list(self.asked.get(product.category_id, {}).values()), answered)
        if lacking:
            names = ", ".join(each.name for each in lacking)
            raise Fault("submit", FaultCode.CANNOT_BE_SUBMITTED, f"it still needs {names}")

    def choice_keys(self, product: Product, made: Answered) -> list[int]:
        """The choices that the listing will have made."""
        gone = {each.pk for each in made.gone}
        kept = [row for rows in self._kept(product).values() for row in rows if row.pk not in gone]
        chosen = [row.choice_id for row in kept] + [each.choice for _, each in made.come]
        return sorted(key for key in chosen if key is not None)

    def _kept(self, product: Product) -> Kept:
        return self.kept.get(product.pk, {})


def told(rows: Sequence[ProductAttribute]) -> str:
    """What a listing says of one attribute, as a cell."""
    if not rows:
        return ""
    first = rows[0]
    choices = [row.choice.slug for row in rows if row.choice is not None]
    return cell_of(choices, first.text, first.number_milli)


def write(wanted: Sequence[tuple[Product, Answered]]) -> None:
    """Two statements, and none where nothing changes. The products' own columns are the caller's."""
    gone = [row.pk for _, made in wanted for row in made.gone]
    if gone:
        ProductAttribute.objects.filter(pk__in=gone).delete()
    ProductAttribute.objects.bulk_create(
        ProductAttribute(
            product=product,
            attribute_id=key,
            choice_id=each.choice,
            text=each.text,
            number_milli=each.milli,
        )
        for product, made in wanted
        for key, each in made.come
    )


def _is_about_them(line: Line) -> bool:
    return bool(line.texts.get("submit", "").strip()) or any(
        name.startswith(ATTRIBUTE) for name in line.texts
    )


def _given(row: ProductAttribute) -> Given:
    return Given(choice=row.choice_id, text=row.text, milli=row.number_milli)
