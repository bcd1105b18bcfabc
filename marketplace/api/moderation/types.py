"""What the platform decides about listings, as the vendor's people and its staff see it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.core.files.storage import default_storage
from django.db.models import Prefetch
from strawberry_django.optimizer import optimize

from catalog import models
from catalog.selectors.changes import before_and_after
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.nodes import Node
from marketplace.api.pictures import Rendition
from marketplace.api.scalars import encode_id
from marketplace.kernel.pictures import StoredPicture

if TYPE_CHECKING:
    from marketplace.api.catalog.types import CategoryType

enum_of(models.ListingField, description="What of a listing a fault is found with.")
enum_of(models.ChangeStatus, description="Whether a change waits, or what became of it.")

CATEGORY: Any = Annotated["CategoryType", strawberry.lazy("marketplace.api.catalog.types")]


@strawberry.type(description="What is wrong with one field.")
class ListingFault:
    field: models.ListingField = strawberry.field(description="Which field.")
    reason: models.RejectionReason = strawberry.field(description="What is wrong with it.")
    note: str = strawberry.field(description="What should be mended.")


@strawberry.type(description="One field of a listing, as it is on sale and as it shall be.")
class ListingDifference:
    field: models.ListingField = strawberry.field(description="Which field.")
    before: str = strawberry.field(description="What it is, or was until the decision.")
    after: str = strawberry.field(description="What was asked for.")


@strawberry.type(description="A picture in the order that was asked for.")
class ProposedPicture:
    id: strawberry.ID = strawberry.field(description="By which it is put in order or removed.")
    is_new: bool = strawberry.field(description="Whether no buyer sees it yet.")
    alt: str = strawberry.field(description="What it shows, for those who do not see it.")
    width: int = strawberry.field(description="Of the largest size, in pixels.")
    height: int = strawberry.field(description="Of the largest size, in pixels.")
    url: str = strawberry.field(description="Where the largest size is.")
    renditions: list[Rendition] = strawberry.field(description="The sizes it is kept in, smallest first.")


@strawberry_django.type(
    models.ProductRejection,
    name="ListingRejection",
    description="Why a listing, or a change of one, was sent back.",
)
class ListingRejectionType:
    reason: models.RejectionReason = fields.attribute(description="Why, as a whole.")
    note: str = fields.attribute(description="What the platform said about it.")
    created_at: datetime = fields.attribute(description="When that was.")

    @fields.field(description="Whether it was about a change, not the listing itself.", only=["change_id"])
    @staticmethod
    def is_of_change(root: strawberry.Parent[models.ProductRejection]) -> bool:
        return root.change_id is not None

    @fields.field(description="What is wrong with which field.", only=["faults"])
    @staticmethod
    def faults(root: strawberry.Parent[models.ProductRejection]) -> list[ListingFault]:
        return [
            ListingFault(
                field=models.ListingField(each["field"]),
                reason=models.RejectionReason(each["reason"]),
                note=each["note"],
            )
            for each in root.faults
        ]


def _pictures_of(change: models.ProductChange) -> list[tuple[str, StoredPicture]]:
    live = {image.pk: image for image in change.product.images.all()}
    waiting = {-picture.pk: picture for picture in change.pictures.all()}
    found: list[tuple[str, StoredPicture]] = []
    for key in change.picture_keys or []:
        if key in live:
            found.append(("ProductImage", live[key]))
        elif key in waiting:
            found.append(("ChangePicture", waiting[key]))
    return found


def _proposed(type_name: str, picture: StoredPicture) -> ProposedPicture:
    return ProposedPicture(
        id=encode_id(type_name, picture.pk),
        is_new=type_name == "ChangePicture",
        alt=picture.alt,
        width=picture.width,
        height=picture.height,
        url=default_storage.url(picture.file.name),
        renditions=[
            Rendition(width=each["width"], height=each["height"], url=default_storage.url(each["name"]))
            for each in picture.renditions
        ],
    )


@strawberry_django.type(
    models.ProductChange,
    name="ProductChange",
    description="What shall become of a listing on sale, once the platform agrees.",
)
class ProductChangeType(Node):
    status: models.ChangeStatus = fields.attribute(description="Whether it waits, or what became of it.")
    version: int = fields.attribute(description="Counts its amendments; whoever decides names it.")
    created_at: datetime = fields.attribute(description="Since when it waits.")
    decided_at: datetime | None = fields.attribute(description="When it ended.")
    category: CATEGORY | None = fields.attribute(description="Where it shall stand; null: where it does.")
    rejection: ListingRejectionType | None = strawberry_django.field(
        description="Why it was declined.", default=None
    )

    @fields.field(
        description="Title, description and category where they shall be others.",
        select_related=["category", "product__category"],
        only=[
            "status",
            "title",
            "description",
            "before",
            "category__path",
            "product__title",
            "product__description",
            "product__category__path",
        ],
    )
    @staticmethod
    def differences(root: strawberry.Parent[models.ProductChange]) -> list[ListingDifference]:
        return [
            ListingDifference(field=models.ListingField(name), before=before, after=after)
            for name, before, after in before_and_after(root)
        ]

    @fields.field(
        description="The pictures as they shall be, in their order, while it waits; null: as they are.",
        only=["status", "picture_keys", "product_id"],
        prefetch_related=["pictures", "product__images"],
    )
    @staticmethod
    def pictures(root: strawberry.Parent[models.ProductChange]) -> list[ProposedPicture] | None:
        if root.picture_keys is None or root.status != models.ChangeStatus.PENDING:
            return None
        return [_proposed(*each) for each in _pictures_of(root)]


def pending_change(info: strawberry.Info) -> "Prefetch[Any]":
    """Hint to the optimizer: the changes that wait, with what is asked of them, for all listings at once."""
    waiting = models.ProductChange.objects.filter(status=models.ChangeStatus.PENDING)
    return Prefetch("changes", queryset=optimize(waiting, info), to_attr="prefetched_pending")


def waiting_changes(_: object) -> "Prefetch[Any]":
    """The same, for since when they wait."""
    waiting = models.ProductChange.objects.filter(status=models.ChangeStatus.PENDING)
    return Prefetch(
        "changes", queryset=waiting.only("product_id", "created_at"), to_attr="prefetched_waiting"
    )


def all_rejections(_: object) -> "Prefetch[Any]":
    """Hint to the optimizer: why listings were sent back, the last time first."""
    rows = models.ProductRejection.objects.order_by("-pk")
    return Prefetch("rejections", queryset=rows, to_attr="prefetched_rejections")


def _rejections(product: models.Product) -> list[models.ProductRejection]:
    known: list[models.ProductRejection] | None = getattr(product, "prefetched_rejections", None)
    return list(product.rejections.order_by("-pk")) if known is None else known


def _waiting(product: models.Product, attribute: str) -> models.ProductChange | None:
    known: list[models.ProductChange] | None = getattr(product, attribute, None)
    if known is None:
        return product.changes.filter(status=models.ChangeStatus.PENDING).first()
    return known[0] if known else None


@strawberry.type
class Moderated:
    """What of a listing is told about its review and its dates."""

    version: int = fields.attribute(description="Counts what was changed of what reviewers look at.")
    publish_at: datetime | None = fields.attribute(
        description="When it goes on sale once it is approved; null: at once."
    )
    ends_at: datetime | None = fields.attribute(description="When it goes off sale by itself; null: never.")

    @fields.field(
        description="Since when it, or a change of it, waits for the platform; null where nothing does.",
        only=["status", "proposed_at", "updated_at"],
        prefetch_related=[waiting_changes],
    )
    @staticmethod
    def waiting_since(root: strawberry.Parent[models.Product]) -> datetime | None:
        if root.status == models.ProductStatus.PROPOSED:
            return root.proposed_at or root.updated_at
        change = _waiting(root, "prefetched_waiting")
        return change.created_at if change else None

    @fields.field(
        ProductChangeType | None,
        description="What was asked to change of it while it is on sale, and waits for the platform.",
        only=["id"],
        prefetch_related=[pending_change],
    )
    @staticmethod
    def pending_change(root: strawberry.Parent[models.Product]) -> models.ProductChange | None:
        return _waiting(root, "prefetched_pending")

    @fields.field(
        ListingRejectionType | None,
        description="Why it was sent back, while it is.",
        only=["status"],
        prefetch_related=[all_rejections],
    )
    @staticmethod
    def rejection(root: strawberry.Parent[models.Product]) -> models.ProductRejection | None:
        if root.status != models.ProductStatus.REJECTED:
            return None
        return next((each for each in _rejections(root) if each.change_id is None), None)

    @fields.field(
        list[ListingRejectionType],
        description="Why it and changes of it were sent back, the last time first.",
        only=["id"],
        prefetch_related=[all_rejections],
    )
    @staticmethod
    def rejections(root: strawberry.Parent[models.Product]) -> list[models.ProductRejection]:
        return _rejections(root)

    changes = fields.related(
        ProductChangeType, description="All changes asked for on sale, the oldest first."
    )
