"""What the platform's staff do about differences from the providers' books."""

from typing import Annotated

import strawberry

from checkout.errors import RefundExceedsPaid, RefundSharesMismatch
from marketplace.accounts.errors import PaymentsSilent
from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.reconciliation.inputs import RecordProviderRefundInput, RefundStrayPaymentInput
from marketplace.api.reconciliation.types import DiscrepancyType
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput, NotFound, RequestInProgress
from payouts.errors import DiscrepancyNoRefund, DiscrepancyNotRefundable
from payouts.models import Discrepancy
from payouts.operations.dividing import book_refund
from payouts.operations.strays import refund_stray
from payouts.permissions import REFUND_STRAYS


@strawberry.type(description="It goes back: the provider is asked for it now.")
class RefundStrayPaymentSuccess:
    row: strawberry.Private[Discrepancy]

    @fields.field(DiscrepancyType, description="What differs, until all of it went back.")
    def discrepancy(self, info: Info) -> Discrepancy:
        return fields.refetch(self.row, info)


@strawberry.type(description="The refund is booked; the next comparison finds no difference any more.")
class RecordProviderRefundSuccess:
    row: strawberry.Private[Discrepancy]

    @fields.field(DiscrepancyType, description="What differed.")
    def discrepancy(self, info: Info) -> Discrepancy:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        InvalidInput,
        DiscrepancyNotRefundable,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Give back what a buyer paid for nothing that is known here. For Finance.",
    )
    def refund_stray_payment(
        self, info: Info, input: Annotated[RefundStrayPaymentInput, INPUT]
    ) -> RefundStrayPaymentSuccess:
        staff, found = _demand(info, input.discrepancy)
        refund_stray(
            discrepancy=found, actor=staff, reason=input.reason, idempotency_key=input.idempotency_key
        )
        return RefundStrayPaymentSuccess(row=found)

    @fields.mutation(
        NotFound,
        InvalidInput,
        DiscrepancyNoRefund,
        RefundSharesMismatch,
        RefundExceedsPaid,
        PaymentsSilent,
        description="Book a refund of several vendors' order that was made on the provider's own pages: of "
        "which of them it is, nobody can tell but you. Again changes nothing. For Finance.",
    )
    def record_provider_refund(
        self, info: Info, input: Annotated[RecordProviderRefundInput, INPUT]
    ) -> RecordProviderRefundSuccess:
        staff, found = _demand(info, input.discrepancy)
        shares = {
            decode_key(each.vendor_order, "VendorOrder", field="shares"): each.amount for each in input.shares
        }
        if len(shares) < len(input.shares):
            raise InvalidInput(field="shares", reason="Name each part once.")
        book_refund(discrepancy=found, shares=shares, actor=staff)
        return RecordProviderRefundSuccess(row=found)


def _demand(info: Info, identifier: strawberry.ID) -> tuple[User, Discrepancy]:
    """Who asks and what differs. Raises NotFound for whom that does not concern."""
    staff = info.context.staff_who_may(REFUND_STRAYS)
    key = decode_key(identifier, "Discrepancy", field="discrepancy")
    found = Discrepancy.objects.filter(pk=key).first() if staff else None
    if staff is None or found is None:
        raise NotFound(thing="discrepancy", field="discrepancy")
    return staff, found
