"""Two houses of one kind, and everybody who may come to the door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from guardian.shortcuts import assign_perm

from catalog.models import AttributeKind, Category, Collection, Product
from marketplace.accounts.authentication import PROVED
from marketplace.accounts.models import User
from marketplace.api.scalars import decode_id, encode_id
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.attributes import asks, attribute
from tests.factories.vendors import key_of
from tests.support.graphql import GraphQL
from tests.tenancy.houses import House, furnished
from tests.tenancy.spoken import speak_up
from vendors.models import Vendor
from vendors.operations import onboarding
from vendors.permissions import FOR_PEOPLE_ONLY, ROLE_PERMISSIONS, VendorPermission, VendorRole


class Actor(StrEnum):
    """Who asks. The roles and the first buyer are those of the first house."""

    OWNER = "owner"
    MANAGER = "manager"
    CATALOGUE = "catalogue"
    FULFILMENT = "fulfilment"
    FINANCE = "finance"
    SUPPORT = "support"
    BUYER = "buyer"
    KEY = "key of the vendor"
    POOR_KEY = "key without the permission"
    GRANTEE = "granted one product"
    OTHER_OWNER = "other vendor's owner"
    OTHER_KEY = "key of another vendor"
    OTHER_BUYER = "other buyer"
    ANONYMOUS = "anonymous"
    STAFF = "staff"
    OTHER_STAFF = "staff without a role"


PEOPLE: Final = frozenset(Actor(role.value) for role in VendorRole)
KEYS: Final = frozenset({Actor.KEY, Actor.POOR_KEY, Actor.OTHER_KEY})
# Those of the first vendor; its people have others beside it.
MEMBERS: Final = PEOPLE | {Actor.KEY, Actor.POOR_KEY}
# Who is to the second house what the key is to the first.
OTHERS: Final = {
    Actor.OWNER: Actor.OTHER_OWNER,
    Actor.KEY: Actor.OTHER_KEY,
    Actor.BUYER: Actor.OTHER_BUYER,
    Actor.OTHER_BUYER: Actor.BUYER,
    Actor.STAFF: Actor.STAFF,
}
# The other vendor's key is given what the first one's is.
GIVEN: Final[Mapping[Actor, frozenset[VendorPermission]]] = {
    Actor.KEY: frozenset(VendorPermission) - FOR_PEOPLE_ONLY,
    Actor.POOR_KEY: frozenset({VendorPermission.VIEW_VENDOR}),
}


def holding(permission: VendorPermission) -> frozenset[Actor]:
    """The members of the first house whose role has the permission, and its keys that were given it."""
    return frozenset(
        Actor(role.value) for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions
    ) | frozenset(key for key, permissions in GIVEN.items() if permission in permissions)


READERS: Final[Mapping[str, frozenset[Actor]]] = {
    "vendor": MEMBERS | {Actor.STAFF},
    "decision": PEOPLE | {Actor.STAFF},
    "keys": holding(VendorPermission.MANAGE_API_KEYS),
    "staff": holding(VendorPermission.MANAGE_MEMBERS),
    "listing": holding(VendorPermission.VIEW_LISTINGS) | {Actor.STAFF},
    "promotion": holding(VendorPermission.CHANGE_PROMOTIONS) | {Actor.STAFF},
    "order": holding(VendorPermission.VIEW_ORDERS) | {Actor.BUYER, Actor.STAFF},
    # Of an order of both houses.
    "part": holding(VendorPermission.VIEW_ORDERS) | {Actor.BUYER, Actor.OTHER_BUYER, Actor.STAFF},
    "finance": holding(VendorPermission.VIEW_FINANCES) | {Actor.STAFF},
    "buyer": frozenset({Actor.BUYER}),
    "said": frozenset({Actor.BUYER, Actor.STAFF}),
    "platform": frozenset({Actor.STAFF}),
    # Who did what stands in the platform's log.
    "person": frozenset({Actor.BUYER, Actor.STAFF}),
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
    for house in (first, second):
        _ask(house)
        speak_up(house)
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
    clients |= {key: GraphQL(key=_key(first, permissions)) for key, permissions in GIVEN.items()}
    clients[Actor.OTHER_KEY] = GraphQL(key=_key(second, GIVEN[Actor.KEY]))
    clients[Actor.GRANTEE] = GraphQL(_grantee(first))
    for actor in (Actor.OWNER, Actor.MANAGER, Actor.OTHER_OWNER):
        session = clients[actor].http.session
        session[PROVED] = clock.now().timestamp()
        session.save()
    return World(first=first, second=second, clients=clients)


def _key(house: House, permissions: frozenset[VendorPermission]) -> str:
    """A key of the house's vendor. It has been in use: that it is noted would count as a change."""
    owner = house.people[VendorRole.OWNER]
    vendor = Vendor.objects.get(slug=house.ids["slug"])
    key, secret = key_of(vendor, *permissions, maker=owner)
    key.last_used_at = clock.now() + timedelta(days=1)
    key.save()
    house.ids["api_key"] = encode_id("VendorApiKey", key.pk)
    house.words["keys"].add(key.handle)
    return secret


def _ask(house: House) -> None:
    """Let the category of the house's listing ask for something."""
    material = attribute("Material", AttributeKind.SINGLE, "Clay", "Glass")
    asks(Category.objects.get(slug=house.ids["category_slug"]), material)
    house.ids["attribute"] = encode_id("Attribute", material.pk)
    gifts = Collection.objects.create(slug=f"gifts-{material.pk}", title="Gifts", is_published=True)
    house.ids["collection"] = encode_id("Collection", gifts.pk)
    house.ids["collection_slug"] = gifts.slug


def _grantee(house: House) -> User:
    """Somebody who helps with one listing of the house, and is no member."""
    user = UserFactory.create()
    _, key = decode_id(house.ids["listing"])
    assign_perm("change_product", user, Product.objects.get(pk=key))
    return user


def nobodys(thing: str, house: House) -> str:
    """What looks like the id, slug or number of such a thing, and is none."""
    if thing.endswith("slug"):
        return "nobody-at-all"
    if thing.endswith("number"):
        return "Z" * len(house.ids[thing])
    type_name, _ = decode_id(house.ids[thing])
    return encode_id(type_name, 2**40)
