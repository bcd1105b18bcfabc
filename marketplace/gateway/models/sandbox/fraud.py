"""Charges that banks warn of."""

from django.db import models
from django.db.models import Q

from marketplace.gateway.models.sandbox.objects import SandboxObject
from marketplace.gateway.models.sandbox.payments import SandboxCharge


class FraudType(models.TextChoices):
    NEVER_RECEIVED = "card_never_received", "The card never came"
    APPLICATION = "fraudulent_card_application", "The card was asked for under a wrong name"
    COUNTERFEIT = "made_with_counterfeit_card", "The card is forged"
    LOST = "made_with_lost_card", "The card was lost"
    STOLEN = "made_with_stolen_card", "The card was stolen"
    UNAUTHORIZED = "unauthorized_use_of_card", "The holder did not allow it"
    MISC = "misc", "Another kind"


class SandboxFraudWarning(SandboxObject):
    """A bank's word that it takes a charge for fraud."""

    charge = models.ForeignKey(SandboxCharge, models.PROTECT, related_name="fraud_warnings")
    fraud_type = models.CharField(max_length=40, choices=FraudType)

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(fraud_type__in=FraudType.values), name="a_sandbox_fraud_warning_has_a_known_type"
            ),
        ]

    @property
    def is_actionable(self) -> bool:
        """Whether something can still be done about it: of the charge as it was read."""
        return not self.charge.is_disputed and self.charge.refunded_minor < self.charge.amount_minor
