"""Mail about products to who waits for them: one for each product and day, whatever happens to it.

The day is that of UTC. It stands in the occasion, so that what comes after the day's mail is not mailed.
"""

from django.db import transaction
from django.db.models import QuerySet

from catalog.models import Product, Variant
from marketplace.accounts.models import User
from marketplace.community.operations.alerts import note_told
from marketplace.community.selectors.alerts import waiting_for_price, waiting_for_stock
from marketplace.kernel import clock
from marketplace.kernel.jobs import job
from marketplace.outreach.models import MailTopic
from marketplace.outreach.operations.posting import post, recipient_of
from marketplace.outreach.selectors import who_want


@job()
def mail_restocked(variant_id: int) -> None:
    """There are units again of a variant that had none."""
    variant = Variant.objects.select_related("product").get(pk=variant_id)
    if variant.is_active and variant.available > 0:
        _tell(variant.product, waiting_for_stock(variant), is_back=True)


@job()
def mail_price_drop(product_id: int, was_minor: int, now_minor: int) -> None:
    """A product has another price; less than it had, if it still has that."""
    product = Product.objects.get(pk=product_id)
    if now_minor < was_minor and product.price_minor == now_minor:
        _tell(product, waiting_for_price(product, now_minor), is_back=False)


def _tell(product: Product, users: "QuerySet[User]", *, is_back: bool) -> None:
    """Those who want such mail, if the product can be bought at this moment.

    From then on they wait for less than the price that they are told of.
    """
    if not Product.objects.buyable().filter(pk=product.pk, is_in_stock=True).exists():
        return
    wanting = list(who_want(MailTopic.PRODUCT_ALERTS, of=users))
    facts = {"product_id": product.pk, "is_back": is_back}
    occasion = f"product:{product.pk}:{clock.now():%Y-%m-%d}"
    with transaction.atomic():
        post("product_alert", to=map(recipient_of, wanting), occasion=occasion, facts=facts)
        note_told(users=[user.pk for user in wanting], product=product, price_minor=product.price_minor or 0)
