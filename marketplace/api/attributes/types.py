"""Attributes: what categories ask of listings, and what listings say."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any, Self

import strawberry
import strawberry_django
from django.db.models import Prefetch

from catalog import models
from catalog.answering import number_of
from catalog.asking import Asked, read
from catalog.selectors.attributes import answers_kept, answers_shown, asking_categories
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.nodes import Node

enum_of(models.AttributeKind, description="How an attribute is answered.")


@strawberry_django.type(
    models.AttributeChoice, name="AttributeChoice", description="One of the answers to choose."
)
class AttributeChoiceType:
    slug: str = fields.attribute(description="Names it within its attribute, in inputs and in filters.")
    name: str = fields.attribute(description="What buyers read.")
    is_active: bool = fields.attribute(description="Whether it can be chosen; one that was chosen stays.")


@strawberry_django.type(
    models.Attribute, name="Attribute", description="What can be said of products in the same terms."
)
class AttributeType(Node):
    slug: str = fields.attribute(description="Names it in inputs and in filters.")
    name: str = fields.attribute(description="What buyers read.")
    kind: models.AttributeKind = fields.attribute(description="How it is answered.")
    unit: str = fields.attribute(description="What its numbers are in; empty for none.")
    is_active: bool = fields.attribute(description="Whether it is asked for; what was said stays.")

    @fields.field(
        list[AttributeChoiceType],
        description="What can be chosen, in order, retired ones too.",
        prefetch_related=["choices"],
        only=["id"],
    )
    @staticmethod
    def choices(root: strawberry.Parent[models.Attribute]) -> Any:
        return list(root.choices.all())


@strawberry.type(description="An answer that can be chosen.")
class CategoryAttributeChoice:
    slug: str = strawberry.field(description="Names it within its attribute, in inputs and in filters.")
    name: str = strawberry.field(description="What buyers read.")


@strawberry.type(description="An attribute that the products of a category are asked for.")
class CategoryAttribute:
    slug: str = strawberry.field(description="Names the attribute in inputs and in filters.")
    name: str = strawberry.field(description="What buyers read.")
    kind: models.AttributeKind = strawberry.field(description="How it is answered.")
    unit: str = strawberry.field(description="What its numbers are in; empty for none.")
    is_required: bool = strawberry.field(description="Whether a listing needs an answer to be submitted.")
    is_filterable: bool = strawberry.field(description="Whether buyers may narrow lists by it.")
    position: int = strawberry.field(description="Its place among the attributes.")
    from_category: str = strawberry.field(
        description="The slug of the category that asks: this one, or one above."
    )
    choices: list[CategoryAttributeChoice] = strawberry.field(description="What can be chosen, in order.")

    @classmethod
    def of(cls, asked: Asked) -> Self:
        return cls(
            slug=asked.slug,
            name=asked.name,
            kind=asked.kind,
            unit=asked.unit,
            is_required=asked.is_required,
            is_filterable=asked.is_filterable,
            position=asked.position,
            from_category=asked.category,
            choices=[CategoryAttributeChoice(slug=each.slug, name=each.name) for each in asked.choices],
        )


@strawberry.type(description="Something a listing says of an attribute; one of its values is not null.")
class AttributeValue:
    label: str = strawberry.field(description="What buyers read, a number with its unit.")
    choice: str | None = strawberry.field(default=None, description="The slug of a choice.")
    text: str | None = strawberry.field(default=None, description="Words.")
    number: Decimal | None = strawberry.field(default=None, description="A number, in the attribute's unit.")

    @classmethod
    def of(cls, row: models.ProductAttribute) -> Self:
        if row.choice is not None:
            return cls(label=row.choice.name, choice=row.choice.slug)
        if row.number_milli is None:
            return cls(label=row.text, text=row.text)
        number = number_of(row.number_milli)
        return cls(label=f"{number:f} {row.attribute.unit}".strip(), number=number)


@strawberry.type(description="An attribute of a product, with what is said of it.")
class ProductAttribute:
    slug: str = strawberry.field(description="Names the attribute in filters.")
    name: str = strawberry.field(description="What buyers read.")
    kind: models.AttributeKind = strawberry.field(description="How it is answered.")
    unit: str = strawberry.field(description="What its numbers are in; empty for none.")
    values: list[AttributeValue] = strawberry.field(
        description="What is said; several where many were chosen."
    )


@strawberry.type(description="An attribute of a listing, answered or not.")
class ListingAttribute(ProductAttribute):
    is_asked: bool = strawberry.field(
        description="Whether its category asks for it; where not, buyers are not shown it."
    )
    is_required: bool = strawberry.field(description="Whether the listing needs an answer to be submitted.")


def shown_answers(_: strawberry.Info) -> "Prefetch[Any]":
    """Hint to the optimizer: what buyers read, for all products at once."""
    return Prefetch("attributes", answers_shown(), to_attr="prefetched_shown")


def kept_answers(_: strawberry.Info) -> "Prefetch[Any]":
    """Hint to the optimizer: all that was said, for all listings at once."""
    return Prefetch("attributes", answers_kept(), to_attr="prefetched_kept")


def asking_category(_: strawberry.Info) -> "Prefetch[Any]":
    """Hint to the optimizer: what the categories ask for, each once."""
    return Prefetch("category", asking_categories(), to_attr="prefetched_asking")


def shown_of(product: models.Product) -> list[ProductAttribute]:
    """What a product says, prefetched by the hint above."""
    found: list[models.ProductAttribute] | None = getattr(product, "prefetched_shown", None)
    rows = answers_shown().filter(product=product) if found is None else found
    return [
        ProductAttribute(
            slug=attribute.slug,
            name=attribute.name,
            kind=models.AttributeKind(attribute.kind),
            unit=attribute.unit,
            values=values,
        )
        for attribute, values in _grouped(rows)
    ]


def attributes_of(category: models.Category) -> list[CategoryAttribute]:
    """What a category asks for; it comes with its annotation."""
    annotated: Any = category if hasattr(category, "asked") else asking_categories().get(pk=category.pk)
    return [CategoryAttribute.of(each) for each in read(annotated.asked)]


def asked_of(product: models.Product) -> list[Asked]:
    """What the category of a product asks for, prefetched by the hint above."""
    category: Any = getattr(product, "prefetched_asking", None)
    if category is None:
        category = asking_categories().get(pk=product.category_id)
    return read(category.asked)


def listed_of(product: models.Product) -> list[ListingAttribute]:
    """What a listing is asked, answered or not, and after it what else it says."""
    found: list[models.ProductAttribute] | None = getattr(product, "prefetched_kept", None)
    rows = answers_kept().filter(product=product) if found is None else found
    said = {attribute.pk: (attribute, values) for attribute, values in _grouped(rows)}
    asked = [
        ListingAttribute(
            slug=each.slug,
            name=each.name,
            kind=each.kind,
            unit=each.unit,
            values=said.pop(each.key, (None, []))[1],
            is_asked=True,
            is_required=each.is_required,
        )
        for each in asked_of(product)
    ]
    return asked + [
        ListingAttribute(
            slug=attribute.slug,
            name=attribute.name,
            kind=models.AttributeKind(attribute.kind),
            unit=attribute.unit,
            values=values,
            is_asked=False,
            is_required=False,
        )
        for attribute, values in said.values()
    ]


def _grouped(
    rows: Iterable[models.ProductAttribute],
) -> Iterable[tuple[models.Attribute, list[AttributeValue]]]:
    for _, same in groupby(rows, key=lambda row: row.attribute_id):
        found = list(same)
        yield found[0].attribute, [AttributeValue.of(row) for row in found]
