"""Reviews as those see them whom they concern, and who may write one."""

from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from catalog.models import ProductUserObjectPermission
from checkout.models import FulfillmentLine, OrderLine, VendorOrder, VendorOrderStatus
from checkout.selectors.acting import bought_parts
from marketplace.accounts.models import User
from marketplace.community.errors import OwnListing
from marketplace.community.models import Review, ReviewPhoto, ReviewStatus
from marketplace.community.sorting import ReviewSort
from marketplace.kernel.errors import NotFound
from vendors.errors import NotPermitted
from vendors.models import Vendor, VendorMember
from vendors.permissions import VendorPermission
from vendors.selectors import Visitor, permissions_on

# An order of a history has no parcels.
ARRIVED: Final = (VendorOrderStatus.DELIVERED, VendorOrderStatus.COMPLETED)

ORDERS: Final = {
    ReviewSort.NEWEST: ("-pk",),
    ReviewSort.MOST_HELPFUL: ("-helpful_count", "-pk"),
    ReviewSort.HIGHEST: ("-stars", "-pk"),
    ReviewSort.LOWEST: ("stars", "-pk"),
}


def published() -> QuerySet[Review]:
    """What everybody may read, of products that are no longer sold too."""
    return Review.objects.filter(status=ReviewStatus.PUBLISHED)


def reviews_of_product(
    product_id: int, sort: ReviewSort = ReviewSort.NEWEST, stars: frozenset[int] = frozenset()
) -> QuerySet[Review]:
    """The published reviews of a product, in this order; of these stars only, if any are named."""
    found = published().filter(product=product_id)
    return (found.filter(stars__in=stars) if stars else found).order_by(*ORDERS[sort])


def reviews_of_vendor(vendor: Vendor, *, is_answered: bool | None = None) -> QuerySet[Review]:
    """The published reviews of a vendor's products, newest first."""
    found = published().filter(vendor=vendor).order_by("-pk")
    return found if is_answered is None else found.filter(reply__isnull=not is_answered)


def written_by(user: User) -> QuerySet[Review]:
    """What the user has written, whatever has become of it, newest first."""
    return Review.objects.filter(_by(user)).order_by("-pk")


def seen_by(user: User | None) -> QuerySet[Review]:
    """What a visitor may read: what is published, and what they wrote."""
    mine = Q(pk__in=[]) if user is None else _by(user)
    return Review.objects.filter(Q(status=ReviewStatus.PUBLISHED) | mine)


def in_queue() -> QuerySet[Review]:
    """What the platform is to look at: the most reported first, then the longest waiting."""
    waiting = Review.objects.filter(Q(status=ReviewStatus.PENDING) | Q(report_count__gt=0))
    return waiting.order_by("-report_count", "pk")


def is_delivered() -> Q:
    """Of an order line: something of it has arrived."""
    parcels = FulfillmentLine.objects.filter(
        order_line=OuterRef("pk"), fulfillment__delivered_at__isnull=False
    )
    return Q(Exists(parcels)) | Q(vendor_order__status__in=ARRIVED)


def is_self_dealing() -> Q:
    """Of an order line: the address or the account it was ordered with is of the vendor's own people.

    Whoever works there in any role, or helps with this one listing, and the vendor's own address.
    """
    order = "vendor_order__order__"
    same = Q(user__email=Lower(OuterRef(f"{order}email"))) | Q(
        user__billing_profile=OuterRef(f"{order}billing_profile")
    )
    claimed = Q(user=OuterRef(f"{order}billing_profile__claimed_by"))
    members = VendorMember.objects.filter(same | claimed, vendor=OuterRef("vendor_order__vendor"))
    granted = ProductUserObjectPermission.objects.filter(same | claimed, content_object=OuterRef("product"))
    office = Q(vendor_order__vendor__email__iexact=F(f"{order}email"))
    return Q(Exists(members)) | Q(Exists(granted)) | office


def reviewable() -> QuerySet[OrderLine]:
    """Lines that their buyer can write the review of."""
    return OrderLine.objects.filter(is_delivered(), ~is_self_dealing(), review=None)


def works_for(user: User, *, vendor_id: int, product_id: int) -> bool:
    """Whether the user is of the vendor's people, or helps with this listing. Two statements at most."""
    is_member = VendorMember.objects.filter(vendor=vendor_id, user=user).exists()
    granted = ProductUserObjectPermission.objects.filter(content_object=product_id, user=user)
    return is_member or granted.exists()


def refuse_own_people(user: User, *, vendor_id: int, product_id: int) -> None:
    """Raises OwnListing for the vendor's own people."""
    if works_for(user, vendor_id=vendor_id, product_id=product_id):
        raise OwnListing


def bought_line(pk: int, *, token: str | None, user: User | None) -> OrderLine:
    """The line that its buyer is about to review. Raises NotFound for everyone else."""
    lines = OrderLine.objects.select_related("vendor_order__order")
    row = lines.filter(pk=pk, vendor_order__in=bought_parts(token=token, user=user)).first()
    if row is None:
        raise NotFound(thing="line", field="line")
    return row


def own_review(pk: int, *, token: str | None, user: User | None) -> Review:
    """The review that who wrote it is about to change. Raises NotFound for everyone else."""
    row = _own(token, user).filter(pk=pk).first()
    if row is None:
        raise NotFound(thing="review", field="review")
    return row


def own_photo(pk: int, *, token: str | None, user: User | None) -> ReviewPhoto:
    """The photo of such a review. Raises NotFound for everyone else."""
    row = ReviewPhoto.objects.filter(pk=pk, review__in=_own(token, user)).first()
    if row is None:
        raise NotFound(thing="photo", field="photo")
    return row


def shown_review(pk: int) -> Review:
    """A review that everybody may read. Raises NotFound for every other as for none."""
    row = published().filter(pk=pk).first()
    if row is None:
        raise NotFound(thing="review", field="review")
    return row


def answerable_review(visitor: Visitor, pk: int) -> Review:
    """The review that one of the vendor's people is about to answer.

    Three statements. Raises NotFound for what is not published, NotPermitted for who may not: that there is
    the review everybody can read.
    """
    row = Review.objects.select_related("vendor").filter(pk=pk, status=ReviewStatus.PUBLISHED).first()
    if row is None:
        raise NotFound(thing="review", field="review")
    held = permissions_on(visitor, row.vendor)
    if not held:
        raise NotFound(thing="review", field="review")
    if VendorPermission.ANSWER_BUYERS not in held:
        raise NotPermitted(permission=VendorPermission.ANSWER_BUYERS)
    return row


def _own(token: str | None, user: User | None) -> QuerySet[Review]:
    parts: QuerySet[VendorOrder] = bought_parts(token=token, user=user)
    return Review.objects.filter(order_line__vendor_order__in=parts)


def _by(user: User) -> Q:
    return Q(billing_profile__user=user) | Q(billing_profile__claimed_by=user)
