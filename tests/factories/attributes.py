"""Attributes that categories ask for."""

from typing import Any

from catalog.models import Attribute, AttributeKind, Category, CategoryAttribute
from catalog.operations.attributes import AttributeDraft, ChoiceDraft, save_attribute
from tests.factories.accounts import UserFactory


def attribute(
    name: str, kind: AttributeKind = AttributeKind.SINGLE, *choices: str, unit: str = "", **fields: Any
) -> Attribute:
    """An attribute with these choices."""
    drafts = tuple(ChoiceDraft(name=each) for each in choices) or None
    draft = AttributeDraft(name=name, kind=kind, unit=unit, choices=drafts, **fields)
    return save_attribute(draft=draft, actor=UserFactory.create(is_staff=True))


def asks(category: Category, *attributes: Attribute, **fields: Any) -> None:
    """Let a category ask for attributes, in this order."""
    for position, each in enumerate(attributes):
        CategoryAttribute.objects.create(
            category=category, attribute=each, **{"position": position, **fields}
        )
