"""Accounts as their owners see them; nobody else sees them here."""

import strawberry_django
from strawberry import relay

from marketplace.accounts import models
from marketplace.api.choices import enum_of

enum_of(models.AddressType, description="What an address is for.")


@strawberry_django.type(models.User, name="User", description="You, as you sign in.")
class UserType(relay.Node):
    email: str = strawberry_django.field(description="How you sign in, and where mail to you goes.")
    name: str = strawberry_django.field(description="What you are called.")


@strawberry_django.type(models.Address, name="Address", description="An entry of your address book.")
class AddressNode(relay.Node):
    address_type: models.AddressType = strawberry_django.field(description="What it is for.")
    name: str = strawberry_django.field(description="Who lives or works there.")
    line1: str = strawberry_django.field(description="Street and number, or whatever names the place.")
    line2: str = strawberry_django.field(description="Floor, company, care of ...")
    city: str = strawberry_django.field(description="City, town or village.")
    state: str = strawberry_django.field(description="State, province or county, where mail needs it.")
    postal_code: str = strawberry_django.field(description="Postal code, where there is one.")
    country: str = strawberry_django.field(description="ISO 3166-1 alpha-2 code of the country.")
    phone: str = strawberry_django.field(description="For the carrier.")
    is_default: bool = strawberry_django.field(
        description="Whether it is the one to propose; one of each type is."
    )
