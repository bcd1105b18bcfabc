"""Rows of the matrix about where, when and how much vendors are paid."""

from typing import Final

from tests.tenancy.acts import STAFF, Act, P, Ref, by_members, by_staff
from tests.tenancy.world import KEYS, MEMBERS, holding

PAYOUT_ACTS: Final = [
    by_members("startOnboarding", P.CHANGE_PAYOUT_ACCOUNT, MEMBERS, vendor=Ref("account")),
    by_members("openPayoutDashboard", P.CHANGE_PAYOUT_ACCOUNT, MEMBERS, vendor=Ref("account")),
    by_members("refreshPayoutAccount", P.VIEW_FINANCES, MEMBERS, vendor=Ref("account")),
    Act(
        name="savePayoutSchedule",
        input={"vendor": Ref("account"), "interval": "DAILY"},
        may=(holding(P.VIEW_FINANCES) | STAFF) - KEYS,
        told=MEMBERS - holding(P.VIEW_FINANCES) - KEYS,
    ),
    by_members(
        "requestPayout",
        P.VIEW_FINANCES,
        MEMBERS,
        vendor=Ref("account"),
        idempotencyKey="the-same-for-all",
    ),
    by_staff("runPayouts", vendor=Ref("account")),
    by_staff("placeHold", vendor=Ref("account"), reason="Look", idempotencyKey="the-same-for-all"),
    by_staff("releaseHold", hold=Ref("payout_hold"), idempotencyKey="the-same-for-all"),
    by_members(
        "answerDispute",
        P.REFUND_ORDERS,
        holding(P.VIEW_ORDERS),
        dispute=Ref("dispute_share"),
        evidence={"other": "It has arrived."},
        idempotencyKey="the-same-for-all",
    ),
]
