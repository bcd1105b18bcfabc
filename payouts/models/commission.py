"""What the platform keeps of what is sold: by which rules, and what was decided for each line.

Amounts are minor units. Commissions and their reversals are never changed; the database refuses it.
docs/commission.md says which rule decides, with numbers.
"""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Category, Product
from checkout.models import OrderLine, RefundLine
from marketplace.kernel.money import BASIS_POINTS, Money
from vendors.models import Vendor


class RuleScope(models.TextChoices):
    """The kinds of condition of a rule; the label describes it in the schema."""

    PRODUCTS = "products", "It is about certain products"
    CATEGORIES = "categories", "It is about certain categories, and all below them"
    VENDORS = "vendors", "It is about what certain vendors sell"
    PRICES = "prices", "It is about certain prices of a unit"


class CommissionRuleQuerySet(models.QuerySet["CommissionRule"]):
    """Rules."""

    def kept(self) -> "CommissionRuleQuerySet":
        """Those that were not put away."""
        return self.filter(archived_at=None)

    def in_force(self, at: datetime) -> "CommissionRuleQuerySet":
        """Those that decide at a moment."""
        return self.kept().filter(
            Q(starts_at=None) | Q(starts_at__lte=at), Q(ends_at=None) | Q(ends_at__gt=at), is_active=True
        )


class CommissionRule(models.Model):
    """What the platform keeps of certain lines, or explicitly of all that no other rule is about.

    `scopes` names its kinds of condition. A line has to meet each kind, by one of what that names: a kind of
    which nothing is left, as after the deletion of its last product, is met by no line. So a rule that loses
    a condition is about less, never about more. Prices are from the first, and below the second.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_for_everything = models.BooleanField(default=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=RuleScope), default=list, blank=True)
    vendors = models.ManyToManyField(Vendor, blank=True, related_name="commission_rules")
    categories = models.ManyToManyField(Category, blank=True, related_name="commission_rules")
    products = models.ManyToManyField(Product, blank=True, related_name="commission_rules")
    price_from_minor = models.BigIntegerField(null=True, blank=True)
    price_to_minor = models.BigIntegerField(null=True, blank=True)
    price_currency = models.CharField(max_length=3, blank=True)
    rate_bps = models.PositiveIntegerField(default=0)
    tax_bps = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CommissionRuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_for_everything=True, scopes__len=0)
                | Q(is_for_everything=False, scopes__len__gt=0),
                name="a_rule_says_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=RuleScope.values), name="a_scope_of_a_rule_is_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(scopes__contains=[RuleScope.PRICES.value], price_currency__regex=r"^[A-Z]{3}$")
                    & (Q(price_from_minor__isnull=False) | Q(price_to_minor__isnull=False))
                )
                | (
                    ~Q(scopes__contains=[RuleScope.PRICES.value])
                    & Q(price_currency="", price_from_minor=None, price_to_minor=None)
                ),
                name="a_rule_about_prices_names_them",
            ),
            models.CheckConstraint(
                condition=Q(price_from_minor__gte=0)
                & Q(price_to_minor__gt=0)
                & Q(price_to_minor__gt=F("price_from_minor")),
                name="prices_of_a_rule_are_a_range",
            ),
            models.CheckConstraint(
                condition=Q(rate_bps__lte=BASIS_POINTS, tax_bps__lte=BASIS_POINTS),
                name="a_rule_takes_the_whole_at_most",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_rule_starts_before_it_ends"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class CommissionAmount(models.Model):
    """What a rule takes in one currency, all of it for each unit: a fee, and the least and most in all.

    In a currency of which a rule has none, its rate alone counts.
    """

    rule = models.ForeignKey(CommissionRule, models.CASCADE, related_name="amounts", db_index=False)
    currency = models.CharField(max_length=3)
    fixed_minor = models.BigIntegerField(default=0)
    floor_minor = models.BigIntegerField(default=0)
    cap_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["currency"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["rule", "currency"], name="a_rule_has_amounts_once_a_currency"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="an_amount_of_a_rule_has_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(fixed_minor__gte=0, floor_minor__gte=0) & Q(cap_minor__gte=F("floor_minor")),
                name="the_least_of_a_commission_is_not_above_the_most",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.rule_id} in {self.currency}"


class Commission(models.Model):
    """What the platform keeps of an order line, decided once, when the order was paid.

    All that decided it is kept with it: no rule that changes later changes it. Without a rule it is the
    marketplace's rate, or what an imported history said. `matched` holds what of the line the rule was about
    (payouts/rules.py); amounts are for each unit, but for the base, the amount and the tax.
    """

    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="commission")
    rule = models.ForeignKey(
        CommissionRule, models.PROTECT, null=True, blank=True, related_name="commissions", db_index=False
    )
    rule_name = models.CharField(max_length=80, blank=True, default="", db_default="")
    matched = models.JSONField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    rate_bps = models.PositiveIntegerField()
    fixed_minor = models.BigIntegerField(default=0, db_default=0)
    floor_minor = models.BigIntegerField(default=0, db_default=0)
    cap_minor = models.BigIntegerField(null=True, blank=True)
    tax_bps = models.PositiveIntegerField(default=0, db_default=0)
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_bps__lte=BASIS_POINTS), name="a_commission_rate_is_at_most_the_whole"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gte=0, tax_minor__gte=0, amount_minor__lte=F("base_minor") - F("tax_minor")
                ),
                name="a_commission_is_a_part_of_its_base",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.amount} on line {self.order_line_id}"

    @property
    def amount(self) -> Money:
        """What the platform keeps, before tax."""
        return Money(self.amount_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The tax on it."""
        return Money(self.tax_minor, self.currency)


class CommissionReversal(models.Model):
    """What the platform gives back of its commission and of the tax on it, for what came back of a sale."""

    refund_line = models.OneToOneField(RefundLine, models.PROTECT, related_name="commission_reversal")
    currency = models.CharField(max_length=3)
    rate_bps = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_bps__lte=BASIS_POINTS), name="a_reversal_rate_is_at_most_the_whole"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, tax_minor__gte=0), name="a_reversal_gives_back"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.amount} for refund line {self.refund_line_id}"

    @property
    def amount(self) -> Money:
        """What the platform gives back, before tax."""
        return Money(self.amount_minor, self.currency)
