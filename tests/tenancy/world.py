"""Two houses of one kind, and everybody who may come to the door."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from marketplace.accounts.models import User
from marketplace.api.scalars import decode_id, encode_id
from tests.factories.accounts import UserFactory
from tests.support.graphql import GraphQL
from tests.tenancy.houses import House, furnished
from vendors.operations import onboarding
from vendors.permissions import ROLE_PERMISSIONS, VendorPermission, VendorRole


class Actor(StrEnum):
    """Who asks. The roles and the first buyer are those of the first house."""

    OWNER = "owner"
    MANAGER = "manager"
    CATALOGUE = "catalogue"
    FULFILMENT = "fulfilment"
    FINANCE = "finance"
    SUPPORT = "support"
    BUYER = "buyer"
    OTHER_OWNER = "other vendor's owner"
    OTHER_BUYER = "other buyer"
    ANONYMOUS = "anonymous"
    STAFF = "staff"
    OTHER_STAFF = "staff without a role"


MEMBERS: Final = frozenset(Actor(role.value) for role in VendorRole)
# Who is to the second house what the key is to the first.
OTHERS: Final = {
    Actor.OWNER: Actor.OTHER_OWNER,
    Actor.BUYER: Actor.OTHER_BUYER,
    Actor.OTHER_BUYER: Actor.BUYER,
    Actor.STAFF: Actor.STAFF,
}


def holding(permission: VendorPermission) -> frozenset[Actor]:
    """The members of the first house whose role has the permission."""
    return frozenset(
        Actor(role.value) for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions
    )


READERS: Final[Mapping[str, frozenset[Actor]]] = {
    "vendor": MEMBERS | {Actor.STAFF},
    "staff": holding(VendorPermission.MANAGE_MEMBERS),
    "listing": holding(VendorPermission.VIEW_LISTINGS) | {Actor.STAFF},
    "order": holding(VendorPermission.VIEW_ORDERS) | {Actor.BUYER, Actor.STAFF},
    # Of an order of both houses.
    "part": holding(VendorPermission.VIEW_ORDERS) | {Actor.BUYER, Actor.OTHER_BUYER, Actor.STAFF},
    "buyer": frozenset({Actor.BUYER}),
}


@dataclass(frozen=True)
class World:
    """Both houses, and everybody's client."""

    first: House
    second: House
    clients: Mapping[Actor, GraphQL]

    def secrets_from(self, actor: Actor) -> dict[str, str]:
        """What this visitor must never read, each word with the circle it belongs to."""
        secrets = {}
        for circle, readers in READERS.items():
            others = {OTHERS[each] for each in readers if each in OTHERS}
            for house, welcome in ((self.first, readers), (self.second, others)):
                if actor not in welcome:
                    secrets.update(dict.fromkeys(house.words[circle], circle))
        return secrets


def build() -> World:
    """Make both houses, an order of both, and let everybody sign in."""
    staff = UserFactory.create(is_staff=True, is_superuser=True)
    onboarding.publish_terms(text="Be kind.", actor=staff)
    first, second = furnished("alpha", "bravo")
    visitors: dict[Actor, User | None] = {
        **{Actor(role.value): user for role, user in first.people.items()},
        Actor.BUYER: first.buyer,
        Actor.OTHER_OWNER: second.people[VendorRole.OWNER],
        Actor.OTHER_BUYER: second.buyer,
        Actor.ANONYMOUS: None,
        Actor.STAFF: staff,
        Actor.OTHER_STAFF: UserFactory.create(is_staff=True),
    }
    clients = {actor: GraphQL(user) for actor, user in visitors.items()}
    return World(first=first, second=second, clients=clients)


def nobodys(thing: str, house: House) -> str:
    """What looks like the id, slug or number of such a thing, and is none."""
    if thing.endswith("slug"):
        return "nobody-at-all"
    if thing.endswith("number"):
        return "Z" * len(house.ids[thing])
    type_name, _ = decode_id(house.ids[thing])
    return encode_id(type_name, 2**40)
