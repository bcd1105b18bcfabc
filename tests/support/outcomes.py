"""How a sale of one unit, of five on the shelf, must have ended, whatever died on the way."""

from catalog.models import Reservation, StockMovement, Variant
from checkout.models import Cart, Order, Payment, Refund, VendorOrder
from marketplace.gateway.models import SandboxCharge, SandboxIntent
from payouts import checking
from payouts.models import LedgerTransaction


def bought_once() -> dict[str, object]:
    """What is not as it should be where the buyer has paid: nothing."""
    right = {
        "stock": [(4, 0)],
        "movements": [-1],
        "held": 0,
        "orders": ["paid"],
        "vendor orders": ["open"],
        "payments": ["succeeded"],
        "intents": ["succeeded"],
        "charges": ["succeeded"],
        "carts": ["paid"],
        "refunds": 0,
        "ledger": 1,
        "books": [],
    }
    return {name: value for name, value in _facts().items() if value != right[name]}


def nothing_held() -> dict[str, object]:
    """The same where the buyer is gone: there may be an order that has expired, and its payment is closed."""
    right: dict[str, object] = {
        "stock": [(5, 0)],
        "movements": [],
        "held": 0,
        "charges": [],
        "carts": ["active"],
        "refunds": 0,
        "ledger": 0,
        "books": [],
    }
    ended = {
        "orders": ["expired"],
        "vendor orders": ["cancelled"],
        "payments": ["cancelled"],
        "intents": ["canceled"],
    }
    return {
        name: value
        for name, value in _facts().items()
        if value != right.get(name, []) and value != ended.get(name)
    }


def _facts() -> dict[str, object]:
    faults = [fault for _, found in checking.check() for fault in found]
    return {
        "stock": list(Variant.objects.values_list("on_hand", "reserved")),
        "movements": list(StockMovement.objects.values_list("delta", flat=True)),
        "held": Reservation.objects.filter(state="held").count(),
        "orders": list(Order.objects.values_list("payment_state", flat=True)),
        "vendor orders": list(VendorOrder.objects.values_list("status", flat=True)),
        "payments": list(Payment.objects.values_list("status", flat=True)),
        "intents": list(SandboxIntent.objects.values_list("status", flat=True)),
        "charges": list(SandboxCharge.objects.values_list("status", flat=True)),
        "carts": list(Cart.objects.values_list("status", flat=True)),
        "refunds": Refund.objects.count(),
        "ledger": LedgerTransaction.objects.filter(kind="sale").count(),
        "books": faults,
    }
