"""What may be read of the ledger: by the vendor's people, by the platform."""

from typing import cast

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.payouts.types import (
    DisputeType,
    LedgerBalance,
    LedgerTransactionType,
)
from marketplace.api.scalars import MoneyType
from payouts import models, selectors
from payouts.permissions import (
    VIEW_DISPUTES,
    VIEW_LEDGER,
    VIEW_LEDGER_ENTRIES,
    VIEW_PAYOUT_ACCOUNTS,
)
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of


@visible("LedgerEntry")
def visible_entries(info: Info) -> "QuerySet[models.LedgerEntry]":
    if info.context.staff_who_may(VIEW_LEDGER_ENTRIES):
        return models.LedgerEntry.objects.all()
    mine = vendors_of(info.context.visitor, VendorPermission.VIEW_FINANCES)
    return models.LedgerEntry.objects.filter(account__vendor__in=mine)


@visible("PayoutAccount")
def visible_payout_accounts(info: Info) -> "QuerySet[models.PayoutAccount]":
    if info.context.staff_who_may(VIEW_PAYOUT_ACCOUNTS):
        return models.PayoutAccount.objects.all()
    mine = vendors_of(info.context.visitor, VendorPermission.VIEW_FINANCES)
    return models.PayoutAccount.objects.filter(vendor__in=mine)


@visible("Payout")
def visible_payouts(info: Info) -> "QuerySet[models.Payout]":
    return models.Payout.objects.filter(account__in=visible_payout_accounts(info))


@visible("VendorDispute")
def visible_shares(info: Info) -> "QuerySet[models.DisputeShare]":
    shares = models.DisputeShare.objects.filter(amount_minor__gt=0)
    if info.context.staff_who_may(VIEW_DISPUTES):
        return shares
    mine = vendors_of(info.context.visitor, VendorPermission.REFUND_ORDERS)
    return shares.filter(vendor_order__vendor__in=mine)


@visible("Dispute")
def visible_disputes(info: Info) -> "QuerySet[models.Dispute]":
    may = info.context.staff_who_may(VIEW_DISPUTES)
    return selectors.disputes() if may else models.Dispute.objects.none()


@visible("LedgerTransaction")
def visible_transactions(info: Info) -> "QuerySet[models.LedgerTransaction]":
    may = info.context.staff_who_may(VIEW_LEDGER)
    return selectors.transactions() if may else models.LedgerTransaction.objects.none()


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        LedgerTransactionType, description="All that moved money, newest first.", is_guarded=True
    )
    def ledger(self, info: Info) -> "QuerySet[models.LedgerTransaction]":
        info.context.demand_staff(VIEW_LEDGER)
        return selectors.transactions()

    @fields.connection(DisputeType, description="All disputes, newest first.", is_guarded=True)
    def disputes(self, info: Info) -> "QuerySet[models.Dispute]":
        info.context.demand_staff(VIEW_DISPUTES)
        return selectors.disputes()

    @fields.field(
        description="The trial balance: all accounts by kind and currency; zero together in each currency."
    )
    def ledger_balances(self, info: Info) -> list[LedgerBalance] | None:
        info.context.demand_staff(VIEW_LEDGER)
        return [
            LedgerBalance(account=account, balance=cast("MoneyType", balance))  # its shape outside
            for account, balance in selectors.trial_balance()
        ]
