"""Vendors' accounts and what is sent there, in Stripe's shape."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marketplace.gateway.minor_units import counted
from marketplace.gateway.models import SandboxAccount, SandboxReversal, SandboxTransfer
from marketplace.gateway.models.sandbox import AccountPhase, SandboxObject
from marketplace.gateway.sandbox.shapes.payments import common
from marketplace.kernel.money import Money

TRANSFERS: Final[Mapping[AccountPhase, str]] = {
    AccountPhase.DETAILS_SUBMITTED: "pending",
    AccountPhase.VERIFYING: "pending",
    AccountPhase.ACTIVE: "active",
}
# By whether an account is paid out without being asked.
INTERVALS: Final[Mapping[bool, str]] = {True: "daily", False: "manual"}


def _account(row: SandboxAccount) -> dict[str, Any]:
    phase = AccountPhase(row.status)
    is_active = phase == AccountPhase.ACTIVE
    shape = {
        **common(row, "account"),
        "business_profile": dict.fromkeys(
            ("annual_revenue", "estimated_worker_count", "mcc", "minority_owned_business_designation")
        )
        | dict.fromkeys(("name", "support_address", "support_email", "support_phone", "support_url", "url"))
        | {"product_description": None},
        "business_type": None,
        "capabilities": {"transfers": TRANSFERS.get(phase, "inactive")},
        "charges_enabled": False,
        "controller": {
            "fees": {"payer": "application"},
            "is_controller": True,
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
            "type": "application",
        },
        "country": row.country,
        "default_currency": row.currency.lower(),
        "details_submitted": phase != AccountPhase.CREATED,
        "email": row.email or None,
        "external_accounts": _banks(row),
        "future_requirements": _requirements([]),
        "metadata": row.metadata,
        "payouts_enabled": is_active,
        "requirements": _asked(row, phase),
        "settings": {"payouts": {"schedule": {"delay_days": 2, "interval": INTERVALS[row.has_own_schedule]}}},
        "tos_acceptance": {"date": None},
        "type": "express",
    }
    # Of Stripe's objects some, like this, do not tell their mode.
    del shape["livemode"]
    return shape


def _asked(row: SandboxAccount, phase: AccountPhase) -> dict[str, Any]:
    is_late = phase == AccountPhase.PAST_DUE
    reasons = {
        AccountPhase.PAST_DUE: "requirements.past_due",
        AccountPhase.VERIFYING: "requirements.pending_verification",
        AccountPhase.CREATED: "requirements.past_due",
        AccountPhase.DISABLED: row.reason,
        AccountPhase.REJECTED: row.reason,
    }
    return {
        **_requirements(row.missing),
        "current_deadline": int(row.missing_due_at.timestamp()) if row.missing_due_at else None,
        "disabled_reason": reasons.get(phase),
        "past_due": row.missing if is_late or phase == AccountPhase.CREATED else [],
        "pending_verification": ["individual.id_number"] if phase == AccountPhase.VERIFYING else [],
    }


def _requirements(due: list[str]) -> dict[str, Any]:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": None,
        "errors": [],
        "eventually_due": due,
        "past_due": [],
        "pending_verification": [],
    }


def _banks(row: SandboxAccount) -> dict[str, Any]:
    bank = {
        "id": row.bank_ref,
        "object": "bank_account",
        "account": row.ref,
        "country": row.country,
        "currency": row.currency.lower(),
        "default_for_currency": True,
        "last4": row.bank_last4,
        "status": "new",
    }
    return {
        "object": "list",
        "data": [bank] if row.bank_last4 else [],
        "has_more": False,
        "total_count": 1 if row.bank_last4 else 0,
        "url": f"/v1/accounts/{row.ref}/external_accounts",
    }


def _transfer(row: SandboxTransfer) -> dict[str, Any]:
    reversals = [_reversal(each) for each in row.reversals.order_by("-pk")[:10]] if row.reversed_minor else []
    return {
        **common(row, "transfer"),
        "amount": counted(row.amount),
        "amount_reversed": counted(Money(row.reversed_minor, row.currency)),
        "balance_transaction": row.balance_ref,
        "currency": row.currency.lower(),
        "description": None,
        "destination": row.account.ref,
        "destination_payment": row.payment_ref,
        "metadata": row.metadata,
        "reversals": {
            "object": "list",
            "data": reversals,
            "has_more": False,
            "url": f"/v1/transfers/{row.ref}/reversals",
        },
        "reversed": row.reversed_minor == row.amount_minor,
        "source_transaction": row.charge.ref if row.charge else None,
        "source_type": "card",
        "transfer_group": row.group or None,
    }


def _reversal(row: SandboxReversal) -> dict[str, Any]:
    shape = {
        **common(row, "transfer_reversal"),
        "amount": counted(row.amount),
        "balance_transaction": row.balance_ref,
        "currency": row.transfer.currency.lower(),
        "destination_payment_refund": f"pyr_{row.ref.removeprefix('trr_')}",
        "metadata": row.metadata,
        "source_refund": None,
        "transfer": row.transfer.ref,
    }
    del shape["livemode"]
    return shape


SHAPES: Final[Mapping[type[SandboxObject], Callable[[Any], dict[str, Any]]]] = {
    SandboxAccount: _account,
    SandboxTransfer: _transfer,
    SandboxReversal: _reversal,
}
