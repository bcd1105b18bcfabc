"""Vendors as their buyers see them."""

import strawberry_django
from strawberry import relay

from vendors.models import Vendor


@strawberry_django.type(Vendor, name="Vendor", description="Who sells: a third-party seller on the platform.")
class VendorType(relay.Node):
    slug: str = strawberry_django.field(description="Names the vendor in addresses.")
    name: str = strawberry_django.field(description="The name buyers know.")
    about: str = strawberry_django.field(description="What the vendor says of itself.")
    country: str = strawberry_django.field(description="ISO 3166-1 alpha-2 code of where it sells from.")
