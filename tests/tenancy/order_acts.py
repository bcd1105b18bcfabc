"""The matrix's rows of the life of an order."""

from dataclasses import replace
from typing import Final

from tests.factories.catalog import picture
from tests.tenancy.acts import BUYER, Act, P, Ref, on_an_order
from tests.tenancy.world import KEYS, holding

ORDER_ACTS: Final = [
    # Buyers on what they bought.
    Act(
        name="requestReturn",
        input={
            "vendorOrder": Ref("sent_part"),
            "lines": [{"line": Ref("sent_line"), "quantity": 1, "reason": "OTHER"}],
            "idempotencyKey": "the-same-for-all",
        },
        may=BUYER,
    ),
    Act(name="addReturnPhoto", input={"return": Ref("requested_return"), "photo": picture()}, may=BUYER),
    Act(name="withdrawReturn", input={"return": Ref("requested_return")}, may=BUYER),
    Act(
        name="openOrderCase",
        input={
            "vendorOrder": Ref("sent_part"),
            "topic": "OTHER",
            "message": "Where is it?",
            "idempotencyKey": "the-same-for-all",
        },
        may=BUYER,
    ),
    Act(
        name="replyToCase",
        input={"case": Ref("case"), "message": "Well?", "idempotencyKey": "the-same-for-all"},
        may=BUYER,
    ),
    # Vendors on what they sold.
    on_an_order(
        "fulfillVendorOrder",
        P.FULFIL_ORDERS,
        vendorOrder=Ref("vendor_order"),
        idempotencyKey="the-same-for-all",
    ),
    on_an_order("deliverFulfillment", P.FULFIL_ORDERS, fulfillment=Ref("fulfillment")),
    on_an_order(
        "cancelVendorOrder",
        P.FULFIL_ORDERS,
        vendorOrder=Ref("vendor_order"),
        reason="OUT_OF_STOCK",
        idempotencyKey="the-same-for-all",
    ),
    on_an_order(
        "refundVendorOrder",
        P.REFUND_ORDERS,
        vendorOrder=Ref("vendor_order"),
        amount="1.00",
        reason="GOODWILL",
        idempotencyKey="the-same-for-all",
    ),
    on_an_order(
        "answerReturn",
        P.REFUND_ORDERS,
        **{"return": Ref("requested_return")},
        isApproved=True,
        idempotencyKey="the-same-for-all",
    ),
    on_an_order(
        "receiveReturn",
        P.FULFIL_ORDERS,
        **{"return": Ref("approved_return")},
        idempotencyKey="the-same-for-all",
    ),
    on_an_order(
        "refundReturn",
        P.REFUND_ORDERS,
        **{"return": Ref("received_return")},
        idempotencyKey="the-same-for-all",
    ),
    on_an_order(
        "exchangeReturn",
        P.FULFIL_ORDERS,
        **{"return": Ref("received_return")},
        variant=Ref("live_listing_variant"),
        idempotencyKey="the-same-for-all",
    ),
    on_an_order(
        "answerOrderCase",
        P.ANSWER_BUYERS,
        case=Ref("case"),
        message="We look into it.",
        idempotencyKey="the-same-for-all",
    ),
    replace(
        on_an_order("closeOrderCase", P.ANSWER_BUYERS, case=Ref("case")),
        may=(holding(P.ANSWER_BUYERS) - KEYS) | BUYER,
    ),
]
