"""Lists of what somebody would like to have."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models import Product, Variant
from marketplace.kernel import clock
from marketplace.kernel.money import Money


class Wishlist(models.Model):
    """A named list of a user, or of a guest's session, which remembers the guest token as `wishlist_id`.

    Each has one default list. Whoever knows the share token reads the list, until it is taken back.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="wishlists"
    )
    guest_token = models.UUIDField(null=True, editable=False)
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    # Whether its owner wants mail when something on it is back or costs less.
    is_watched = models.BooleanField(default=False)
    share_token = models.CharField(max_length=43, null=True, unique=True, editable=False)  # noqa: DJ001  # null: not shared
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-is_default", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest_token__isnull=True)
                | Q(user__isnull=True, guest_token__isnull=False, is_watched=False),
                name="a_wishlist_is_of_a_user_or_a_guest",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="a_user_has_one_default_wishlist"
            ),
            models.UniqueConstraint(
                fields=["guest_token"], condition=Q(is_default=True), name="a_guest_has_one_default_wishlist"
            ),
            models.UniqueConstraint(fields=["user", "name"], name="wishlists_of_a_user_differ_in_name"),
            models.UniqueConstraint(
                fields=["guest_token", "name"], name="wishlists_of_a_guest_differ_in_name"
            ),
        ]
        indexes = [
            models.Index(fields=["updated_at"], condition=Q(user__isnull=True), name="guest_wishlist_by_age"),
        ]

    @override
    def __str__(self) -> str:
        # Not the tokens, which open it.
        return f"wishlist {self.pk}"


def new_guest_token() -> uuid.UUID:
    """What a session remembers of its lists."""
    return uuid.uuid4()


class WishlistItem(models.Model):
    """A product on a list, in one of its variants or in any; it stays there when it is no longer sold."""

    wishlist = models.ForeignKey(Wishlist, models.CASCADE, related_name="items", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="+")
    # What it was called and cost when it was put there; the price goes down with what its owner was told.
    title = models.CharField(max_length=200)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["wishlist", "product", "variant"],
                nulls_distinct=False,
                name="a_thing_is_once_on_a_wishlist",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        """What it cost when it was put there, or what its owner was last told that it costs."""
        return Money(self.price_minor, self.currency)
