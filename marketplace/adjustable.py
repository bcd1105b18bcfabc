"""Root: the settings that staff may change while the marketplace runs, on one page.

Each is declared by the app that it is about, with its bounds and with what would follow from a change; the
console shows them in this order. docs/settings.md says how they are read.
"""

from typing import Final

from catalog.adjustable import REVIEWED_FIELDS, TRUSTED, UNREVIEWED
from checkout.adjustable import (
    FIRST_ORDERS,
    GUEST_CARTS,
    ORDER_TIME,
    ORDERS_BY_CLIENT,
    ORDERS_BY_EMAIL,
    ORDERS_TO_ADDRESS,
    USER_CARTS,
)
from marketplace.api.adjustable import CART_CHANGES, KEY_REQUESTS, ORDERS
from marketplace.community.adjustable import EDIT_DAYS, HELD, PRIOR_WEIGHT
from marketplace.kernel.adjustable import Table, table
from marketplace.outreach.adjustable import CART_REMINDERS
from payouts.adjustable import (
    COMMISSION,
    NEW_VENDOR_HOLD,
    PAYOUT_COOLDOWN,
    PAYOUT_DELAY,
    PAYOUT_MINIMUM,
)
from vendors.adjustable import ONBOARDING

SETTINGS: Final[Table] = table(
    [
        COMMISSION,
        PAYOUT_DELAY,
        PAYOUT_MINIMUM,
        PAYOUT_COOLDOWN,
        NEW_VENDOR_HOLD,
        ONBOARDING,
        REVIEWED_FIELDS,
        UNREVIEWED,
        TRUSTED,
        ORDER_TIME,
        GUEST_CARTS,
        USER_CARTS,
        ORDERS_BY_EMAIL,
        ORDERS_TO_ADDRESS,
        ORDERS_BY_CLIENT,
        FIRST_ORDERS,
        HELD,
        EDIT_DAYS,
        PRIOR_WEIGHT,
        CART_REMINDERS,
        CART_CHANGES,
        ORDERS,
        KEY_REQUESTS,
    ]
)
