"""Vendors' accounts with payment providers.

The provider judges who a vendor is and keeps what it was told; here stands the outcome alone.
"""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.gateway import registry
from marketplace.kernel import clock
from vendors.models import Vendor


class PayoutAccountState(models.TextChoices):
    """Whether a vendor can be paid; the values are the port's."""

    PENDING = "pending", "The vendor has not told everything yet"
    VERIFYING = "verifying", "The provider looks at what it was told"
    ACTIVE = "active", "The vendor can be paid"
    ACTION_REQUIRED = "action_required", "Something is missing, and until then nothing is paid"
    RESTRICTED = "restricted", "The provider holds it"
    REJECTED = "rejected", "The provider does not serve the vendor"
    DISCONNECTED = "disconnected", "The vendor has withdrawn the platform's access"


class PayoutAccountQuerySet(models.QuerySet["PayoutAccount"]):
    """Accounts with providers."""

    def in_use(self) -> "PayoutAccountQuerySet":
        """Those with the provider of new payments, one at most for a vendor."""
        provider = registry.in_use()
        return self.filter(provider=provider.name, is_live=provider.is_live, is_replaced=False)


class PayoutAccount(models.Model):
    """A vendor's account with a provider: one for each provider and mode, and those it has replaced.

    One without `ref` is to be made with the provider, which is done after the row is committed; `uuid` and
    `version` make the key of that. `missing` is what the provider asks for, in its own words.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="payout_accounts")
    provider = models.CharField(max_length=16)
    is_live = models.BooleanField()
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    ref = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=16, choices=PayoutAccountState, default=PayoutAccountState.PENDING.value
    )
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    missing = models.JSONField(default=list)
    missing_by_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    bank_last4 = models.CharField(max_length=4, blank=True)
    # The bank accounts that payouts go to, as the provider calls them; what was last known.
    bank_refs = models.JSONField(default=list)
    # When the bank account there was last seen to be another; payouts wait for a while after that.
    bank_changed_at = models.DateTimeField(null=True, blank=True)
    # When the provider was asked for what stands here; an answer to an older question changes nothing.
    synced_at = models.DateTimeField(null=True, blank=True)
    # The vendor had withdrawn the platform's access, and has another one by now.
    is_replaced = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = PayoutAccountQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "provider", "is_live"],
                condition=Q(is_replaced=False),
                name="a_vendor_has_one_account_with_a_provider",
            ),
            models.UniqueConstraint(
                fields=["provider", "ref"],
                condition=~Q(ref=""),
                name="an_account_reference_is_one_payout_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PayoutAccountState.values), name="a_payout_account_state_is_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.ref or str(self.uuid)

    @property
    def missing_by(self) -> datetime | None:
        """Until when the provider waits for what is missing."""
        return self.missing_by_at

    @property
    def key(self) -> str:
        """The provider's idempotency key of its making."""
        return f"acct:{self.uuid}:v{self.version}"
