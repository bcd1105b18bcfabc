"""What a row of the matrix says of a mutation: what it is given, who may, and who learns that it may not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.tenancy.houses import House
from tests.tenancy.world import KEYS, MEMBERS, Actor, holding, nobodys
from vendors.permissions import VendorPermission

P = VendorPermission
NOBODY: Final[frozenset[Actor]] = frozenset()
EVERYBODY: Final = frozenset(Actor)
STAFF: Final = frozenset({Actor.STAFF})
BUYER: Final = frozenset({Actor.BUYER})
# What a vendor's programs may do; every other mutation refuses a key, whatever it was given.
FOR_KEYS: Final = frozenset(
    {
        "createProduct",
        "updateProduct",
        "saveVariant",
        "saveVariants",
        "createVariants",
        "updateVariants",
        "duplicateProduct",
        "adjustStock",
        "submitProduct",
        "archiveProduct",
        "scheduleProduct",
        "setDeliveryNote",
        "withdrawProductChange",
        "importListings",
        "importStock",
        "exportListings",
        "updateVendorProfile",
        "saveVendorPolicy",
        "setVacation",
        "fulfillVendorOrder",
        "cancelVendorOrder",
        "refundVendorOrder",
        "answerReturn",
    }
)


@dataclass(frozen=True)
class Ref:
    """Stands for the id, slug or number of a thing of a house."""

    thing: str


def _filled(value: Any, house: House) -> Any:
    """A value with the things of a house in it, however deep."""
    if isinstance(value, Ref):
        return house.ids[value.thing]
    if isinstance(value, list):
        return [_filled(each, house) for each in value]
    return {name: _filled(each, house) for name, each in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True, kw_only=True)
class Act:
    """One mutation on a thing of the first house.

    Attributes:
        input: its input; a Ref stands for what belongs to somebody.
        may: who succeeds.
        told: who learns that it is there and not for them: members whose role lacks the permission.
    """

    name: str
    input: Mapping[str, Any]
    may: frozenset[Actor]
    told: frozenset[Actor] = NOBODY

    def refs(self) -> list[str]:
        """What of the input belongs to somebody, by the names of the fields."""
        return [name for name, value in self.input.items() if isinstance(value, Ref)]

    @property
    def idempotency_key(self) -> str:
        """What a repeated request is known by, if it can be."""
        return str(self.input.get("idempotencyKey", ""))

    def given(self, house: House, **others: str) -> dict[str, Any]:
        """The input with the things of a house, but for those named."""
        return {
            name: others.get(name, house.ids[value.thing])
            if isinstance(value, Ref)
            else _filled(value, house)
            for name, value in self.input.items()
        }

    def nobodys(self, house: House, *names: str) -> dict[str, str]:
        """For these fields of the input, things that are not there."""
        return {name: nobodys(self.input[name].thing, house) for name in names}


def by_members(name: str, permission: VendorPermission, seeing: frozenset[Actor], /, **input: Any) -> Act:
    """What members may do whose role has the permission; `seeing` are those who learn that it is there."""
    who = EVERYBODY if name in FOR_KEYS else EVERYBODY - KEYS
    may = holding(permission) & who
    return Act(name=name, input=input, may=may, told=(seeing & who) - may)


def on_an_order(name: str, permission: VendorPermission, /, **input: Any) -> Act:
    """The same on a part of an order, which who may not see orders does not learn of."""
    return by_members(name, permission, holding(P.VIEW_ORDERS), **input)


def on_a_listing(name: str, permission: VendorPermission, /, **input: Any) -> Act:
    """The same, for who was granted this one product too."""
    act = by_members(name, permission, MEMBERS, **input)
    return replace(act, may=act.may | {Actor.GRANTEE})


def by_staff(name: str, /, **input: Any) -> Act:
    """What only the platform may do; the vendor's own people do not learn of it."""
    return Act(name=name, input=input, may=STAFF)
