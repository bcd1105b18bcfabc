"""What the mutations on attributes take, and what listings say of them."""

from decimal import Decimal

import strawberry

from catalog.answering import Answer
from catalog.models import AttributeKind
from catalog.operations.attributes import AttributeDraft, ChoiceDraft


@strawberry.input(
    description="What a listing says of one attribute: one of these; with none of them it is taken back."
)
class ProductAttributeInput:
    attribute: str = strawberry.field(description="The slug of the attribute.")
    choices: list[str] = strawberry.field(default_factory=list, description="The slugs of what is chosen.")
    text: str | None = strawberry.field(default=None, description="Words, 200 characters at most.")
    number: Decimal | None = strawberry.field(
        default=None, description="A number in the attribute's unit, with three decimals at most."
    )
    toggle: bool | None = strawberry.field(default=None, description="Yes or no.")

    def to_domain(self) -> Answer:
        """As the catalogue understands it."""
        return Answer(
            attribute=self.attribute,
            choices=tuple(self.choices),
            text=self.text,
            number=self.number,
            toggle=self.toggle,
        )


@strawberry.input(description="A choice as it shall be.")
class AttributeChoiceInput:
    name: str = strawberry.field(description="What buyers shall read.")
    slug: str | None = strawberry.field(
        default=None,
        description="The choice to keep or rename; without one, that of this name, or a new one.",
    )


@strawberry.input(description="Make an attribute, or change one.")
class SaveAttributeInput:
    attribute: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; a new one where it is left out."
    )
    name: str = strawberry.field(description="What it shall be called.")
    kind: AttributeKind = strawberry.field(description="How it is answered; fixed by the first answer.")
    unit: str = strawberry.field(default="", description="What its numbers are in.")
    choices: list[AttributeChoiceInput] | None = strawberry.field(
        default=None,
        description="All that can be chosen, in order; what is left out of the list is retired. Without a "
        "list they stay. A toggle has its two by itself.",
    )
    is_active: bool = strawberry.field(
        default=True, description="Whether it is asked for; retired, it keeps what was said."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; the same request with the same key has one effect."
    )

    def to_domain(self) -> AttributeDraft:
        """As the catalogue understands it."""
        choices = (
            None
            if self.choices is None
            else tuple(ChoiceDraft(name=each.name, slug=each.slug) for each in self.choices)
        )
        return AttributeDraft(
            name=self.name, kind=self.kind, unit=self.unit, choices=choices, is_active=self.is_active
        )


@strawberry.input(description="Have a category, and those below it, ask for an attribute.")
class SaveCategoryAttributeInput:
    category: strawberry.ID = strawberry.field(description="The category.")
    attribute: strawberry.ID = strawberry.field(description="The attribute.")
    is_required: bool = strawberry.field(
        default=False, description="Whether a listing needs an answer to be submitted."
    )
    is_filterable: bool = strawberry.field(default=True, description="Whether buyers may narrow lists by it.")
    position: int = strawberry.field(default=0, description="Its place among the attributes.")


@strawberry.input(description="Have a category ask for an attribute no more.")
class DeleteCategoryAttributeInput:
    category: strawberry.ID = strawberry.field(description="The category.")
    attribute: strawberry.ID = strawberry.field(description="The attribute.")
