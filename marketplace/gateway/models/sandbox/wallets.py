"""Buyers and the cards they keep with the sandbox: of a card what a receipt shows."""

from typing import Final

from django.db import models
from django.db.models import Q

from marketplace.gateway.models.sandbox.objects import SandboxObject
from marketplace.kernel.states import Transitions


class SetupState(models.TextChoices):
    REQUIRES_METHOD = "requires_method", "Waits for a card"
    REQUIRES_ACTION = "requires_action", "Waits for the buyer at the bank"
    SUCCEEDED = "succeeded", "Succeeded"
    CANCELED = "canceled", "Canceled"


SETUP_MOVES: Final = Transitions(
    SetupState,
    {
        # A card that is not taken leaves it where it was.
        SetupState.REQUIRES_METHOD: {
            SetupState.REQUIRES_METHOD,
            SetupState.REQUIRES_ACTION,
            SetupState.SUCCEEDED,
            SetupState.CANCELED,
        },
        # The buyer may give up at the bank and try another card.
        SetupState.REQUIRES_ACTION: {
            SetupState.REQUIRES_METHOD,
            SetupState.REQUIRES_ACTION,
            SetupState.SUCCEEDED,
            SetupState.CANCELED,
        },
        SetupState.SUCCEEDED: set(),
        SetupState.CANCELED: set(),
    },
)


class SandboxCustomer(SandboxObject):
    """A buyer, who keeps cards here."""

    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=255, blank=True)
    metadata = models.JSONField(default=dict)
    default_card = models.ForeignKey("SandboxCard", models.PROTECT, null=True, related_name="+")
    is_deleted = models.BooleanField(default=False, db_comment="nothing is known of them any more")


class SandboxCard(SandboxObject):
    """A card that was tried, and is a customer's where they keep it."""

    customer = models.ForeignKey(SandboxCustomer, models.PROTECT, null=True, related_name="cards")
    brand = models.CharField(max_length=16)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()


class SandboxSetup(SandboxObject):
    """The saving of a card for payments without the buyer."""

    customer = models.ForeignKey(SandboxCustomer, models.PROTECT, related_name="setups")
    card = models.ForeignKey(
        SandboxCard, models.PROTECT, null=True, related_name="+", db_comment="tried last"
    )
    status = models.CharField(max_length=15, choices=SetupState, default=SetupState.REQUIRES_METHOD)
    metadata = models.JSONField(default=dict)
    client_secret = models.CharField(max_length=128)
    decline_code = models.CharField(max_length=40, blank=True)
    return_url = models.CharField(max_length=500, blank=True)

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=SetupState.values), name="a_sandbox_setup_status_is_known"
            ),
        ]

    @property
    def card_last4(self) -> str:
        """The end of the card that was tried last."""
        return self.card.last4 if self.card else ""
