"""What of the books staff may set: the rate of commission."""

from datetime import timedelta
from typing import Final

from django.db.models import Count, Q, Sum

from checkout.models import OPEN_ORDERS, Order, PaymentState
from marketplace.kernel import clock
from marketplace.kernel.adjustable import Adjustable, Rate, counted
from marketplace.kernel.money import Money, basis_points
from payouts.models import Commission
from vendors.models import Vendor

RATE: Final = Rate()
LOOKED_BACK: Final = timedelta(days=30)


def _impact(old: int, new: int) -> list[str]:
    """Three statements. The money is of the summed bases: summed by lines it may differ by some cents."""
    selling = Vendor.objects.selling().count()
    orders = Order.objects.aggregate(
        paid=Count("pk", filter=Q(payment_state=PaymentState.PAID)),
        waiting=Count("pk", filter=Q(payment_state__in=OPEN_ORDERS)),
    )
    since = clock.now() - LOOKED_BACK
    sold = Commission.objects.filter(created_at__gte=since).values("currency").order_by("currency")
    sellers = counted(selling, "vendor sells", "vendors sell")
    waiting = counted(orders["waiting"], "order waits", "orders wait")
    paid = counted(orders["paid"], "order is", "orders are")
    return [
        f"{sellers}: what is sold next carries {RATE.show(new)} instead of {RATE.show(old)}.",
        f"{waiting} for payment, and what is paid after the change carries {RATE.show(new)} too.",
        f"{paid} paid: nothing changes there.",
        *(
            f"Of the sales of the last {LOOKED_BACK.days} days it would be about "
            f"{Money(basis_points(base, new), currency)} instead of "
            f"{Money(basis_points(base, old), currency)}."
            for currency, base in sold.annotate(base=Sum("base_minor")).values_list("currency", "base")
        ),
    ]


COMMISSION: Final = Adjustable(
    name="COMMISSION_BPS",
    label="Commission",
    description="What the platform keeps of what is sold, decided for each line when its order is paid.",
    kind=RATE,
    impact=_impact,
)
