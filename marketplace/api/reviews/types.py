"""Reviews as everybody reads them, what they come to, and what those see besides who write or moderate."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import BooleanField, Exists, JSONField, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from strawberry_django.optimizer import optimize

from catalog.models import Product
from checkout.models import OrderLine
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.pictures import Pictured
from marketplace.community import models, scoring
from marketplace.community.permissions import VIEW_REVIEWS
from marketplace.community.selectors import reviews as selectors
from marketplace.community.sorting import ReviewSort
from marketplace.community.tallies import COLUMNS
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission

if TYPE_CHECKING:
    from marketplace.api.catalog.types import ProductType

enum_of(models.ReviewStatus, description="Whether a review is shown.")
enum_of(models.ReviewFault, description="Why a review should not be shown.")
enum_of(
    ReviewSort,
    description="The order of reviews.",
    values={
        ReviewSort.NEWEST: "What was written last comes first.",
        ReviewSort.MOST_HELPFUL: "What most readers found helpful comes first.",
        ReviewSort.HIGHEST: "Most stars come first.",
        ReviewSort.LOWEST: "Fewest stars come first.",
    },
)

# What is reviewed, and leads to its reviews.
PRODUCT: Any = Annotated["ProductType", strawberry.lazy("marketplace.api.catalog.types")]

NO_STARS: dict[str, int] = dict.fromkeys(COLUMNS.values(), 0)


@strawberry.type(description="How many reviews give so many stars.")
class StarCount:
    stars: int = strawberry.field(description="From 1 to 5.")
    count: int = strawberry.field(description="How many reviews give them.")


@strawberry.type(description="What the reviews of a product come to.")
class Rating:
    product: strawberry.Private[Product]
    count: int = strawberry.field(description="How many reviews there are.")
    average: Decimal | None = strawberry.field(
        description="The mean of their stars, with two decimals; null without reviews."
    )

    @fields.field(description="By stars, five first.")
    def histogram(self) -> list[StarCount]:
        counted = _stars_of(self.product)
        return [StarCount(stars=stars, count=counted[name]) for stars, name in reversed(COLUMNS.items())]


@strawberry.type(description="What the reviews of all products of a vendor come to.")
class VendorRatingSummary:
    count: int = strawberry.field(description="How many reviews there are.")
    average: Decimal | None = strawberry.field(
        description="The mean of their stars, with two decimals; null without reviews."
    )


@strawberry_django.type(
    models.ReviewPhoto, name="ReviewPhoto", description="What a buyer shows of a product."
)
class ReviewPhotoType(Pictured, Node):
    pass


@strawberry_django.type(
    models.ReviewReply, name="ReviewReply", description="What the vendor says to a review."
)
class ReviewReplyType:
    text: str = fields.attribute(description="The words.")
    written_at: datetime = fields.attribute(description="When it was written.")
    edited_at: datetime | None = fields.attribute(description="When it was changed; null if never.")


@strawberry_django.type(
    models.ReviewReport, name="ReviewReport", description="That a review should not be shown, says a reader."
)
class ReviewReportType:
    fault: models.ReviewFault = fields.attribute(description="Why.")
    note: str = fields.attribute(description="In words.")
    reported_at: datetime = fields.attribute(description="When it was said.")
    decided_at: datetime | None = fields.attribute(
        description="When the platform decided; null while it waits."
    )


def shown_product(info: strawberry.Info) -> "Prefetch[Any]":
    """Hint to the optimizer: the products that rows name, as far as buyers may see them, for all at once."""
    return Prefetch("product", optimize(Product.objects.visible(), info), to_attr="shown_product")


def shown_of(row: Any) -> Product | None:
    """What the hint has found; asked for here where the row was in hand already."""
    if hasattr(row, "shown_product"):
        found: Product | None = row.shown_product
        return found
    return Product.objects.visible().filter(pk=row.product_id).first()


def found_helpful(info: Info) -> Combinable:
    """Hint to the optimizer: the reader's own vote, for all reviews at once."""
    user = info.context.user
    if user is None:
        return Value(value=False, output_field=BooleanField())
    return Exists(models.ReviewVote.objects.filter(review=OuterRef("pk"), user=user))


@strawberry_django.type(
    models.Review, name="Review", description="What somebody says of a product that they bought and got."
)
class ReviewType(Node):
    stars: int = fields.attribute(description="From 1 to 5.")
    title: str = fields.attribute(description="In a line; may be empty.")
    text: str = fields.attribute(description="In full; may be empty.")
    author_name: str = fields.attribute(description="As whom they wish to be shown; may be empty.")
    status: models.ReviewStatus = fields.attribute(description="Whether everybody reads it.")
    written_at: datetime = fields.attribute(description="When it was written.")
    edited_at: datetime | None = fields.attribute(description="When it was changed last; null if never.")
    helpful_count: int = fields.attribute(description="How many readers found it helpful.")
    photos = fields.related(ReviewPhotoType, description="What they show of it: five at most.")

    @fields.field(
        PRODUCT | None,
        description="What it is about; null while that is not for sale.",
        prefetch_related=[shown_product],
        only=["product_id"],
    )
    @staticmethod
    def product(root: strawberry.Parent[models.Review]) -> Product | None:
        return shown_of(root)

    @fields.field(
        ReviewReplyType | None,
        description="What the vendor says to it; null where it says nothing.",
        prefetch_related=["reply"],
        only=["id"],
    )
    @staticmethod
    def reply(root: strawberry.Parent[models.Review]) -> models.ReviewReply | None:
        return getattr(root, "reply", None)

    @fields.field(
        description="Whether you found it helpful.", annotate={"is_found_helpful": found_helpful}, only=["id"]
    )
    @staticmethod
    def is_helpful_to_me(root: strawberry.Parent[models.Review]) -> bool:
        return bool(getattr(root, "is_found_helpful", False))

    @fields.field(
        models.ReviewFault | None,
        description="Why the platform does not show it; null where it does.",
        only=["fault"],
    )
    @staticmethod
    def fault(root: strawberry.Parent[models.Review]) -> models.ReviewFault | None:
        return models.ReviewFault(root.fault) if root.fault else None

    @fields.field(description="What the platform said when it decided.", only=["note"])
    @staticmethod
    def note(root: strawberry.Parent[models.Review]) -> str:
        return root.note

    @fields.field(
        list[ReviewReportType] | None,
        description="Platform: what readers say against it, the oldest first; null for others.",
        prefetch_related=["reports"],
        only=["id"],
    )
    @staticmethod
    def reports(root: strawberry.Parent[models.Review], info: Info) -> list[models.ReviewReport] | None:
        return list(root.reports.all()) if info.context.staff_who_may(VIEW_REVIEWS) else None


def star_counts(_: object) -> Combinable:
    """Hint to the optimizer: a product's stars, in the statement of the products itself."""
    counts = models.ProductStars.objects.filter(product=OuterRef("pk"))
    facts = JSONObject(**{name: name for name in COLUMNS.values()})
    return Subquery(counts.values(facts=facts)[:1], output_field=JSONField())


@strawberry_django.type(Product)
class Rated:
    """The part of Product that this package provides."""

    @fields.field(
        Rating,
        description="What its reviews come to.",
        annotate={"counted_stars": star_counts},
        only=["rating_count", "rating_sum"],
    )
    @staticmethod
    def rating(root: strawberry.Parent[Product]) -> Rating:
        return Rating(
            product=root,
            count=root.rating_count,
            average=scoring.average(count=root.rating_count, total=root.rating_sum),
        )

    @fields.connection(
        ReviewType,
        description="What was said of it. For its own page: a list of products has no use for it.",
        only=["id"],
    )
    @staticmethod
    def reviews(
        root: strawberry.Parent[Product],
        *,
        sort_by: Annotated[
            ReviewSort, strawberry.argument(description="In which order.")
        ] = ReviewSort.NEWEST,
        stars: Annotated[
            list[int] | None, strawberry.argument(description="Only those that give one of these.")
        ] = None,
    ) -> "QuerySet[models.Review]":
        return selectors.reviews_of_product(root.pk, sort_by, frozenset(stars or ()))


def _stars_of(product: Product) -> dict[str, int]:
    """As annotated by the hint; asked for here where the product came as part of something in hand."""
    if hasattr(product, "counted_stars"):
        return product.counted_stars or NO_STARS
    if product.rating_count == 0:
        return NO_STARS
    row = models.ProductStars.objects.filter(product=product).values(*NO_STARS).first()
    return {**row} if row else NO_STARS


@strawberry_django.type(Vendor)
class RatedVendor:
    """The part of Vendor that this package provides."""

    @fields.field(
        VendorRatingSummary,
        description="What the reviews of all its products come to.",
        prefetch_related=["rating"],
        only=["id"],
    )
    @staticmethod
    def rating(root: strawberry.Parent[Vendor]) -> VendorRatingSummary:
        row: models.VendorRating | None = getattr(root, "rating", None)
        count, total = (row.count, row.sum) if row else (0, 0)
        return VendorRatingSummary(count=count, average=scoring.average(count=count, total=total))


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        ReviewType,
        description="What was said of its products, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def reviews(
        root: strawberry.Parent[Vendor],
        info: Info,
        *,
        is_answered: Annotated[
            bool | None, strawberry.argument(description="Only those it has answered, or only the others.")
        ] = None,
    ) -> "QuerySet[models.Review]":
        held = info.context.permissions.get(root.pk, frozenset())
        if VendorPermission.VIEW_LISTINGS not in held:
            raise NotPermitted(permission=VendorPermission.VIEW_LISTINGS)
        return selectors.reviews_of_vendor(root, is_answered=is_answered)


def can_review(_: object) -> Combinable:
    """Hint to the optimizer: whether a line can be reviewed by who bought it, for all lines at once."""
    lines = selectors.reviewable().filter(pk=OuterRef("pk"))
    return Exists(lines)


@strawberry_django.type(OrderLine)
class Reviewable:
    """The part of OrderLine that this package provides."""

    @fields.field(
        description="For who bought it: whether something of it has arrived and waits for a review.",
        annotate={"is_reviewable": can_review},
        select_related=["vendor_order"],
        only=["vendor_order__vendor_id"],
    )
    @staticmethod
    def can_review(root: strawberry.Parent[OrderLine], info: Info) -> bool:
        if root.vendor_order.vendor_id in info.context.permissions:
            return False
        return bool(getattr(root, "is_reviewable", False))

    @fields.field(
        ReviewType | None,
        description="For who bought it: what they said of it; for others, what everybody reads.",
        prefetch_related=["review"],
        select_related=["vendor_order"],
        only=["vendor_order__vendor_id"],
    )
    @staticmethod
    def review(root: strawberry.Parent[OrderLine], info: Info) -> models.Review | None:
        row: models.Review | None = getattr(root, "review", None)
        if row is None or row.is_published:
            return row
        return None if root.vendor_order.vendor_id in info.context.permissions else row
