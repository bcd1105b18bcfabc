"""The domain's choices as GraphQL enums: names in capitals, each value described."""

import enum
from collections.abc import Mapping

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition


def enum_of(
    choices: type[enum.Enum], *, description: str, values: Mapping[enum.Enum, str] | None = None
) -> None:
    """Let the schema show an enum of the domain, its values described in `values` or by their labels."""
    # An input that was imported before may have made it an enum already, without descriptions.
    if not hasattr(choices, "__strawberry_definition__"):
        strawberry.enum(choices)
    definition: StrawberryEnumDefinition = choices.__strawberry_definition__  # type: ignore[attr-defined]  # set above
    definition.description = description
    for value, choice in zip(definition.values, choices, strict=True):
        value.description = values[choice] if values else f"{choice.label}."  # type: ignore[attr-defined]  # TextChoices
