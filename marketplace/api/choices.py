"""The domain's choices as GraphQL enums: names in capitals, labels as descriptions."""

from typing import TypeVar

import strawberry
from django.db.models import TextChoices
from strawberry.types.enum import StrawberryEnumDefinition

Choices = TypeVar("Choices", bound=type[TextChoices])


def enum_of(choices: Choices, *, description: str) -> Choices:
    """Make a TextChoices an enum of the schema, each value described by its label."""
    made = strawberry.enum(choices, description=description)
    definition: StrawberryEnumDefinition = made.__strawberry_definition__  # type: ignore[attr-defined]  # set above
    for value, choice in zip(definition.values, choices, strict=True):
        value.description = f"{choice.label}."
    return made
