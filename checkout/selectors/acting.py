"""On whose part of an order somebody is about to act: its vendor's people by their role, and who bought it.

What is another's answers like what is not there. Of a part that was never paid its vendor knows nothing.
"""

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from checkout.models import Fulfillment, OrderCase, Return, VendorOrder
from checkout.selectors.orders import number_of
from marketplace.accounts.models import User
from marketplace.accounts.selectors import profiles_of
from marketplace.kernel.errors import NotFound
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission
from vendors.selectors import Visitor, permissions_on

OfPart = TypeVar("OfPart", Fulfillment, Return, OrderCase)

# What they are called in refusals, and the fields of inputs that name them.
NAMES: Final[dict[type[Model], tuple[str, str]]] = {
    VendorOrder: ("vendor order", "vendorOrder"),
    Fulfillment: ("parcel", "fulfillment"),
    Return: ("return", "return"),
    OrderCase: ("case", "case"),
}


def sold_part(visitor: Visitor, pk: int, permission: VendorPermission) -> VendorOrder:
    """The part that one of its vendor's people is about to act on, with its order and vendor.

    Two statements. Raises NotFound for who may not see the vendor's orders as for a key nobody has,
    NotPermitted for a member whose role lacks the permission.
    """
    part = VendorOrder.objects.select_related("order", "vendor").filter(pk=pk).first()
    return _permitted(visitor, part, permission, kind=VendorOrder)


def sold(kind: type[OfPart], visitor: Visitor, pk: int, permission: VendorPermission) -> OfPart:
    """The parcel, return or complaint of such a part; like `sold_part`."""
    row = kind.objects.select_related("vendor_order__order", "vendor_order__vendor").filter(pk=pk).first()
    part = _permitted(visitor, None if row is None else row.vendor_order, permission, kind=kind)
    if row is None:
        raise _none(kind)
    row.vendor_order = part
    return row


def bought_parts(*, token: str | None, user: User | None) -> "QuerySet[VendorOrder]":
    """The parts of the order that the token opens, and of all that the user has ordered."""
    number = None if token is None else number_of(token)
    mine = Q(pk__in=[]) if number is None else Q(order__number=number)
    if user is not None:
        mine |= Q(order__billing_profile__in=profiles_of(user))
    return VendorOrder.objects.filter(mine)


def bought_part(pk: int, *, token: str | None, user: User | None) -> VendorOrder:
    """The part that its buyer is about to act on. Raises NotFound for everyone else."""
    part = bought_parts(token=token, user=user).filter(pk=pk).first()
    if part is None:
        raise _none(VendorOrder)
    return part


def bought(kind: type[OfPart], pk: int, *, token: str | None, user: User | None) -> OfPart:
    """The parcel, return or complaint of such a part; like `bought_part`."""
    row = bought_or_none(kind, pk, token=token, user=user)
    if row is None:
        raise _none(kind)
    return row


def bought_or_none(kind: type[OfPart], pk: int, *, token: str | None, user: User | None) -> OfPart | None:
    """The same; None for everyone else."""
    return kind.objects.filter(pk=pk, vendor_order__in=bought_parts(token=token, user=user)).first()


def _permitted(
    visitor: Visitor, part: VendorOrder | None, permission: VendorPermission, *, kind: type[Model]
) -> VendorOrder:
    if part is None or part.order.paid_at is None:
        raise _none(kind)
    held = permissions_on(visitor, part.vendor)
    if VendorPermission.VIEW_ORDERS not in held:
        raise _none(kind)
    if permission not in held:
        raise NotPermitted(permission=permission)
    return part


def _none(kind: type[Model]) -> NotFound:
    thing, field = NAMES[kind]
    return NotFound(thing=thing, field=field)
