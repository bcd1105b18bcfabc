"""What is done about the keys by which a vendor's own programs come."""

from typing import Annotated

import strawberry

from marketplace.accounts.authentication import demand_recent_proof
from marketplace.accounts.errors import RecentSignInRequired, SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.api.vendors.inputs import CreateVendorApiKeyInput, RevokeVendorApiKeyInput
from marketplace.api.vendors.types import VendorApiKeyType, own_vendor
from marketplace.kernel import rates
from marketplace.kernel.errors import NotFound, RateLimited
from vendors import selectors
from vendors.errors import NotPermitted
from vendors.models import VendorApiKey
from vendors.operations import keys
from vendors.permissions import VendorPermission


@strawberry.type(description="The key was made.")
class CreateVendorApiKeySuccess:
    row: strawberry.Private[VendorApiKey]
    secret: str = strawberry.field(
        description="The key itself, for `Authorization: Bearer`. Told this once; keep it like a password."
    )

    @fields.field(VendorApiKeyType, description="What is kept of it.")
    def api_key(self, info: Info) -> VendorApiKey:
        return fields.refetch(self.row, info)


@strawberry.type(description="The key is refused from now on.")
class RevokeVendorApiKeySuccess:
    row: strawberry.Private[VendorApiKey]

    @fields.field(VendorApiKeyType, description="The key as it is now.")
    def api_key(self, info: Info) -> VendorApiKey:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        RecentSignInRequired,
        RateLimited,
        description="Make a key for a program of your vendor's, after a recent sign-in. It never does more "
        "than you may do yourself; its owners are told by mail.",
    )
    def create_vendor_api_key(
        self, info: Info, input: Annotated[CreateVendorApiKeyInput, INPUT]
    ) -> CreateVendorApiKeySuccess:
        vendor = own_vendor(input.vendor, VendorPermission.MANAGE_API_KEYS, info)
        actor = info.context.demand_user()
        demand_recent_proof(info.context.request)
        rates.hit(keys.MAKE_BY_USER, str(actor.pk))
        key, secret = keys.create_key(
            vendor=vendor,
            name=input.name,
            permissions=input.permissions,
            expires_at=input.expires_at,
            actor=actor,
        )
        return CreateVendorApiKeySuccess(row=key, secret=secret)

    @fields.mutation(
        NotFound, NotPermitted, SignInRequired, description="End a key for good; its next request is refused."
    )
    def revoke_vendor_api_key(
        self, info: Info, input: Annotated[RevokeVendorApiKeyInput, INPUT]
    ) -> RevokeVendorApiKeySuccess:
        key = decode_key(input.api_key, "VendorApiKey", field="apiKey")
        found = selectors.api_key_for(info.context.visitor, key)
        actor = info.context.demand_user()
        return RevokeVendorApiKeySuccess(row=keys.revoke_key(key=found, actor=actor))
