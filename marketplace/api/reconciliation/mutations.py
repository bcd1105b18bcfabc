"""What the platform's staff do about differences from the providers' books."""

from typing import Annotated

import strawberry

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.reconciliation.inputs import RefundStrayPaymentInput
from marketplace.api.reconciliation.types import DiscrepancyType
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput, NotFound, RequestInProgress
from payouts.errors import DiscrepancyNotRefundable
from payouts.models import Discrepancy
from payouts.operations.strays import refund_stray
from payouts.permissions import REFUND_STRAYS


@strawberry.type(description="It goes back: the provider is asked for it now.")
class RefundStrayPaymentSuccess:
    row: strawberry.Private[Discrepancy]

    @fields.field(DiscrepancyType, description="What differs, until all of it went back.")
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
        staff = info.context.staff_who_may(REFUND_STRAYS)
        key = decode_key(input.discrepancy, "Discrepancy", field="discrepancy")
        found = Discrepancy.objects.filter(pk=key).first() if staff else None
        if staff is None or found is None:
            raise NotFound(thing="discrepancy", field="discrepancy")
        refund_stray(
            discrepancy=found, actor=staff, reason=input.reason, idempotency_key=input.idempotency_key
        )
        return RefundStrayPaymentSuccess(row=found)
