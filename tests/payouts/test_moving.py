"""Whatever is sold, given back, refused and disputed: in the end a vendor has what its part is worth."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from payouts import moving
from payouts.models import TransactionKind, TransferStatus
from payouts.moving import Occasion, Part, Sent

SALE, REFUND = TransactionKind.SALE, TransactionKind.REFUND


def part(*occasions: Occasion, sent: tuple[Sent, ...] = (), paid: int = 100) -> Part:
    """A part that is worth what these have made of it."""
    return Part(
        vendor_order_id=1,
        vendor_id=1,
        order_id=1,
        currency="EUR",
        paid_minor=paid,
        owed_minor=sum(each.minor for each in occasions),
        occasions=occasions,
        sent=sent,
    )


def made(key: int, occasion: int, amount: int, netted: int = 0) -> Sent:
    """A transfer that has arrived."""
    return Sent(
        transfer_id=key,
        occasion_id=occasion,
        status=TransferStatus.MADE,
        planned_minor=amount + netted,
        amount_minor=amount,
        netted_minor=netted,
    )


SOLD = Occasion(transaction_id=1, kind=SALE, minor=90)
BACK = Occasion(transaction_id=2, kind=REFUND, minor=-30)


def test_what_is_given_back_before_is_sent_less_and_what_is_given_back_afterwards_comes_back() -> None:
    assert list(moving.to_plan(part(SOLD))) == [SOLD]
    assert moving.claim(90, due_minor=part(SOLD, BACK).due_minor, debt_minor=0) == (60, 0)
    assert moving.to_take_back(part(SOLD, BACK, sent=(made(1, 1, 60),))) == []
    (ask,) = moving.to_take_back(part(SOLD, BACK, sent=(made(1, 1, 90),)))
    assert (ask.occasion_id, ask.transfer_id, ask.minor, ask.left_minor) == (2, 1, 30, 90)
    assert moving.taken_back(ask, held_minor=20) == (20, 10)


def test_a_refund_that_is_on_its_way_takes_nothing_back_and_keeps_from_sending() -> None:
    pending = replace(BACK, is_pending=True)
    assert moving.to_take_back(part(SOLD, pending, sent=(made(1, 1, 90),))) == []
    assert part(SOLD, pending).due_minor == 60


def test_of_several_transfers_the_newest_comes_back_first_and_what_was_kept_is_owed_again() -> None:
    whole = replace(BACK, minor=-90)
    asks = moving.to_take_back(part(SOLD, whole, sent=(made(1, 1, 50), made(2, 1, 25, netted=15))))
    assert [(ask.transfer_id, ask.minor, ask.left_minor) for ask in asks] == [(2, 40, 25), (1, 50, 50)]
    assert moving.taken_back(asks[0], held_minor=75) == (25, 15)


def test_what_is_owed_is_kept_and_what_the_buyer_did_not_pay_is_of_the_balance() -> None:
    assert moving.claim(180, due_minor=180, debt_minor=90) == (90, 90)
    assert moving.claim(40, due_minor=90, debt_minor=90) == (0, 40)
    assert moving.claim(40, due_minor=-5, debt_minor=-3) == (0, 0)
    assert moving.by_source(90, charged_minor=50) == (50, 40)
    assert moving.by_source(45, charged_minor=50) == (45, 0)


@dataclass
class World:
    """One vendor's part, its account and its bank, moved by the functions of the module as by operations."""

    occasions: list[Occasion] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    held: int = 0
    paid_out: int = 0
    short: int = 0

    @property
    def part(self) -> Part:
        return part(*self.occasions, sent=tuple(self.sent), paid=60)

    @property
    def debt(self) -> int:
        return self.short - sum(each.netted_minor for each in self.sent)

    def happens(self, kind: TransactionKind, minor: int, *, is_pending: bool = False) -> None:
        if minor:
            key = len(self.occasions) + 1
            made = Occasion(transaction_id=key, kind=kind, minor=minor, is_pending=is_pending)
            self.occasions.append(made)

    def plan(self) -> None:
        for occasion in moving.to_plan(self.part):
            for minor in moving.by_source(occasion.minor, charged_minor=60 if occasion.kind == SALE else 0):
                if minor:
                    self.sent.append(
                        Sent(
                            transfer_id=len(self.sent) + 1,
                            occasion_id=occasion.transaction_id,
                            status=TransferStatus.QUEUED,
                            planned_minor=minor,
                        )
                    )

    def claim(self) -> None:
        for place, each in enumerate(self.sent):
            if each.status == TransferStatus.QUEUED:
                amount, netted = moving.claim(
                    each.planned_minor, due_minor=self.part.due_minor, debt_minor=self.debt
                )
                status = TransferStatus.MADE if amount + netted else TransferStatus.CANCELLED
                self.sent[place] = replace(each, status=status, amount_minor=amount, netted_minor=netted)
                self.held += amount

    def take_back(self) -> None:
        for ask in moving.to_take_back(self.part):
            amount, short = moving.taken_back(ask, held_minor=self.held)
            self.held, self.short = self.held - amount, self.short + short
            place = ask.transfer_id - 1
            each = self.sent[place]
            asked = {**each.asked, ask.occasion_id: ask.minor}
            self.sent[place] = replace(each, asked=asked, reversed_minor=each.reversed_minor + amount)

    def follow(self) -> None:
        self.plan()
        self.claim()
        self.take_back()

    def refunds_end(self, *, fail: bool) -> None:
        for place, each in enumerate(list(self.occasions)):
            if each.is_pending:
                self.occasions[place] = replace(each, is_pending=False, is_void=fail)
                if fail:
                    self.happens(TransactionKind.REFUND_FAILED, -each.minor)

    def check(self) -> None:
        worth = sum(each.minor for each in self.occasions)
        pending = sum(-each.minor for each in self.occasions if each.is_pending)
        assert self.part.unplanned_minor <= 0
        assert worth <= self.part.delivered_minor <= worth + pending
        assert self.held >= 0
        assert self.held == self.part.delivered_minor - self.paid_out + self.debt


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["refund", "now", "end", "fail", "dispute", "won", "lost", "pay_out", "follow"]),
        st.integers(1, 100),
    ),
    max_size=25,
)


@given(STEPS)
def test_what_is_moved_follows_whatever_happens(steps: list[tuple[str, int]]) -> None:
    world, disputed = World(), 0
    world.happens(SALE, 90)
    for what, number in steps:
        worth = sum(each.minor for each in world.occasions)
        share = min(worth, number)
        if what == "refund":
            world.happens(REFUND, -share, is_pending=True)
        elif what == "now":
            world.happens(REFUND, -share)
        elif what in {"end", "fail"}:
            world.refunds_end(fail=what == "fail")
        elif what == "dispute" and not disputed:
            disputed = share
            world.happens(TransactionKind.DISPUTE_WITHDRAWN, -share)
        elif what in {"won", "lost"} and disputed:
            if what == "lost":
                world.happens(REFUND, -disputed)
            world.happens(TransactionKind[f"DISPUTE_{what.upper()}"], disputed)
            disputed = 0
        elif what == "pay_out":
            world.paid_out, world.held = world.paid_out + world.held, 0
        else:
            world.follow()
            world.check()
    for _ in range(2):
        world.refunds_end(fail=False)
        world.follow()
    world.check()
    before = [replace(each) for each in world.sent]
    world.follow()
    assert (world.part.is_level, world.sent) == (True, before)
