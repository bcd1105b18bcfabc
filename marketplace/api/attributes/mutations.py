"""What the platform's staff may do about attributes."""

from typing import Annotated

import strawberry

from catalog.models import Attribute, Category
from catalog.operations import attributes
from catalog.permissions import CHANGE_ATTRIBUTES
from marketplace.api import fields
from marketplace.api.attributes.inputs import (
    DeleteCategoryAttributeInput,
    SaveAttributeInput,
    SaveCategoryAttributeInput,
)
from marketplace.api.attributes.types import AttributeType
from marketplace.api.catalog.types import CategoryType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput, NotFound, RequestInProgress
from vendors.errors import NotPermitted


@strawberry.type(description="The attribute as it is now.")
class AttributeSuccess:
    row: strawberry.Private[Attribute]

    @fields.field(AttributeType, description="The attribute as it is now.")
    def attribute(self, info: Info) -> Attribute:
        return fields.refetch(self.row, info)


@strawberry.type(description="The category as it is now.")
class CategorySuccess:
    row: strawberry.Private[Category]

    @fields.field(CategoryType, description="The category as it is now.")
    def category(self, info: Info) -> Category:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Platform: make an attribute, change it, or retire it.",
    )
    def save_attribute(self, info: Info, input: Annotated[SaveAttributeInput, INPUT]) -> AttributeSuccess:
        actor = info.context.demand_staff(CHANGE_ATTRIBUTES)
        key = None if input.attribute is None else _attribute(input.attribute)
        row = attributes.save_attribute(
            draft=input.to_domain(), actor=actor, attribute_id=key, idempotency_key=input.idempotency_key
        )
        return AttributeSuccess(row=row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        description="Platform: have a category, and those below it, ask for an attribute, or change how.",
    )
    def save_category_attribute(
        self, info: Info, input: Annotated[SaveCategoryAttributeInput, INPUT]
    ) -> CategorySuccess:
        actor = info.context.demand_staff(CHANGE_ATTRIBUTES)
        row = attributes.save_category_attribute(
            category=_category(input.category),
            attribute_id=_attribute(input.attribute),
            actor=actor,
            is_required=input.is_required,
            is_filterable=input.is_filterable,
            position=input.position,
        )
        return CategorySuccess(row=row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        description="Platform: have a category ask for an attribute no more; what listings said of it stays.",
    )
    def delete_category_attribute(
        self, info: Info, input: Annotated[DeleteCategoryAttributeInput, INPUT]
    ) -> CategorySuccess:
        actor = info.context.demand_staff(CHANGE_ATTRIBUTES)
        row = attributes.delete_category_attribute(
            category=_category(input.category), attribute_id=_attribute(input.attribute), actor=actor
        )
        return CategorySuccess(row=row)


def _attribute(identifier: str) -> int:
    return decode_key(identifier, "Attribute", field="attribute")


def _category(identifier: str) -> Category:
    category = Category.objects.filter(pk=decode_key(identifier, "Category", field="category")).first()
    if category is None:
        raise NotFound(thing="category", field="category")
    return category
