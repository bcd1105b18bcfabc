"""Mail about reviews: to the vendor's people who answer buyers, and to who wrote one."""

from marketplace.community.models import Review
from marketplace.kernel.jobs import job
from marketplace.outreach.operations.posting import Recipient, post, recipient_of
from marketplace.outreach.selectors import members_who_may
from vendors.permissions import VendorPermission


@job()
def mail_review_published(review_id: int) -> None:
    """Tell the vendor's people; once for each review, however often it comes to be shown."""
    review = Review.objects.select_related("vendor").get(pk=review_id)
    to = [recipient_of(user) for user in members_who_may(review.vendor, VendorPermission.ANSWER_BUYERS)]
    post("review_published", to=to, occasion=f"review:{review.pk}", facts={"review_id": review.pk})


@job()
def mail_review_rejected(review_id: int, occasion: str) -> None:
    """Tell who wrote it why it is not shown."""
    _tell_author("review_rejected", review_id, occasion)


@job()
def mail_review_replied(review_id: int) -> None:
    """Tell who wrote it what the vendor says."""
    _tell_author("review_replied", review_id, f"review:{review_id}")


def _tell_author(message: str, review_id: int, occasion: str) -> None:
    """At the address of the order; a buyer who was erased has none."""
    rows = Review.objects.select_related("order_line__vendor_order__order__billing_profile")
    order = rows.get(pk=review_id).order_line.vendor_order.order
    to = [Recipient(order.email, order.billing_profile.user_id)]
    post(message, to=to, occasion=occasion, facts={"review_id": review_id})
