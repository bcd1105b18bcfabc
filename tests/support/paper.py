"""A payment provider that keeps its books in memory: as honest as the sandbox, of another hand, and quick.

For properties of many lives, which would spend most of their time in the sandbox's tables. It knows charges,
refunds, disputes, transfers and payouts; what else the port has is the sandbox's.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from marketplace.gateway import marks
from marketplace.gateway.provider import (
    AccountState,
    DisputeStatus,
    PayoutStatus,
    ProviderAccount,
    ProviderDispute,
    ProviderPayout,
    ProviderRefund,
    ProviderRefused,
    ProviderReversal,
    ProviderTransfer,
    RefundStatus,
)
from marketplace.gateway.sandbox.provider import SandboxProvider
from marketplace.kernel import clock
from marketplace.kernel.money import Money, basis_points

PLATFORM: Final = ""
UNTIL_AVAILABLE: Final = timedelta(days=2)
FEE_BPS: Final = 290
DISPUTE_FEE: Final = 1500


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that somebody got, or gave below zero, and when it may be used."""

    holder: str
    currency: str
    minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """What a buyer paid, and what was done of it since."""

    amount: Money
    at: datetime
    refunded: int = 0
    sent: int = 0
    is_disputed: bool = False


@dataclass
class Books:
    """All that the provider knows; what is in it is replaced, never changed: a copy is another time."""

    movements: list[Movement] = field(default_factory=list)
    accounts: dict[str, AccountState] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    refunds: dict[str, ProviderRefund] = field(default_factory=dict)
    disputes: dict[str, ProviderDispute] = field(default_factory=dict)
    transfers: dict[str, ProviderTransfer] = field(default_factory=dict)
    payouts: dict[str, ProviderPayout] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def copied(self) -> "Books":
        """The same, to be written on."""
        return Books(*(copy(each) for each in vars(self).values()))

    def move(self, holder: str, amount: Money, *, at: datetime | None = None) -> None:
        self.movements.append(Movement(holder, amount.currency, amount.minor, at or clock.now()))

    def held(self, holder: str, currency: str, *, by: datetime | None = None) -> int:
        """What somebody holds of a currency, or may use by a moment."""
        return sum(
            each.minor
            for each in self.movements
            if (each.holder, each.currency) == (holder, currency) and (by is None or each.at <= by)
        )

    def name(self, kind: str) -> str:
        """A reference nothing else bears."""
        return f"{kind}_{len(self.answers)}_{len(self.movements)}_{len(self.disputes)}"

    # What buyers, banks and time do.

    def charge(self, ref: str, amount: Money) -> None:
        """A buyer pays."""
        at = clock.now() + UNTIL_AVAILABLE
        self.charges[ref] = Charge(amount, at)
        self.move(PLATFORM, amount - fee_of(amount), at=at)

    def bounce(self, ref: str) -> None:
        """A bank does not take a refund after all."""
        made = self.refunds[ref]
        if made.status != RefundStatus.SUCCEEDED:
            raise ProviderRefused("unexpected_state", "It has come back already.")
        charge = self.charges[made.charge_ref]
        self.refunds[ref] = replace(made, status=RefundStatus.FAILED)
        self.charges[made.charge_ref] = replace(charge, refunded=charge.refunded - made.amount.minor)
        self.move(PLATFORM, made.amount, at=max(clock.now(), charge.at))

    def dispute(self, charge_ref: str) -> str:
        """A buyer wants back by the bank what is left of a charge, and the bank takes it."""
        charge = self.charges[charge_ref]
        left = Money(charge.amount.minor - charge.refunded, charge.amount.currency)
        if charge.is_disputed or not left.minor:
            raise ProviderRefused("charge_already_disputed", "There is nothing to dispute.")
        fee, ref = Money(DISPUTE_FEE, left.currency), self.name("du")
        self.charges[charge_ref] = replace(charge, is_disputed=True)
        self.disputes[ref] = ProviderDispute(
            ref=ref,
            charge_ref=charge_ref,
            payment_ref=None,
            status=DisputeStatus.NEEDS_RESPONSE,
            amount=left,
            reason="fraudulent",
            withdrawn=left,
            fee=fee,
        )
        self.move(PLATFORM, -(left + fee))
        return ref

    def decide(self, ref: str, *, wins: bool) -> None:
        """The bank has decided."""
        held = self.disputes[ref]
        if held.status != DisputeStatus.NEEDS_RESPONSE:
            raise ProviderRefused("unexpected_state", "This is decided.")
        if wins:
            self.move(PLATFORM, held.withdrawn)
            won = replace(held, status=DisputeStatus.WON, withdrawn=Money.zero(held.amount.currency))
            self.disputes[ref] = won
        else:
            self.disputes[ref] = replace(held, status=DisputeStatus.LOST)

    def arrive(self, ref: str) -> None:
        """A payout is with its bank."""
        if self.payouts[ref].status == PayoutStatus.PENDING:
            self.payouts[ref] = replace(self.payouts[ref], status=PayoutStatus.PAID)

    def send_back(self, ref: str) -> None:
        """A bank sends a payout back, also one that had arrived."""
        payout = self.payouts[ref]
        if payout.status == PayoutStatus.FAILED:
            raise ProviderRefused("unexpected_state", "It has come back already.")
        self.payouts[ref] = replace(payout, status=PayoutStatus.FAILED, failure_code="account_closed")
        self.move(payout.account_ref, payout.amount)

    # What we ask.

    def transfer(self, account: str, amount: Money, charge_ref: str | None) -> ProviderTransfer:
        now = clock.now()
        at, ref = now, self.name("tr")
        if self.accounts[account] != AccountState.ACTIVE:
            raise ProviderRefused("insufficient_capabilities_for_transfer", "It takes no transfers.")
        if charge_ref is None:
            if amount.minor > self.held(PLATFORM, amount.currency, by=now):
                raise insufficient()
        else:
            charge = self.charges[charge_ref]
            if charge.sent + amount.minor > charge.amount.minor or amount.currency != charge.amount.currency:
                raise insufficient()
            self.charges[charge_ref] = replace(charge, sent=charge.sent + amount.minor)
            at = max(now, charge.at)
        self.move(PLATFORM, -amount, at=at)
        self.move(account, amount, at=at)
        self.transfers[ref] = ProviderTransfer(
            ref=ref,
            account_ref=account,
            amount=amount,
            reversed=Money.zero(amount.currency),
            charge_ref=charge_ref,
        )
        return self.transfers[ref]

    def reverse(self, ref: str, amount: Money) -> ProviderReversal:
        sent = self.transfers[ref]
        if (sent.reversed + amount) > sent.amount:
            raise ProviderRefused("amount_too_large", "There is not so much left of it.")
        if amount.minor > self.held(sent.account_ref, amount.currency):
            raise insufficient()
        self.transfers[ref] = replace(sent, reversed=sent.reversed + amount)
        at = max(clock.now(), self.charges[sent.charge_ref].at) if sent.charge_ref else None
        self.move(sent.account_ref, -amount, at=at)
        self.move(PLATFORM, amount, at=at)
        return ProviderReversal(ref=self.name("trr"), transfer_ref=ref, amount=amount)

    def refund(self, charge_ref: str, amount: Money) -> ProviderRefund:
        charge = self.charges[charge_ref]
        if charge.is_disputed or charge.refunded + amount.minor > charge.amount.minor:
            raise ProviderRefused("charge_disputed", "There is not so much left of it.")
        self.charges[charge_ref] = replace(charge, refunded=charge.refunded + amount.minor)
        ref = self.name("re")
        self.refunds[ref] = ProviderRefund(
            ref=ref, status=RefundStatus.SUCCEEDED, amount=amount, charge_ref=charge_ref
        )
        self.move(PLATFORM, -amount, at=max(clock.now(), charge.at))
        return self.refunds[ref]

    def pay_out(self, account: str, amount: Money) -> ProviderPayout:
        now = clock.now()
        if self.accounts[account] != AccountState.ACTIVE:
            raise ProviderRefused("payouts_not_allowed", "This account is not paid out.")
        if amount.minor > self.held(account, amount.currency, by=now):
            raise insufficient()
        ref = self.name("po")
        self.payouts[ref] = ProviderPayout(
            ref=ref,
            account_ref=account,
            status=PayoutStatus.PENDING,
            amount=amount,
            arrives_on=now.date(),
            created_at=now,
        )
        self.move(account, -amount)
        return self.payouts[ref]


def insufficient() -> ProviderRefused:
    """The refusal for what is not there."""
    return ProviderRefused("balance_insufficient", "There is not so much there.")


def fee_of(amount: Money) -> Money:
    """What the provider keeps of a charge."""
    return Money(basis_points(amount.minor, FEE_BPS), amount.currency)


class Paper(SandboxProvider):
    """The port, over the books of the moment."""

    books: ClassVar[Books] = Books()

    def _once(self, key: str, run: Callable[[], Any]) -> Any:
        if key not in self.books.answers:
            self.books.answers[key] = run()
        return self.books.answers[key]

    @override
    def get_account(self, ref: str) -> ProviderAccount:
        currency = ref.rpartition("_")[2]
        return ProviderAccount(
            ref=ref, state=self.books.accounts[ref], country="DE", currency=currency, bank_last4="6789"
        )

    @override
    def get_fee(self, charge_ref: str) -> Money:
        return fee_of(self.books.charges[charge_ref].amount)

    @override
    def refund(
        self, charge_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderRefund:
        made: ProviderRefund = self._once(key, lambda: self.books.refund(charge_ref, amount))
        return made

    @override
    def get_refund(self, ref: str) -> ProviderRefund:
        return self.books.refunds[ref]

    @override
    def get_dispute(self, ref: str) -> ProviderDispute:
        return self.books.disputes[ref]

    @override
    def transfer(
        self,
        account_ref: str,
        *,
        amount: Money,
        charge_ref: str | None,
        group: str,
        metadata: Mapping[str, str],
        key: str,
    ) -> ProviderTransfer:
        made: ProviderTransfer = self._once(key, lambda: self.books.transfer(account_ref, amount, charge_ref))
        self.books.transfers[made.ref] = replace(
            self.books.transfers[made.ref], metadata=marks.stamped(metadata)
        )
        return made

    @override
    def get_transfer(self, ref: str) -> ProviderTransfer:
        return self.books.transfers[ref]

    @override
    def list_transfers(self, since: datetime) -> Sequence[ProviderTransfer]:
        return list(self.books.transfers.values())

    @override
    def reverse_transfer(
        self, ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderReversal:
        made: ProviderReversal = self._once(key, lambda: self.books.reverse(ref, amount))
        return made

    @override
    def pay_out(
        self, account_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderPayout:
        made: ProviderPayout = self._once(key, lambda: self.books.pay_out(account_ref, amount))
        self.books.payouts[made.ref] = replace(self.books.payouts[made.ref], metadata=marks.stamped(metadata))
        return made

    @override
    def get_payout(self, account_ref: str, ref: str) -> ProviderPayout:
        return self.books.payouts[ref]

    @override
    def list_payouts(self, account_ref: str, since: datetime) -> Sequence[ProviderPayout]:
        mine = [each for each in self.books.payouts.values() if each.account_ref == account_ref]
        return [each for each in mine if each.created_at >= since]
