"""What of our mail staff may set: when somebody is reminded of a cart."""

from typing import Final

from marketplace.kernel.adjustable import Adjustable, Number, counted
from marketplace.outreach.selectors import left_behind

HOURS: Final = Number(least=0, most=720, unit="hours")


def _impact(old: int, new: int) -> list[str]:
    """One statement."""
    due = left_behind(hours=new or old).count()
    carts = counted(due, "cart was left", "carts were left")
    if not new:
        return [f"{carts} long enough for a reminder that will not come: nobody is reminded any more."]
    before = f"after {HOURS.show(old)}" if old else "never"
    return [
        f"{carts} for {HOURS.show(new)}, by users who want to be reminded: they soon get a mail.",
        f"Whoever leaves a cart from now on is reminded after {HOURS.show(new)}; up to now {before}.",
        "Nobody is reminded of one cart twice.",
    ]


CART_REMINDERS: Final = Adjustable(
    name="CART_REMINDER_HOURS",
    label="Reminders of carts",
    description="How long a cart is left before its owner, who wants that, is reminded of it. 0: nobody is.",
    kind=HOURS,
    impact=_impact,
)
