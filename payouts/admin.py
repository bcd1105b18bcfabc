"""The ledger in the admin: to look at. It has one writer, and this is not it."""

from django.contrib import admin

from marketplace.kernel.console import ReadOnlyAdmin, ReadOnlyTab
from payouts.models import (
    Adjustment,
    Commission,
    CommissionAmount,
    CommissionRule,
    Discrepancy,
    Dispute,
    DisputeEvidence,
    DisputeShare,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payout,
    PayoutAccount,
    PayoutHold,
    PayoutSchedule,
    Reconciliation,
    Reversal,
    Statement,
    StrayRefund,
    Transfer,
)


class LedgerEntryInline(ReadOnlyTab):
    model = LedgerEntry
    fields = ["account", "vendor_order", "amount"]
    readonly_fields = ["amount"]


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    list_display = ["reference", "kind", "order", "occurred_at", "recorded_at"]
    list_filter = ["kind"]
    list_select_related = ["order"]
    search_fields = ["reference", "order__number"]
    show_full_result_count = False
    inlines = [LedgerEntryInline]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ["kind", "vendor", "currency", "balance"]
    list_filter = ["kind", "currency"]
    list_select_related = ["vendor"]
    search_fields = ["vendor__name", "vendor__slug"]
    fields = ["kind", "vendor", "currency", "balance"]
    readonly_fields = ["balance"]


@admin.register(Commission)
class CommissionAdmin(ReadOnlyAdmin):
    list_display = ["order_line", "rule_name", "rate_bps", "amount", "tax", "created_at"]
    list_select_related = ["order_line"]
    search_fields = ["order_line__sku", "order_line__vendor_order__number"]
    show_full_result_count = False
    fields = [
        "order_line",
        "rule",
        "rule_name",
        "matched",
        "currency",
        "rate_bps",
        "fixed_minor",
        "floor_minor",
        "cap_minor",
        "tax_bps",
        "base_minor",
        "amount",
        "tax",
        "created_at",
    ]
    readonly_fields = ["amount", "tax"]


class CommissionAmountTab(ReadOnlyTab):
    model = CommissionAmount
    fields = ["currency", "fixed_minor", "floor_minor", "cap_minor"]


@admin.register(CommissionRule)
class CommissionRuleAdmin(ReadOnlyAdmin):
    list_display = ["name", "position", "scopes", "is_for_everything", "rate_bps", "is_active", "archived_at"]
    list_filter = ["is_active", "is_for_everything"]
    search_fields = ["name"]
    inlines = [CommissionAmountTab]


class VendorPayoutTab(ReadOnlyTab):
    model = Payout
    fields = ["ref", "status", "amount", "arrives_on", "failure_code"]
    readonly_fields = ["amount"]


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnlyAdmin):
    list_display = ["vendor", "provider", "state", "missing_by_at", "synced_at"]
    list_filter = ["state", "provider"]
    list_select_related = ["vendor"]
    search_fields = ["vendor__name", "vendor__slug", "ref"]
    inlines = [VendorPayoutTab]


class ReversalTab(ReadOnlyTab):
    model = Reversal
    fields = ["ref", "occasion", "status", "amount", "short", "refusal", "created_at"]
    readonly_fields = ["amount", "short"]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["uuid", "vendor", "source", "status", "waiting", "amount", "netted", "created_at"]
    list_filter = ["status", "waiting", "source", "provider"]
    list_select_related = ["vendor"]
    search_fields = ["ref", "uuid", "vendor__slug", "vendor_order__number"]
    readonly_fields = ["amount", "netted"]
    show_full_result_count = False
    inlines = [ReversalTab]


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ["vendor", "amount", "reason", "actor", "created_at"]
    list_select_related = ["vendor", "actor"]
    search_fields = ["vendor__slug", "reason", "vendor_order__number"]
    fields = ["vendor", "vendor_order", "amount", "reason", "actor", "created_at"]
    readonly_fields = ["amount"]


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ["vendor", "starts_on", "end_on", "opening", "closing", "held"]
    list_select_related = ["vendor"]
    list_filter = ["currency"]
    search_fields = ["vendor__name", "vendor__slug"]
    show_full_result_count = False
    fields = ["vendor", "timezone", "starts_on", "end_on", "opening", "closing", "held", "created_at"]
    readonly_fields = ["opening", "closing", "held"]


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    list_display = ["provider", "started_at", "outcome", "open", "healed", "since_at"]
    list_filter = ["outcome", "provider"]


@admin.register(StrayRefund)
class StrayRefundAdmin(ReadOnlyAdmin):
    list_display = ["discrepancy", "amount", "status", "refusal", "actor", "created_at"]
    list_filter = ["status"]
    list_select_related = ["discrepancy", "actor"]
    fields = ["discrepancy", "ref", "amount", "status", "refusal", "reason", "actor", "created_at"]
    readonly_fields = ["amount"]


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnlyAdmin):
    list_display = ["kind", "ref", "order", "ours", "theirs", "status", "first_seen_at"]
    list_filter = ["status", "kind", "provider"]
    list_select_related = ["order"]
    search_fields = ["ref", "order__number"]


class DisputeShareTab(ReadOnlyTab):
    model = DisputeShare
    fields = ["vendor_order", "amount", "held"]
    readonly_fields = ["amount", "held"]


class DisputeEvidenceTab(ReadOnlyTab):
    model = DisputeEvidence
    fields = ["vendor", "author", "said", "is_final", "created_at", "sent_at"]


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ["ref", "payment", "status", "amount", "evidence_due_at", "evidence_sent_at"]
    list_filter = ["status", "provider"]
    list_select_related = ["payment"]
    search_fields = ["ref", "payment__order__number"]
    readonly_fields = ["amount"]
    inlines = [DisputeShareTab, DisputeEvidenceTab]


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ["uuid", "account", "status", "amount", "is_ours", "arrives_on", "failure_code"]
    list_filter = ["status", "is_ours"]
    list_select_related = ["account"]
    search_fields = ["ref", "account__vendor__name", "account__vendor__slug"]
    show_full_result_count = False
    exclude = ["entries"]
    readonly_fields = ["amount"]


@admin.register(PayoutHold)
class PayoutHoldAdmin(ReadOnlyAdmin):
    list_display = ["vendor", "vendor_order", "cause", "amount", "placed_at", "release_on", "released_at"]
    list_filter = ["cause"]
    list_select_related = ["vendor", "vendor_order"]
    search_fields = ["vendor__name", "vendor__slug", "vendor_order__number"]
    readonly_fields = ["amount"]


@admin.register(PayoutSchedule)
class PayoutScheduleAdmin(ReadOnlyAdmin):
    list_display = ["vendor", "interval", "minimum_minor", "delay_days", "reserve_bps", "next_on"]
    list_filter = ["interval"]
    list_select_related = ["vendor"]
    search_fields = ["vendor__name", "vendor__slug"]
