"""What mutations on the life of an order answer, and how vendors' people find what they act on."""

import strawberry

from checkout.models import CaseMessage, Fulfillment, OrderCase, Refund, Return, VendorOrder
from checkout.selectors import acting
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fulfilment.types import FulfillmentType, OrderCaseType, RefundType, ReturnType
from marketplace.api.orders.types import VendorOrderType
from marketplace.api.scalars import decode_key
from vendors.permissions import VendorPermission


@strawberry.type
class OfPart:
    part_id: strawberry.Private[int]

    @fields.field(VendorOrderType, description="The vendor's part of the order as it is now.")
    def vendor_order(self, info: Info) -> VendorOrder:
        return fields.refetch(VendorOrder(pk=self.part_id), info)


@strawberry.type(description="The vendor's part of the order as it is now.")
class VendorOrderSuccess(OfPart):
    pass


@strawberry.type(description="The parcel as it is now.")
class FulfillmentSuccess(OfPart):
    row: strawberry.Private[Fulfillment]

    @fields.field(FulfillmentType, description="The parcel as it is now.")
    def fulfillment(self, info: Info) -> Fulfillment:
        return fields.refetch(self.row, info)


@strawberry.type(description="The money is on its way back.")
class RefundSuccess(OfPart):
    row: strawberry.Private[Refund]

    @fields.field(RefundType, description="What goes back, and for what.")
    def refund(self, info: Info) -> Refund:
        return fields.refetch(self.row, info)


@strawberry.type(description="The return as it is now.")
class ReturnSuccess(OfPart):
    row: strawberry.Private[Return]

    @fields.field(ReturnType, name="return", description="The return as it is now.")
    def return_(self, info: Info) -> Return:
        return fields.refetch(self.row, info)


@strawberry.type(description="The complaint as it is now.")
class OrderCaseSuccess(OfPart):
    row: strawberry.Private[OrderCase]

    @fields.field(OrderCaseType, description="The complaint as it is now.")
    def case(self, info: Info) -> OrderCase:
        return fields.refetch(self.row, info)


def sent(row: Fulfillment) -> FulfillmentSuccess:
    """The answer of what is about a parcel."""
    return FulfillmentSuccess(part_id=row.vendor_order_id, row=row)


def given_back(row: Refund, part: VendorOrder) -> RefundSuccess:
    """The answer of what is about a refund of a part."""
    return RefundSuccess(part_id=part.pk, row=row)


def coming_back(row: Return) -> ReturnSuccess:
    """The answer of what is about a return."""
    return ReturnSuccess(part_id=row.vendor_order_id, row=row)


def complained(row: OrderCase | CaseMessage) -> OrderCaseSuccess:
    """The answer of what is about a complaint."""
    case = row.case if isinstance(row, CaseMessage) else row
    return OrderCaseSuccess(part_id=case.vendor_order_id, row=case)


def sold_part(identifier: str, permission: VendorPermission, info: Info) -> VendorOrder:
    """The part an input names, for who may do this to it; see `acting.sold_part`."""
    key = decode_key(identifier, "VendorOrder", field="vendorOrder")
    return acting.sold_part(info.context.visitor, key, permission)


def sold_parcel(identifier: str, permission: VendorPermission, info: Info) -> Fulfillment:
    """The same of a parcel."""
    key = decode_key(identifier, "Fulfillment", field="fulfillment")
    return acting.sold(Fulfillment, info.context.visitor, key, permission)


def sold_return(identifier: str, permission: VendorPermission, info: Info) -> Return:
    """The same of a return."""
    key = decode_key(identifier, "Return", field="return")
    return acting.sold(Return, info.context.visitor, key, permission)


def sold_case(identifier: str, permission: VendorPermission, info: Info) -> OrderCase:
    """The same of a complaint."""
    key = decode_key(identifier, "OrderCase", field="case")
    return acting.sold(OrderCase, info.context.visitor, key, permission)
