"""What the platform's Finance does about money beside what happens by itself."""

from datetime import datetime
from typing import Annotated

import strawberry

from checkout.models import VendorOrder
from marketplace.accounts.errors import PaymentsSilent
from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.api.transfers.inputs import (
    AdjustVendorBalanceInput,
    RecordTaxRemittanceInput,
    RetryTransferInput,
)
from marketplace.api.transfers.types import AdjustmentType, TransferType
from marketplace.gateway.provider import ProviderUnavailable
from marketplace.kernel.errors import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    NotFound,
    RequestInProgress,
    TransitionNotAllowed,
)
from marketplace.kernel.money import Money
from payouts.errors import MoreThanTaxDue
from payouts.models import Adjustment, LedgerTransaction, Transfer
from payouts.operations import adjustments
from payouts.permissions import ADJUST_BALANCES, RECORD_REMITTANCES, RETRY_TRANSFERS
from vendors.errors import NotPermitted
from vendors.models import Vendor


@strawberry.type(description="It stands in the ledger.")
class AdjustVendorBalanceSuccess:
    row: strawberry.Private[Adjustment]

    @fields.field(AdjustmentType, description="The adjustment.")
    def adjustment(self, info: Info) -> Adjustment:
        return fields.refetch(self.row, info)


@strawberry.type(description="It stands in the ledger.")
class RecordTaxRemittanceSuccess:
    row: strawberry.Private[LedgerTransaction]

    @strawberry.field(description="What names it in the ledger.")  # type: ignore[untyped-decorator]
    def reference(self) -> str:
        return self.row.reference

    @strawberry.field(description="When it was posted.")  # type: ignore[untyped-decorator]
    def recorded_at(self) -> datetime:
        return self.row.recorded_at


@strawberry.type(description="The provider was asked, unless it still waits for something.")
class RetryTransferSuccess:
    row: strawberry.Private[Transfer]

    @fields.field(TransferType, description="The transfer as it is now.")
    def transfer(self, info: Info) -> Transfer:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        CurrencyMismatch,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Give a vendor something beside what it sold, or ask for it. For Finance.",
    )
    def adjust_vendor_balance(
        self, info: Info, input: Annotated[AdjustVendorBalanceInput, INPUT]
    ) -> AdjustVendorBalanceSuccess:
        actor = _staff(info, ADJUST_BALANCES, thing="vendor")
        key = decode_key(input.vendor, "VendorAccount", field="vendor")
        vendor = Vendor.objects.filter(pk=key).first()
        if vendor is None:
            raise NotFound(thing="vendor", field="vendor")
        made = adjustments.adjust_balance(
            vendor=vendor,
            amount=Money.from_decimal(input.amount, vendor.currency, field="amount"),
            reason=input.reason,
            actor=actor,
            part=None if input.vendor_order is None else _part(input.vendor_order, vendor),
            idempotency_key=input.idempotency_key,
        )
        return AdjustVendorBalanceSuccess(row=made)

    @fields.mutation(
        NotPermitted,
        MoreThanTaxDue,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Note that the platform has paid tax that was its to remit. For Finance.",
    )
    def record_tax_remittance(
        self, info: Info, input: Annotated[RecordTaxRemittanceInput, INPUT]
    ) -> RecordTaxRemittanceSuccess:
        made = adjustments.remit_tax(
            amount=Money.from_decimal(input.amount, input.currency, field="amount"),
            note=input.note,
            actor=info.context.demand_staff(RECORD_REMITTANCES),
            idempotency_key=input.idempotency_key,
            is_on_commission=input.is_on_commission,
        )
        return RecordTaxRemittanceSuccess(row=made)

    @fields.mutation(
        NotFound,
        TransitionNotAllowed,
        PaymentsSilent,
        description="Send a transfer now that was refused, or whose answer is missing. For Finance.",
    )
    def retry_transfer(self, info: Info, input: Annotated[RetryTransferInput, INPUT]) -> RetryTransferSuccess:
        key = decode_key(input.transfer, "Transfer", field="transfer")
        actor = _staff(info, RETRY_TRANSFERS, thing="transfer")
        transfer = Transfer.objects.filter(pk=key).first()
        if transfer is None:
            raise NotFound(thing="transfer", field="transfer")
        try:
            return RetryTransferSuccess(row=adjustments.retry_transfer(transfer=transfer, actor=actor))
        except ProviderUnavailable as fault:
            raise PaymentsSilent from fault


def _staff(info: Info, permission: str, *, thing: str) -> User:
    """Who decides. Raises NotFound for who may not, as for what there is not."""
    staff = info.context.staff_who_may(permission)
    if staff is None:
        raise NotFound(thing=thing, field=thing)
    return staff


def _part(identifier: str, vendor: Vendor) -> VendorOrder:
    key = decode_key(identifier, "VendorOrder", field="vendorOrder")
    part = VendorOrder.objects.select_related("order").filter(pk=key, vendor=vendor).first()
    if part is None:
        raise NotFound(thing="vendor order", field="vendorOrder")
    return part
