"""What may be read of attributes by themselves."""

import strawberry
from django.db.models import QuerySet

from catalog import models
from catalog.permissions import VIEW_ATTRIBUTES
from catalog.selectors import attributes
from marketplace.api import fields
from marketplace.api.attributes.types import AttributeType
from marketplace.api.context import Info
from marketplace.api.nodes import visible


@visible("Attribute")
def visible_attributes(_: Info) -> "QuerySet[models.Attribute]":
    return attributes.attributes()


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        AttributeType, description="All attributes by name, retired ones too.", is_guarded=True
    )
    def attributes(self, info: Info) -> "QuerySet[models.Attribute]":
        info.context.demand_staff(VIEW_ATTRIBUTES)
        return attributes.attributes()
