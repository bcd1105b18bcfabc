"""Who gets mail, and who wants it."""

from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from checkout.models import Cart, CartLine, CartStatus
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.outreach.models import MailConsent, MailTopic
from vendors.models import Vendor, VendorUserObjectPermission
from vendors.permissions import VendorPermission, VendorRole

# Who was away for longer does not wait for a word about a cart.
TOO_LATE: Final = timedelta(days=7)


def owners_of(vendor: Vendor) -> "QuerySet[User]":
    """The vendor's owners, who answer for it."""
    owners = vendor.memberships.filter(role=VendorRole.OWNER)
    return User.objects.filter(pk__in=owners.values("user"), is_active=True).order_by("pk")


def members_who_may(vendor: Vendor, permission: VendorPermission) -> "QuerySet[User]":
    """The vendor's people whose role has the permission."""
    granted = VendorUserObjectPermission.objects.filter(
        content_object=vendor, permission__codename=permission, user=OuterRef("pk")
    )
    return User.objects.filter(Exists(granted), is_active=True).order_by("pk")


def who_want(topic: MailTopic, *, of: "QuerySet[User]") -> "QuerySet[User]":
    """Those of these users who asked for this mail, and have not said no since. One statement."""
    said = MailConsent.objects.filter(email=OuterRef("email"), topic=topic).order_by("-pk")
    return of.annotate(is_wanted=Subquery(said.values("is_given")[:1])).filter(is_wanted=True)


def preferences_of(email: str) -> dict[MailTopic, MailConsent | None]:
    """Each topic there is, and the last word of the address on it."""
    said = {MailTopic(consent.topic): consent for consent in MailConsent.objects.last_of(email)}
    return {topic: said.get(topic) for topic in MailTopic}


def left_behind(*, hours: int) -> "QuerySet[Cart]":
    """Open carts with something in them that were not touched for so many hours, of users who want to be
    reminded and were not, the oldest first.
    """
    left_at = clock.now() - timedelta(hours=hours)
    own = MailConsent.objects.filter(email=OuterRef("user__email"), topic=MailTopic.CART_REMINDERS)
    carts = Cart.objects.filter(status=CartStatus.ACTIVE, user__is_active=True, reminder=None)
    filled = carts.filter(Exists(CartLine.objects.filter(cart=OuterRef("pk"))))
    left = filled.filter(updated_at__lte=left_at, updated_at__gt=left_at - TOO_LATE)
    wanted = left.annotate(is_wanted=Subquery(own.order_by("-pk").values("is_given")[:1]))
    return wanted.filter(is_wanted=True).select_related("user").order_by("updated_at", "pk")
