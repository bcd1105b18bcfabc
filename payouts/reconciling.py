"""Where our rows and the provider's books tell different things. No database, no clock, no provider.

Facts of ours are values of this module, those of the provider are the port's. What is on its way is no
difference: a payment that waits for its buyer, one that was never tried, a refund that is still to be sent.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from checkout.models import PaymentStatus, RefundStatus
from marketplace.gateway import marks
from marketplace.gateway import provider as gateway
from marketplace.gateway.provider import Intent, IntentStatus, ProviderRefund, ProviderTransfer
from marketplace.kernel.money import Money
from payouts.models import DiscrepancyKind

NOTHING: Final = "nothing"
# What has no account with the provider but its own.
PLATFORM: Final = "platform"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing of which we and the provider tell different things; `ref` is whose name it has there."""

    kind: DiscrepancyKind
    ref: str
    ours: str
    theirs: str
    order: str = ""


@dataclass(frozen=True, kw_only=True)
class OurPayment:
    """A payment as our row has it; `held` is what the ledger says we hold of its order, if it was posted."""

    uuid: str
    ref: str
    order: str
    status: PaymentStatus
    amount: Money
    held: Money | None = None


@dataclass(frozen=True, kw_only=True)
class OurRefund:
    """A refund as our rows have it: those of one reference are one."""

    uuid: str
    ref: str
    order: str
    status: RefundStatus
    amount: Money


@dataclass(frozen=True, kw_only=True)
class OurTransfer:
    """A transfer as our row has it; `reversed` with what is being asked back of it."""

    uuid: str
    ref: str
    order: str
    account_ref: str
    amount: Money
    reversed: Money
    is_made: bool


# What each state of ours may be called there.
PAYMENTS: Final[Mapping[PaymentStatus, frozenset[IntentStatus]]] = {
    PaymentStatus.OPEN: frozenset({IntentStatus.REQUIRES_METHOD, IntentStatus.REQUIRES_ACTION}),
    PaymentStatus.PROCESSING: frozenset({IntentStatus.PROCESSING}),
    PaymentStatus.SUCCEEDED: frozenset({IntentStatus.SUCCEEDED}),
    PaymentStatus.CANCELLED: frozenset({IntentStatus.CANCELED}),
}
REFUNDS: Final[Mapping[RefundStatus, frozenset[gateway.RefundStatus]]] = {
    RefundStatus.CREATED: frozenset(),
    RefundStatus.PENDING: frozenset({gateway.RefundStatus.PENDING}),
    RefundStatus.SUCCEEDED: frozenset({gateway.RefundStatus.SUCCEEDED}),
    RefundStatus.FAILED: frozenset({gateway.RefundStatus.FAILED, gateway.RefundStatus.CANCELED}),
}
TAKEN: Final = frozenset({IntentStatus.SUCCEEDED, IntentStatus.PROCESSING})
LOST: Final = REFUNDS[RefundStatus.FAILED]


def payments(
    ours: Iterable[OurPayment], theirs: Iterable[Intent], refunds: Iterable[ProviderRefund]
) -> Iterator[Difference]:
    """What is told differently of payments. Every payment of ours is there, or is not known there.

    One that is there without a row of ours is a difference once it took money that has not gone back.
    """
    ours, theirs, back = list(ours), list(theirs), given_back(refunds)
    by_ref = {each.ref: each for each in ours if each.ref}
    by_uuid = {each.uuid: each for each in ours}
    orders = {each.order for each in ours}
    seen: set[str] = set()
    for intent in theirs:
        known = by_ref.get(intent.ref)
        if known is not None:
            seen.add(intent.ref)
            yield from _of_known(known, intent, back[intent.ref])
        elif marks.is_ours(intent.metadata) and intent.status in TAKEN:
            yield from _of_unknown(intent, by_uuid, orders, back[intent.ref])
    for each in ours:
        if each.ref and each.ref not in seen:
            kind = DiscrepancyKind.PAYMENT_MISSING
            yield Difference(kind=kind, ref=each.ref, ours=each.status, theirs=NOTHING, order=each.order)


def _of_known(ours: OurPayment, theirs: Intent, back: int) -> Iterator[Difference]:
    def differs(kind: DiscrepancyKind, mine: object, other: object) -> Difference:
        return Difference(kind=kind, ref=ours.ref, ours=str(mine), theirs=str(other), order=ours.order)

    if ours.amount != theirs.amount:
        yield differs(DiscrepancyKind.PAYMENT_AMOUNT, ours.amount, theirs.amount)
    elif theirs.status not in PAYMENTS[ours.status]:
        is_ahead = ours.status == PaymentStatus.SUCCEEDED
        kind = DiscrepancyKind.PAYMENT_UNFOUNDED if is_ahead else DiscrepancyKind.PAYMENT_BEHIND
        yield differs(kind, ours.status, theirs.status)
    elif ours.held is not None and ours.held.minor != theirs.amount.minor - back:
        there = Money(theirs.amount.minor - back, theirs.amount.currency)
        yield differs(DiscrepancyKind.LEDGER, ours.held, there)


def _of_unknown(
    intent: Intent, by_uuid: Mapping[str, OurPayment], orders: set[str], back: int
) -> Iterator[Difference]:
    """A payment of ours that no row of ours names."""
    meant = by_uuid.get(intent.metadata.get("payment", ""))
    order = intent.metadata.get("order", "")
    left = Money(intent.amount.minor - back, intent.amount.currency)
    theirs = f"{intent.status} {left}"
    if meant is not None and not meant.ref:
        kind, mine = DiscrepancyKind.PAYMENT_BEHIND, str(meant.status)
    elif order in orders:
        kind, mine = DiscrepancyKind.PAYMENT_SECOND, NOTHING
    else:
        kind, mine = DiscrepancyKind.PAYMENT_ORPHAN, NOTHING
    if left.minor > 0:
        yield Difference(kind=kind, ref=intent.ref, ours=mine, theirs=theirs, order=order)


def refunds(
    ours: Iterable[OurRefund], theirs: Iterable[ProviderRefund], known_payments: Iterable[str]
) -> Iterator[Difference]:
    """What is told differently of refunds.

    Args:
        known_payments: the references of payments of ours; those of others are judged with their payment.
    """
    by_ref: dict[str, list[OurRefund]] = {}
    by_uuid: dict[str, OurRefund] = {}
    for each in ours:
        by_ref.setdefault(each.ref, []).append(each)
        by_uuid[each.uuid] = each
    payments_of_ours, seen = set(known_payments), set[str]()
    for told in theirs:
        meant = by_uuid.get(told.metadata.get("refund", "")) if marks.is_ours(told.metadata) else None
        known = by_ref.get(told.ref) or ([meant] if meant else [])
        seen.update(each.uuid for each in known)
        if known:
            yield from _of_refund(known, told)
        elif told.payment_ref in payments_of_ours and told.status not in LOST:
            kind, theirs_said = DiscrepancyKind.REFUND_UNKNOWN, f"{told.status} {told.amount}"
            yield Difference(kind=kind, ref=told.ref, ours=NOTHING, theirs=theirs_said)
    for each in by_uuid.values():
        if each.uuid not in seen and (each.ref or each.status != RefundStatus.FAILED):
            kind = DiscrepancyKind.REFUND_MISSING
            ours_said = f"{each.status} {each.amount}"
            yield Difference(
                kind=kind, ref=each.ref or each.uuid, ours=ours_said, theirs=NOTHING, order=each.order
            )


def _of_refund(known: Sequence[OurRefund], told: ProviderRefund) -> Iterator[Difference]:
    first = known[0]
    amount = Money(sum(each.amount.minor for each in known), first.amount.currency)
    if amount != told.amount:
        kind, ours, theirs = DiscrepancyKind.REFUND_AMOUNT, str(amount), str(told.amount)
    elif any(told.status not in REFUNDS[each.status] for each in known):
        kind, ours, theirs = DiscrepancyKind.REFUND_STATE, str(first.status), str(told.status)
    else:
        return
    yield Difference(kind=kind, ref=told.ref, ours=ours, theirs=theirs, order=first.order)


def given_back(refunds: Iterable[ProviderRefund]) -> Counter[str]:
    """What went back of each payment there, in minor units, by its reference."""
    back: Counter[str] = Counter()
    for each in refunds:
        if each.status not in LOST:
            back[each.payment_ref] += each.amount.minor
    return back


def transfers(
    ours: Iterable[OurTransfer], theirs: Iterable[ProviderTransfer], vendors: Collection[str]
) -> Iterator[Difference]:
    """What is told differently of transfers.

    Args:
        theirs: all that are known there of ours, too.
        vendors: the accounts of vendors of ours: what goes there and is not known here somebody else sent.
    """
    by_name = {name: each for each in ours for name in (each.uuid, each.ref) if name}
    seen: set[str] = set()
    for told in theirs:
        known = by_name.get(told.ref) or by_name.get(told.metadata.get("transfer", ""))
        if known is not None:
            seen.add(known.uuid)
            yield from _of_transfer(known, told)
        elif told.reversed != told.amount and (marks.is_ours(told.metadata) or told.account_ref in vendors):
            kind, left = DiscrepancyKind.TRANSFER_UNKNOWN, told.amount - told.reversed
            yield Difference(kind=kind, ref=told.ref, ours=NOTHING, theirs=str(left))
    for each in {each.uuid: each for each in by_name.values()}.values():
        if each.uuid not in seen:
            kind, ref = DiscrepancyKind.TRANSFER_MISSING, each.ref or each.uuid
            yield Difference(kind=kind, ref=ref, ours=str(each.amount), theirs=NOTHING, order=each.order)


def _of_transfer(ours: OurTransfer, told: ProviderTransfer) -> Iterator[Difference]:
    mine, other = f"{ours.amount} to {ours.account_ref}", f"{told.amount} to {told.account_ref}"
    if mine != other:
        kind = DiscrepancyKind.TRANSFER_AMOUNT
    elif not ours.is_made:
        kind, mine, other = DiscrepancyKind.TRANSFER_STATE, "sending", "made"
    elif ours.reversed != told.reversed:
        kind, mine, other = DiscrepancyKind.TRANSFER_REVERSED, str(ours.reversed), str(told.reversed)
    else:
        return
    yield Difference(kind=kind, ref=told.ref, ours=mine, theirs=other, order=ours.order)
