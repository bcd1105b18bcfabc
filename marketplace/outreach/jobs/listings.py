"""Mail to vendors about what was decided on their listings, to the vendor's own address and to each owner."""

from catalog.models import Product, ProductChange
from marketplace.kernel.jobs import job
from marketplace.outreach.jobs.vendors import answering_for
from marketplace.outreach.operations.posting import post


@job()
def mail_listing_published(product_id: int, occasion: str) -> None:
    """Tell the vendor that a listing is on sale."""
    _tell(product_id, "listing_published", occasion)


@job()
def mail_listing_scheduled(product_id: int, occasion: str) -> None:
    """Tell the vendor that a listing was approved, and when it goes on sale."""
    _tell(product_id, "listing_scheduled", occasion)


@job()
def mail_listing_rejected(product_id: int, occasion: str) -> None:
    """Tell the vendor what is wrong with a listing."""
    _tell(product_id, "listing_rejected", occasion)


@job()
def mail_change_approved(change_id: int, occasion: str) -> None:
    """Tell the vendor that what it asked for is on sale."""
    _tell_of_change(change_id, "change_approved", occasion)


@job()
def mail_change_declined(change_id: int, occasion: str) -> None:
    """Tell the vendor what is wrong with what it asked for."""
    _tell_of_change(change_id, "change_declined", occasion)


def _tell(product_id: int, message: str, occasion: str) -> None:
    product = Product.objects.select_related("vendor").get(pk=product_id)
    post(message, to=answering_for(product.vendor), occasion=occasion, facts={"product_id": product.pk})


def _tell_of_change(change_id: int, message: str, occasion: str) -> None:
    change = ProductChange.objects.select_related("product__vendor").get(pk=change_id)
    to = answering_for(change.product.vendor)
    post(message, to=to, occasion=occasion, facts={"change_id": change.pk})
