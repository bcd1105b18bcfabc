"""Vendors' accounts with the sandbox, and the links by which vendors come to it."""

from typing import Final

from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.gateway.models.sandbox.objects import SandboxObject
from marketplace.kernel.states import Transitions


class AccountPhase(models.TextChoices):
    CREATED = "created", "Nothing told yet"
    DETAILS_SUBMITTED = "details_submitted", "Told"
    VERIFYING = "verifying", "Looked at"
    ACTIVE = "active", "Active"
    PAST_DUE = "past_due", "Something is missing"
    DISABLED = "disabled", "Held"
    REJECTED = "rejected", "Rejected"


ACCOUNT_MOVES: Final = Transitions(
    AccountPhase,
    {
        AccountPhase.CREATED: {AccountPhase.DETAILS_SUBMITTED, AccountPhase.DISABLED, AccountPhase.REJECTED},
        AccountPhase.DETAILS_SUBMITTED: {AccountPhase.VERIFYING, AccountPhase.REJECTED},
        AccountPhase.VERIFYING: {
            AccountPhase.ACTIVE,
            AccountPhase.PAST_DUE,
            AccountPhase.DISABLED,
            AccountPhase.REJECTED,
        },
        AccountPhase.ACTIVE: {AccountPhase.PAST_DUE, AccountPhase.DISABLED, AccountPhase.REJECTED},
        # What was missing is told, and looked at.
        AccountPhase.PAST_DUE: {
            AccountPhase.VERIFYING,
            AccountPhase.ACTIVE,
            AccountPhase.DISABLED,
            AccountPhase.REJECTED,
        },
        AccountPhase.DISABLED: {AccountPhase.ACTIVE, AccountPhase.PAST_DUE, AccountPhase.REJECTED},
        AccountPhase.REJECTED: set(),
    },
)


class SandboxAccount(SandboxObject):
    """A vendor's account: of who the vendor is, the outcome alone."""

    email = models.EmailField(max_length=254, blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3, db_comment="the country's own")
    metadata = models.JSONField(default=dict)
    status = models.CharField(max_length=17, choices=AccountPhase, default=AccountPhase.CREATED)
    missing = models.JSONField(default=list, db_comment="names of what is asked for")
    missing_due_at = models.DateTimeField(null=True, db_comment="when it stops being active without")
    reason = models.CharField(max_length=80, blank=True, db_comment="why it is held or rejected")
    bank_last4 = models.CharField(max_length=4, blank=True)
    has_own_schedule = models.BooleanField(default=True, db_comment="every night, all that may be used")
    decides_at = models.DateTimeField(null=True, db_comment="when it is verified by itself")
    is_disconnected = models.BooleanField(default=False, db_comment="the vendor withdrew our access")

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=AccountPhase.values), name="a_sandbox_account_status_is_known"
            ),
        ]

    @property
    @override
    def connected_ref(self) -> str:
        return self.ref

    @property
    def bank_ref(self) -> str:
        """What its bank account goes by: another one by another name; empty where there is none."""
        return bank_ref(self.ref, self.bank_last4) if self.bank_last4 else ""

    @property
    def takes_transfers(self) -> bool:
        """Whether money may be sent here."""
        return self.status == AccountPhase.ACTIVE and not self.is_disconnected


def bank_ref(account_ref: str, last4: str) -> str:
    """What a bank account of an account goes by."""
    return f"ba_{account_ref.removeprefix('acct_')}_{last4}"


class LinkPurpose(models.TextChoices):
    ONBOARDING = "onboarding", "Tell what is asked"
    DASHBOARD = "dashboard", "Look at the account"


class SandboxLink(models.Model):
    """A way for a vendor to come to the sandbox: good once, and for minutes."""

    account = models.ForeignKey(SandboxAccount, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=10, choices=LinkPurpose)
    token_hash = models.CharField(max_length=64, unique=True, db_comment="the token itself is not kept")
    refresh_url = models.CharField(max_length=500, blank=True)
    return_url = models.CharField(max_length=500, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=LinkPurpose.values), name="a_sandbox_link_purpose_is_known"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.purpose} of {self.account_id}"
