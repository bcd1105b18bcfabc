"""What listings are asked: attributes with their choices, and which category asks for which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.text import slugify

from catalog.models import (
    Attribute,
    AttributeChoice,
    AttributeKind,
    Category,
    CategoryAttribute,
    ProductAttribute,
)
from catalog.operations.index import reindex_attribute
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.slugs import insert_with_slug
from marketplace.kernel.texts import line

MOST_CHOICES: Final = 200
LAST_POSITION: Final = 10_000
HAS_CHOICES: Final = (AttributeKind.SINGLE, AttributeKind.MULTI)
YES_AND_NO: Final = ("Yes", "No")


@dataclass(frozen=True, kw_only=True)
class ChoiceDraft:
    """A choice as it shall be: one of this slug, or where there is none, one of this name."""

    name: str
    slug: str | None = None


@dataclass(frozen=True, kw_only=True)
class AttributeDraft:
    """An attribute as it shall be.

    Attributes:
        choices: all that may be chosen, in their order; one left out is retired. None leaves them.
        is_active: one that is not is retired: what was said stays, and nobody is asked any more.
    """

    name: str
    kind: AttributeKind
    unit: str = ""
    choices: tuple[ChoiceDraft, ...] | None = None
    is_active: bool = True


def save_attribute(
    *,
    draft: AttributeDraft,
    actor: User,
    attribute_id: int | None = None,
    idempotency_key: str | None = None,
) -> Attribute:
    """Make an attribute, or let one be as the draft says; its slug stays, and so does its kind once it is
    answered. A toggle has its two choices by itself.

    Locks the attribute, and the products that chose of it, which are reindexed. Audited. Raises NotFound,
    InvalidInput, IdempotencyKeyReused, RequestInProgress.
    """
    name = line(draft.name, field="name", longest=60)
    unit = line(draft.unit, field="unit", longest=12, shortest=0)
    if unit and draft.kind != AttributeKind.NUMBER:
        raise InvalidInput(field="unit", reason="Only a number has a unit.")
    choices = _choices(draft)
    with transaction.atomic():
        outcome = once(
            scope=f"saveAttribute:attribute:{attribute_id or 'new'}",
            key=idempotency_key,
            payload={
                "name": name,
                "kind": draft.kind.value,
                "unit": unit,
                "is_active": draft.is_active,
                "choices": None if choices is None else [[each.slug, each.name] for each in choices],
            },
            run=lambda: _save(attribute_id, name, unit, draft, choices=choices, actor=actor),
        )
        return Attribute.objects.get(pk=outcome.ids["attribute"])


def save_category_attribute(
    *,
    category: Category,
    attribute_id: int,
    actor: User,
    is_required: bool = False,
    is_filterable: bool = True,
    position: int = 0,
) -> Category:
    """Have a category, and those below it, ask for an attribute, or change how they do.

    Locks the category. Audited. Raises NotFound for an attribute that is none or retired, InvalidInput.
    """
    if not 0 <= position <= LAST_POSITION:
        raise InvalidInput(field="position", reason=f"This must be between 0 and {LAST_POSITION:,}.")
    with transaction.atomic():
        category = lock_one(Category.objects.filter(pk=category.pk))
        attribute = Attribute.objects.filter(pk=attribute_id, is_active=True).first()
        if attribute is None:
            raise NotFound(thing="attribute", field="attribute")
        asked: dict[str, object] = {
            "is_required": is_required,
            "is_filterable": is_filterable,
            "position": position,
        }
        CategoryAttribute.objects.bulk_create(
            [CategoryAttribute(category=category, attribute=attribute, **asked)],
            update_conflicts=True,
            unique_fields=["category", "attribute"],
            update_fields=list(asked),
        )
        audit.record(
            actor=actor,
            action="catalog.category_attribute_saved",
            subject=category,
            after={"attribute": attribute.slug, **asked},
        )
    return category


def delete_category_attribute(*, category: Category, attribute_id: int, actor: User) -> Category:
    """Have a category ask for an attribute no more, unless one above it does; what was said stays.

    Locks the category. Audited. Raises NotFound where it did not ask.
    """
    with transaction.atomic():
        category = lock_one(Category.objects.filter(pk=category.pk))
        asked = CategoryAttribute.objects.filter(category=category, attribute=attribute_id)
        found = asked.select_related("attribute").first()
        if found is None:
            raise NotFound(thing="attribute of this category", field="attribute")
        found.delete()
        audit.record(
            actor=actor,
            action="catalog.category_attribute_deleted",
            subject=category,
            before={"attribute": found.attribute.slug},
        )
    return category


def _choices(draft: AttributeDraft) -> list[ChoiceDraft] | None:
    """The choices with clean names, each once. Raises InvalidInput."""
    if draft.kind == AttributeKind.TOGGLE and not draft.choices:
        return [ChoiceDraft(name=name) for name in YES_AND_NO]
    if draft.kind not in HAS_CHOICES:
        if draft.choices:
            raise InvalidInput(field="choices", reason="In this kind there is nothing to choose.")
        return None
    if draft.choices is None:
        return None
    if len(draft.choices) > MOST_CHOICES:
        raise InvalidInput(field="choices", reason=f"An attribute has at most {MOST_CHOICES} choices.")
    clean = [
        ChoiceDraft(name=line(each.name, field="choices", longest=60), slug=each.slug)
        for each in draft.choices
    ]
    if len({each.name.casefold() for each in clean}) < len(clean):
        raise InvalidInput(field="choices", reason="Each choice has a name of its own.")
    return clean


def _save(
    attribute_id: int | None,
    name: str,
    unit: str,
    draft: AttributeDraft,
    *,
    choices: list[ChoiceDraft] | None,
    actor: User,
) -> Outcome:
    attribute = _new(name, draft.kind) if attribute_id is None else _locked(attribute_id, draft.kind)
    before = None if attribute_id is None else _facts(attribute)
    attribute.name, attribute.unit = name, unit
    attribute.kind, attribute.is_active = draft.kind, draft.is_active
    attribute.save()
    if choices is not None:
        _save_choices(attribute, choices)
    after = _facts(attribute)
    if before is not None and before != after:
        reindex_attribute(attribute)
    audit.record(
        actor=actor,
        action="catalog.attribute_saved",
        subject=attribute,
        before=before,
        after=after,
    )
    return Outcome("saved", {"attribute": attribute.pk})


def _new(name: str, kind: AttributeKind) -> Attribute:
    def insert(slug: str) -> Attribute:
        return Attribute.objects.create(slug=slug, name=name, kind=kind)

    return insert_with_slug(Attribute.objects.all(), text=name, fallback="attribute", insert=insert)


def _locked(attribute_id: int, kind: AttributeKind) -> Attribute:
    rows = lock(Attribute.objects.filter(pk=attribute_id))
    if not rows:
        raise NotFound(thing="attribute", field="attribute")
    is_another = rows[0].kind != kind
    if is_another and ProductAttribute.objects.filter(attribute=rows[0]).exists():
        raise InvalidInput(field="kind", reason="Listings have answered it: make another attribute.")
    if is_another:
        AttributeChoice.objects.filter(attribute=rows[0]).delete()
    return rows[0]


def _save_choices(attribute: Attribute, choices: Sequence[ChoiceDraft]) -> None:
    """Three statements, however many. Raises InvalidInput for a slug that none of them has."""
    kept = {row.slug: row for row in AttributeChoice.objects.filter(attribute=attribute)}
    named = {each.slug for each in choices if each.slug is not None}
    live: dict[str, AttributeChoice] = {}
    for position, each in enumerate(choices):
        if each.slug is not None and each.slug not in kept:
            raise InvalidInput(field="choices", reason=f"There is no choice {each.slug[:60]}.")
        slug = each.slug or _slug(each.name, taken={*named, *live})
        if slug in live:
            raise InvalidInput(field="choices", reason=f"The choice {slug} is named twice.")
        row = kept.get(slug) or AttributeChoice(attribute=attribute, slug=slug)
        row.name, row.position, row.is_active = each.name, position, True
        live[slug] = row
    for slug, row in kept.items():
        row.is_active = slug in live
    AttributeChoice.objects.bulk_update(kept.values(), ["name", "position", "is_active"])
    AttributeChoice.objects.bulk_create(row for slug, row in live.items() if slug not in kept)


def _slug(name: str, *, taken: set[str]) -> str:
    stem = slugify(name)[:50] or "choice"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _facts(attribute: Attribute) -> dict[str, object]:
    live = AttributeChoice.objects.filter(attribute=attribute, is_active=True)
    return {
        "name": attribute.name,
        "kind": str(attribute.kind),
        "unit": attribute.unit,
        "is_active": attribute.is_active,
        "choices": list(live.values_list("slug", flat=True)),
    }
