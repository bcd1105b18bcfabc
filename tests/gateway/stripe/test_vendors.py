"""Whether a vendor can be paid, as Stripe's account says; and what a dispute has cost so far."""

from typing import Any

import pytest

from marketplace.gateway.provider import AccountState
from marketplace.gateway.stripe import vendors
from marketplace.kernel.money import Money

PAID = {"details_submitted": True, "payouts_enabled": True, "capabilities": {"transfers": "active"}}


@pytest.mark.parametrize(
    ("told", "requirements", "state"),
    [
        ({}, {}, AccountState.PENDING),
        ({}, {"disabled_reason": "requirements.past_due"}, AccountState.PENDING),
        ({"details_submitted": True}, {}, AccountState.VERIFYING),
        ({**PAID, "payouts_enabled": False}, {"pending_verification": ["a"]}, AccountState.VERIFYING),
        (PAID, {}, AccountState.ACTIVE),
        ({**PAID, "charges_enabled": False}, {"currently_due": ["a"]}, AccountState.ACTIVE),
        (
            {**PAID, "payouts_enabled": False},
            {"past_due": ["a"], "disabled_reason": "requirements.past_due"},
            AccountState.ACTION_REQUIRED,
        ),
        (
            {**PAID, "payouts_enabled": False},
            {"currently_due": ["a"], "disabled_reason": "platform_paused"},
            AccountState.RESTRICTED,
        ),
        ({}, {"disabled_reason": "rejected.fraud"}, AccountState.REJECTED),
        (PAID, {"disabled_reason": "rejected.listed"}, AccountState.REJECTED),
    ],
)
def test_what_state_an_account_is_in(told: Any, requirements: Any, state: AccountState) -> None:
    assert vendors.account_state({**told, "requirements": requirements}) is state


def test_what_is_asked_for_is_told_once_with_its_deadline() -> None:
    requirements = {"past_due": ["b"], "currently_due": ["a", "b"], "current_deadline": 86_400}
    account = vendors.account(
        {**PAID, "id": "acct_1", "default_currency": "eur", "requirements": requirements}
    )
    assert (account.missing, account.currency) == (["b", "a"], "EUR")
    assert account.missing_by is not None
    assert account.missing_by.isoformat() == "1970-01-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("moved", "withdrawn", "fee"),
    [
        ([], 0, 0),
        ([(-1000, 1500)], 1000, 1500),
        ([(-1000, 1500), (1000, 0)], 0, 1500),
        ([(-1000, 1500), (1000, -1500)], 0, 0),
    ],
)
def test_what_a_dispute_took_is_what_its_movements_sum_to(
    moved: list[tuple[int, int]], withdrawn: int, fee: int
) -> None:
    told = {
        "id": "dp_1",
        "charge": "ch_1",
        "status": "needs_response",
        "amount": 1000,
        "currency": "usd",
        "balance_transactions": [
            {"amount": amount, "fee": cost, "currency": "usd"} for amount, cost in moved
        ],
    }
    dispute = vendors.dispute(told)
    assert (dispute.withdrawn, dispute.fee) == (Money(withdrawn, "USD"), Money(fee, "USD"))
