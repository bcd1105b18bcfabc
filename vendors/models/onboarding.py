"""What a vendor has to do before it sells, and the platform's terms it sells under."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.kernel import clock
from vendors.models.vendor import Vendor


class OnboardingStep(models.TextChoices):
    PROFILE = "profile", "Tells buyers what it sells"
    POLICIES = "policies", "Has a policy of each kind"
    TAX = "tax", "Has attested who stands behind it"
    PAYOUT_ACCOUNT = "payout_account", "Can be paid"
    FIRST_LISTING = "first_listing", "Has something to sell"
    TERMS = "terms", "Has accepted the platform's terms"


class StepStatus(models.TextChoices):
    INCOMPLETE = "incomplete", "The vendor has something to do"
    PENDING = "pending", "The platform, or the payment provider, has something to check"
    COMPLETE = "complete", "Done"
    REJECTED = "rejected", "Checked, and not accepted"
    WAIVED = "waived", "Not asked of this vendor"


class StepVerdict(models.TextChoices):
    VERIFIED = "verified", "Checked, and right"
    REJECTED = "rejected", "Checked, and not accepted"
    WAIVED = "waived", "Not asked of this vendor"


class OnboardingMark(models.Model):
    """What an admin has decided about a step of one vendor: the last word."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="onboarding_marks")
    step = models.CharField(max_length=16, choices=OnboardingStep)
    verdict = models.CharField(max_length=10, choices=StepVerdict)
    note = models.TextField(max_length=4000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "step"], name="a_step_is_marked_once_for_a_vendor"),
            models.CheckConstraint(
                condition=Q(step__in=OnboardingStep.values), name="an_onboarding_step_is_known"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=StepVerdict.values), name="an_onboarding_verdict_is_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.step}: {self.verdict}"


class PlatformTerms(models.Model):
    """One version of what vendors agree to; asked for from `effective_at` on. Append-only, by trigger."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField(max_length=100_000)
    published_at = models.DateTimeField(default=clock.now)
    effective_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "platform terms"
        ordering = ["version"]

    @override
    def __str__(self) -> str:
        return f"terms {self.version}"


class TermsAcceptance(models.Model):
    """Who accepted which version for a vendor, and when. Append-only, by trigger."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="acceptances")
    terms = models.ForeignKey(PlatformTerms, models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "terms"], name="a_vendor_accepts_a_version_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.terms} by {self.user}"
