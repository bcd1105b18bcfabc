"""What the platform's staff may read of money: permissions of its roles (marketplace/staff.py)."""

from typing import Final

VIEW_LEDGER: Final = "payouts.view_ledgertransaction"
VIEW_LEDGER_ENTRIES: Final = "payouts.view_ledgerentry"
VIEW_PAYOUT_ACCOUNTS: Final = "payouts.view_payoutaccount"
VIEW_RECONCILIATIONS: Final = "payouts.view_reconciliation"
VIEW_DISCREPANCIES: Final = "payouts.view_discrepancy"
REFUND_STRAYS: Final = "payouts.add_strayrefund"
VIEW_STATEMENTS: Final = "payouts.view_statement"
VIEW_DISPUTES: Final = "payouts.view_dispute"
ANSWER_DISPUTES: Final = "payouts.answer_dispute"
VIEW_COMMISSIONS: Final = "payouts.view_commission"
VIEW_RULES: Final = "payouts.view_commissionrule"
CHANGE_RULES: Final = "payouts.change_commissionrule"
