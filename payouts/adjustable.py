"""What of money staff may set: the rate of commission, and how long payouts wait."""

from datetime import timedelta
from typing import Final

from django.db.models import Count, Q, Sum

from checkout.models import OPEN_ORDERS, Order, PaymentState
from marketplace.kernel import clock
from marketplace.kernel.adjustable import Adjustable, Amounts, Number, Rate, counted
from marketplace.kernel.money import Money, basis_points
from payouts.models import Commission, HoldCause, PayoutAccount, PayoutHold, PayoutSchedule
from vendors.models import Vendor

RATE: Final = Rate()
DAYS: Final = Number(least=0, most=365, unit="days")
LEAST: Final = Amounts()
HOURS: Final = Number(least=0, most=720, unit="hours")
LOOKED_BACK: Final = timedelta(days=30)


def _impact(old: int, new: int) -> list[str]:
    """Three statements. The money is of the summed bases: summed by lines it may differ by some cents."""
    selling = Vendor.objects.selling().count()
    orders = Order.objects.aggregate(
        paid=Count("pk", filter=Q(payment_state=PaymentState.PAID)),
        waiting=Count("pk", filter=Q(payment_state__in=OPEN_ORDERS)),
    )
    since = clock.now() - LOOKED_BACK
    # What rules decide stays with the rules.
    sold = Commission.objects.filter(created_at__gte=since, rule=None).values("currency").order_by("currency")
    sellers = counted(selling, "vendor sells", "vendors sell")
    waiting = counted(orders["waiting"], "order waits", "orders wait")
    paid = counted(orders["paid"], "order is", "orders are")
    return [
        f"{sellers}: what is sold next without a rule carries {RATE.show(new)} instead of {RATE.show(old)}.",
        f"{waiting} for payment, and what is paid after the change carries {RATE.show(new)} too.",
        f"{paid} paid: nothing changes there.",
        *(
            f"Of the sales of the last {LOOKED_BACK.days} days without a rule it would be about "
            f"{Money(basis_points(base, new), currency)} instead of "
            f"{Money(basis_points(base, old), currency)}."
            for currency, base in sold.annotate(base=Sum("base_minor")).values_list("currency", "base")
        ),
    ]


COMMISSION: Final = Adjustable(
    name="COMMISSION_BPS",
    label="Commission",
    description="What the platform keeps of what is sold, where no rule of commission decides; decided for "
    "each line when its order is paid.",
    kind=RATE,
    impact=_impact,
)


def _delay(old: int, new: int) -> list[str]:
    """One statement."""
    own = PayoutSchedule.objects.filter(delay_days__isnull=False).count()
    vendors = counted(own, "vendor has", "vendors have")
    return [
        f"It may be paid out after {DAYS.show(new)} instead of {DAYS.show(old)}, what waits now too.",
        f"{vendors} a delay of their own: nothing changes there.",
    ]


def _cooldown(old: int, new: int) -> list[str]:
    """One statement."""
    now = clock.now()
    changed = PayoutAccount.objects.aggregate(
        before=Count("pk", filter=Q(bank_changed_at__gt=now - timedelta(hours=old))),
        after=Count("pk", filter=Q(bank_changed_at__gt=now - timedelta(hours=new))),
    )
    before = counted(changed["before"], "vendor waits", "vendors wait")
    return [f"{before} for that now; {changed['after']} would with {HOURS.show(new)}."]


def _minimums(old: str, new: str) -> list[str]:
    """One statement."""
    own = PayoutSchedule.objects.filter(minimum_minor__gt=0).count()
    return [
        f"Nothing less is paid out than {LEAST.show(new)}, instead of {LEAST.show(old)}.",
        f"{counted(own, 'vendor asks', 'vendors ask')} for a least of their own, which holds if it is more.",
    ]


def _new_vendors(old: int, new: int) -> list[str]:
    """One statement."""
    held = PayoutHold.objects.in_force().filter(cause=HoldCause.NEW_VENDOR).count()
    return [
        f"Vendors that are approved from now on are paid after {DAYS.show(new)} instead of {DAYS.show(old)}.",
        f"{counted(held, 'hold', 'holds')} there are of new vendors: nothing changes there.",
    ]


PAYOUT_DELAY: Final = Adjustable(
    name="PAYOUT_DELAY_DAYS",
    label="Delay of payouts",
    description="How many days after its arrival at the buyer a sale may be paid out, where staff have given "
    "its vendor no other number.",
    kind=DAYS,
    impact=_delay,
)
PAYOUT_MINIMUM: Final = Adjustable(
    name="PAYOUT_MINIMUMS",
    label="Least payouts",
    description="The least that is paid out, by currency; vendors may ask for more in their own.",
    kind=LEAST,
    impact=_minimums,
)
PAYOUT_COOLDOWN: Final = Adjustable(
    name="PAYOUT_COOLDOWN_HOURS",
    label="Wait after a change of bank",
    description="For how many hours nothing goes to a bank account that has taken the place of another.",
    kind=HOURS,
    impact=_cooldown,
)
NEW_VENDOR_HOLD: Final = Adjustable(
    name="NEW_VENDOR_HOLD_DAYS",
    label="Hold of new vendors",
    description="For how many days after its approval nothing is paid out to a vendor; 0: no hold is placed.",
    kind=DAYS,
    impact=_new_vendors,
)
