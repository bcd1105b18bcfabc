"""Vendors and those who work for them."""

from typing import Any

from factory.declarations import Sequence
from factory.django import DjangoModelFactory

from marketplace.accounts.models import User
from tests.factories.accounts import UserFactory
from vendors.models import Vendor, VendorApiKey, VendorImage, VendorImageKind, VendorStatus
from vendors.operations import keys, members
from vendors.permissions import VendorPermission, VendorRole


class VendorFactory(DjangoModelFactory[Vendor]):
    """An approved vendor nobody works for yet."""

    class Meta:
        model = Vendor

    name = Sequence(lambda number: f"Vendor {number}")
    slug = Sequence(lambda number: f"vendor-{number}")
    email = Sequence(lambda number: f"vendor{number}@example.com")
    country = "DE"
    currency = "EUR"
    timezone = "Europe/Berlin"
    status = VendorStatus.APPROVED


def key_of(
    vendor: Vendor, *permissions: VendorPermission, maker: User | None = None, **facts: Any
) -> tuple[VendorApiKey, str]:
    """A new key of the vendor with these permissions, and the key itself; an owner's, unless somebody's."""
    return keys.create_key(
        vendor=vendor,
        name="Stock at night",
        permissions=permissions,
        actor=maker or member_of(vendor),
        **facts,
    )


def member_of(vendor: Vendor, role: VendorRole = VendorRole.OWNER) -> User:
    """A new user who works for the vendor in this role, with its permissions."""
    user = UserFactory.create()
    members.add_member(vendor=vendor, user=user, role=role, actor=user)
    return user


def illustrated_vendor(vendor: Vendor) -> list[VendorImage]:
    """Rows of a logo and a cover, without their files."""
    return [
        VendorImage.objects.create(
            vendor=vendor,
            kind=kind,
            file=f"vendors/{kind}.webp",
            width=width,
            height=96,
            renditions=[{"width": width, "height": 96, "name": f"vendors/{kind}.webp"}],
            placeholder="data:image/webp;base64,",
            alt=f"The {kind}",
        )
        for kind, width in ((VendorImageKind.LOGO, 96), (VendorImageKind.COVER, 480))
    ]
