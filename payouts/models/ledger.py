"""The ledger: who is owed what, and why.

Amounts are minor units, and signed: what is above zero is owed to the owner of the account (a credit), what
is below is owed by it or held for us (a debit). Entries and transactions are never changed; the database
refuses it.
"""

from typing import Final

from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models import Order, VendorOrder
from marketplace.kernel.money import Money
from vendors.models import Vendor


class AccountKind(models.TextChoices):
    """The chart of accounts."""

    BUYER_CLEARING = "buyer_clearing", "What buyers paid, held by the payment provider"
    VENDOR_PAYABLE = "vendor_payable", "What the platform owes a vendor"
    COMMISSION = "commission", "What the platform has earned by commission"
    COMMISSION_TAX = "commission_tax", "Tax on commissions, that the platform is to remit"
    PROMOTION_EXPENSE = "promotion_expense", "What the platform has paid for discounts"
    TAX_PAYABLE = "tax_payable", "Tax that the platform is to remit"
    VENDOR_RESERVE = "vendor_reserve", "What is held of a vendor's while a buyer disputes it"
    VENDOR_HELD = "vendor_held", "What is held back of a vendor's until a day or a decision"
    VENDOR_ACCOUNT = "vendor_account", "What lies in a vendor's account with the payment provider"
    DISPUTE_RECEIVABLE = "dispute_receivable", "What banks took for disputes that are open"
    PROVIDER_FEE = "provider_fee", "What the payment provider keeps"
    ADJUSTMENT = "adjustment", "What the platform has given vendors, or asked of them"
    PLATFORM_BANK = "platform_bank", "What has left for, or come of, the platform's own bank account"
    EXTERNAL_SETTLEMENT = "external_settlement", "What was settled elsewhere, before it came here"


# The kinds that a vendor has an account of; all others are the platform's.
OF_VENDORS: Final = (
    AccountKind.VENDOR_PAYABLE,
    AccountKind.VENDOR_RESERVE,
    AccountKind.VENDOR_HELD,
    AccountKind.VENDOR_ACCOUNT,
)


class TransactionKind(models.TextChoices):
    """What moves money."""

    SALE = "sale", "An order was paid"
    REFUND = "refund", "Money went back to a buyer"
    REFUND_FAILED = "refund_failed", "Money did not go back after all"
    DISPUTE_WITHDRAWN = "dispute_withdrawn", "A bank took back what a buyer disputes"
    DISPUTE_FEE = "dispute_fee", "The provider took a fee for a dispute, or gave it back"
    DISPUTE_WON = "dispute_won", "A bank gave back what a buyer had disputed"
    DISPUTE_LOST = "dispute_lost", "A bank keeps what a buyer disputed"
    SETTLEMENT = "settlement", "What was imported had been settled elsewhere"
    PAYMENT_FEE = "payment_fee", "The provider kept a fee of a payment"
    TRANSFER = "transfer", "Money went to a vendor's account"
    TRANSFER_FAILED = "transfer_failed", "Money did not go to a vendor's account after all"
    REVERSAL = "reversal", "Money came back of a vendor's account"
    REVERSAL_FAILED = "reversal_failed", "Money did not come back of a vendor's account after all"
    HELD = "held", "Something of a vendor's is held back"
    RELEASED = "released", "Something of a vendor's is held back no more"
    PAYOUT = "payout", "Money went from a vendor's account to its bank"
    PAYOUT_FAILED = "payout_failed", "Money came back of a vendor's bank"
    ADJUSTMENT = "adjustment", "The platform gave a vendor something, or asked for it"
    TAX_REMITTED = "tax_remitted", "The platform has paid tax that was its to remit"
    WITHDRAWAL = "withdrawal", "Money went from the provider to the platform's own bank"


class LedgerAccount(models.Model):
    """Where amounts of one currency are kept: an account of the platform's, or a vendor's own.

    A vendor's account keeps its balance, under the lock of its row. The platform's accounts have a share in
    every sale: theirs is summed when it is asked for, so that no two sales wait for each other.
    """

    kind = models.CharField(max_length=20, choices=AccountKind)
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, blank=True, related_name="ledger_accounts")
    currency = models.CharField(max_length=3)
    balance_minor = models.BigIntegerField(null=True, blank=True)
    # Up to this entry all of it is in payouts; what they are made up of is not looked for there.
    claimed_through = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "vendor", "currency"],
                nulls_distinct=False,
                name="an_account_is_one_kind_of_one_vendor_in_one_currency",
            ),
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="an_account_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_VENDORS, vendor__isnull=False, balance_minor__isnull=False)
                | Q(vendor__isnull=True, balance_minor__isnull=True) & ~Q(kind__in=OF_VENDORS),
                name="only_a_vendors_account_has_a_vendor_and_a_balance",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="an_account_currency_is_a_code"
            ),
        ]

    @override
    def __str__(self) -> str:
        owner = "" if self.vendor_id is None else f":{self.vendor_id}"
        return f"{self.kind}{owner}:{self.currency}"

    @property
    def balance(self) -> Money | None:
        """What is kept of it: of a vendor's account, the balance; None for the platform's."""
        return None if self.balance_minor is None else Money(self.balance_minor, self.currency)


class LedgerTransaction(models.Model):
    """One thing that moved money, as entries that sum to zero. Its reference lets it happen once."""

    kind = models.CharField(max_length=20, choices=TransactionKind)
    reference = models.CharField(max_length=80, unique=True)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="ledger_transactions"
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=TransactionKind.values), name="a_transaction_kind_is_known"
            )
        ]

    @override
    def __str__(self) -> str:
        return self.reference


class LedgerEntry(models.Model):
    """An amount on one account; of a vendor's account, with the vendor's order it is about."""

    transaction = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="entries", db_index=False)
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="entries", db_index=False)
    vendor_order = models.ForeignKey(
        VendorOrder, models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # The index of this constraint is the one that finds a transaction's entries.
            models.UniqueConstraint(
                fields=["transaction", "account"], name="a_transaction_moves_an_account_once"
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="an_entry_moves_something"),
        ]
        indexes = [models.Index(fields=["account", "id"], include=["amount_minor"], name="entry_by_account")]

    @override
    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount_minor:+}"

    @property
    def amount(self) -> Money:
        """What it moves, signed, in the currency of its account."""
        return Money(self.amount_minor, self.account.currency)
