"""What has to move between the platform and vendors' accounts. No database, no clock.

The ledger says what each part of an order is worth to its vendor; transfers, less what came back of them, say
what was delivered of that. What was given back to the buyer before the vendor had it is sent less, what was
given back afterwards is taken back, the newest transfer first. Amounts are minor units.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from payouts.models import TransactionKind, TransferStatus

# What gives a part more, and what takes of it. An adjustment stands by itself, beside the part it is about.
GIVING: Final = frozenset(
    {
        TransactionKind.SALE,
        TransactionKind.REFUND_FAILED,
        TransactionKind.DISPUTE_WON,
        TransactionKind.DISPUTE_LOST,
    }
)
TAKING: Final = frozenset({TransactionKind.REFUND, TransactionKind.DISPUTE_WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A transaction of the ledger that changed what a part is worth, by so much.

    `is_pending`: a refund that the provider has not made yet. `is_void`: one that failed.
    """

    transaction_id: int
    kind: TransactionKind
    minor: int
    is_pending: bool = False
    is_void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A transfer for a part, and what was asked back of it, by the occasion."""

    transfer_id: int
    occasion_id: int
    status: TransferStatus
    planned_minor: int
    amount_minor: int = 0
    netted_minor: int = 0
    reversed_minor: int = 0
    asked: Mapping[int, int] = field(default_factory=dict)
    is_coming_back: bool = False

    @property
    def delivered_minor(self) -> int:
        """What the vendor has of it, in its account or because it owed less by it."""
        if self.status not in {TransferStatus.SENDING, TransferStatus.MADE}:
            return 0
        return self.amount_minor + self.netted_minor - sum(self.asked.values())

    @property
    def left_minor(self) -> int:
        """What of it the provider could take back."""
        return self.amount_minor - self.reversed_minor

    @property
    def is_under_way(self) -> bool:
        """Whether the provider is being asked about it."""
        return self.status == TransferStatus.SENDING or self.is_coming_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One vendor's part of an order: what it is worth by the ledger, and what was sent; the oldest first."""

    vendor_order_id: int
    vendor_id: int
    order_id: int
    currency: str
    paid_minor: int
    owed_minor: int
    occasions: Sequence[Occasion]
    sent: Sequence[Sent]

    @property
    def delivered_minor(self) -> int:
        """What the vendor has of it."""
        return sum(each.delivered_minor for each in self.sent)

    @property
    def due_minor(self) -> int:
        """What could be sent now; below zero it is too much that was sent.

        What is on its way to the buyer counts as gone, so that it is not sent and taken back.
        """
        return self.owed_minor - self.delivered_minor

    @property
    def unplanned_minor(self) -> int:
        """What is due and no transfer waits for."""
        queued = sum(each.planned_minor for each in self.sent if each.status == TransferStatus.QUEUED)
        return self.due_minor - queued

    @property
    def excess_minor(self) -> int:
        """What has to come back now: refunds count when they are made, and not before."""
        pending = sum(-each.minor for each in self.occasions if each.is_pending)
        return -self.due_minor - pending

    @property
    def is_level(self) -> bool:
        """Whether the vendor has what the part is worth, and nothing is on its way."""
        return self.due_minor == 0 and not any(each.is_under_way for each in self.sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """So much is to come back of a transfer for an occasion; `left_minor` of it may be there."""

    occasion_id: int
    transfer_id: int
    minor: int
    left_minor: int


def to_plan(part: Part) -> Iterator[Occasion]:
    """The occasions that a transfer has to be made for: the newest, until they cover what is due."""
    missing, known = part.unplanned_minor, {each.occasion_id for each in part.sent}
    for occasion in reversed(part.occasions):
        if missing <= 0:
            return
        if occasion.kind in GIVING and occasion.minor > 0 and occasion.transaction_id not in known:
            missing -= occasion.minor
            yield occasion


def by_source(minor: int, *, charged_minor: int) -> tuple[int, int]:
    """What of an amount comes of what the buyer paid for it, and what of the platform's balance."""
    of_charge = min(minor, charged_minor)
    return of_charge, minor - of_charge


def claim(planned_minor: int, *, due_minor: int, debt_minor: int) -> tuple[int, int]:
    """What of a transfer goes now, and what is kept for what the vendor owes."""
    due = max(0, min(planned_minor, due_minor))
    netted = min(due, max(0, debt_minor))
    return due - netted, netted


def to_take_back(part: Part) -> list[Ask]:
    """What has to come back of which transfer; nothing while the provider is asked about one of the part."""
    if any(each.is_under_way for each in part.sent):
        return []
    excess, asks = part.excess_minor, list[Ask]()
    room = {each.transfer_id: each.delivered_minor for each in part.sent}
    for occasion in reversed(part.occasions):
        if occasion.kind not in TAKING or occasion.is_pending or occasion.is_void:
            continue
        before = sum(each.asked.get(occasion.transaction_id, 0) for each in part.sent)
        wanted = min(excess, -occasion.minor - before)
        for each in reversed(part.sent):
            minor = min(wanted, room[each.transfer_id])
            if minor <= 0 or occasion.transaction_id in each.asked:
                continue
            asks.append(
                Ask(
                    occasion_id=occasion.transaction_id,
                    transfer_id=each.transfer_id,
                    minor=minor,
                    left_minor=each.left_minor - _taken(asks, each.transfer_id),
                )
            )
            room[each.transfer_id] -= minor
            wanted, excess = wanted - minor, excess - minor
    return asks


def taken_back(ask: Ask, *, held_minor: int) -> tuple[int, int]:
    """What of it the vendor's account can give, and what it is short of: the vendor owes that."""
    amount = max(0, min(ask.minor, ask.left_minor, held_minor))
    return amount, ask.minor - amount


def _taken(asks: Sequence[Ask], transfer_id: int) -> int:
    return sum(min(ask.minor, ask.left_minor) for ask in asks if ask.transfer_id == transfer_id)
