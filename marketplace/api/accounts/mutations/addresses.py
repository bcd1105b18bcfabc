"""The address book."""

from dataclasses import fields as dataclass_fields
from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.accounts import selectors
from marketplace.accounts.errors import AddressBookFull, SignInRequired
from marketplace.accounts.models import Address
from marketplace.accounts.operations import billing
from marketplace.accounts.operations.billing import AddressDetails
from marketplace.api import fields
from marketplace.api.accounts.inputs import DeleteAddressInput, SaveAddressInput
from marketplace.api.accounts.types import AddressNode
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import InvalidInput, NotFound


@strawberry.type(description="The address as it is now.")
class SaveAddressSuccess:
    row: strawberry.Private[Address]

    @fields.field(AddressNode, description="The address as it is now.")
    def address(self) -> Address:
        return self.row


@strawberry.type(description="The address is gone from the book.")
class DeleteAddressSuccess:
    @fields.connection(AddressNode, description="What is left of your address book.")
    def addresses(self, info: Info) -> "QuerySet[Address]":
        return selectors.addresses_of(info.context.demand_user())


@strawberry.type
class Mutation:
    @fields.mutation(
        SignInRequired,
        InvalidInput,
        NotFound,
        AddressBookFull,
        description="Add an address to your book, or change one.",
    )
    def save_address(self, info: Info, input: Annotated[SaveAddressInput, INPUT]) -> SaveAddressSuccess:
        address = billing.save_address(
            profile=info.context.demand_user().billing_profile,
            address_type=input.address_type,
            details=AddressDetails(
                **{each.name: getattr(input, each.name) for each in dataclass_fields(AddressDetails)}
            ),
            address_id=None if input.address is None else _address_key(input.address),
            is_default=input.is_default,
        )
        return SaveAddressSuccess(row=address)

    @fields.mutation(SignInRequired, InvalidInput, NotFound, description="Take an address out of your book.")
    def delete_address(self, info: Info, input: Annotated[DeleteAddressInput, INPUT]) -> DeleteAddressSuccess:
        profile = info.context.demand_user().billing_profile
        billing.delete_address(profile=profile, address_id=_address_key(input.address))
        return DeleteAddressSuccess()


def _address_key(identifier: str) -> int:
    return decode_key(identifier, "Address", field="address")
