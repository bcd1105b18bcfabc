"""What a vendor's people set of how it ships; orders keep what they were quoted."""

from typing import Annotated

import strawberry

from checkout.errors import ShippingProfileInUse, ShippingZonesOverlap
from checkout.models import ShippingMethod, ShippingProfile, ShippingZone
from checkout.operations import shipping, zones
from checkout.operations.shipping import ProfileDraft
from checkout.operations.zones import ZoneDraft
from checkout.selectors.shipping import vendor_shipping
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.api.shipping.inputs import (
    DeleteShippingProfileInput,
    DeleteShippingRateInput,
    DeleteShippingZoneInput,
    SaveShippingMethodInput,
    SaveShippingProfileInput,
    SaveShippingRateInput,
    SaveShippingZoneInput,
    method_draft,
    rate_draft,
)
from marketplace.api.shipping.types import ShippingMethodType, ShippingProfileType, ShippingZoneType
from marketplace.api.vendors.mutations.answers import VendorSuccess
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import CurrencyMismatch, IdempotencyKeyReused, NotFound, RequestInProgress
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission

REPEATED = (IdempotencyKeyReused, RequestInProgress)


@strawberry.type(description="The way of shipping as it is now.")
class ShippingMethodSuccess:
    row: strawberry.Private[ShippingMethod]

    @fields.field(ShippingMethodType, description="The way of shipping as it is now.")
    def method(self, info: Info) -> ShippingMethod:
        return fields.refetch(self.row, info)


@strawberry.type(description="The profile as it is now.")
class ShippingProfileSuccess:
    row: strawberry.Private[ShippingProfile]

    @fields.field(ShippingProfileType, description="The profile as it is now.")
    def profile(self, info: Info) -> ShippingProfile:
        return fields.refetch(self.row, info)


@strawberry.type(description="The zone as it is now.")
class ShippingZoneSuccess:
    row: strawberry.Private[ShippingZone]

    @fields.field(ShippingZoneType, description="The zone as it is now.")
    def zone(self, info: Info) -> ShippingZone:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        CurrencyMismatch,
        *REPEATED,
        description="Make a way of shipping of your vendor, or change one. None is deleted, for orders name "
        "theirs: one that is not offered any more is not active.",
    )
    def save_shipping_method(
        self, info: Info, input: Annotated[SaveShippingMethodInput, INPUT]
    ) -> ShippingMethodSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        row = shipping.save_shipping_method(
            vendor=vendor,
            draft=method_draft(input, vendor),
            actor=info.context.actor,
            method_id=_key(input.method, "ShippingMethod", "method"),
            idempotency_key=input.idempotency_key,
        )
        return ShippingMethodSuccess(row=row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        ShippingProfileInUse,
        *REPEATED,
        description="Make a profile of goods that ship together, or change one.",
    )
    def save_shipping_profile(
        self, info: Info, input: Annotated[SaveShippingProfileInput, INPUT]
    ) -> ShippingProfileSuccess:
        row = shipping.save_shipping_profile(
            vendor=own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info),
            draft=ProfileDraft(name=input.name, origin=input.origin, is_default=input.is_default),
            actor=info.context.actor,
            profile_id=_key(input.profile, "ShippingProfile", "profile"),
            idempotency_key=input.idempotency_key,
        )
        return ShippingProfileSuccess(row=row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        ShippingZonesOverlap,
        *REPEATED,
        description="Make a zone of a profile, or change one. Closer around an address is a region than its "
        "country, and a postal prefix than a region; no two zones may be equally close.",
    )
    def save_shipping_zone(
        self, info: Info, input: Annotated[SaveShippingZoneInput, INPUT]
    ) -> ShippingZoneSuccess:
        vendor, key = _own(ShippingProfile, input.profile, info)
        draft = ZoneDraft(
            name=input.name,
            countries=tuple(input.countries),
            regions=tuple(input.regions),
            postal_prefixes=tuple(input.postal_prefixes),
        )
        row = zones.save_shipping_zone(
            vendor=vendor,
            profile_id=key,
            draft=draft,
            actor=info.context.actor,
            zone_id=_key(input.zone, "ShippingZone", "zone"),
            idempotency_key=input.idempotency_key,
        )
        return ShippingZoneSuccess(row=row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        CurrencyMismatch,
        description="Say what a way costs in a zone; saved again, it costs what was said last.",
    )
    def save_shipping_rate(
        self, info: Info, input: Annotated[SaveShippingRateInput, INPUT]
    ) -> ShippingZoneSuccess:
        vendor, key = _own(ShippingZone, input.zone, info)
        row = zones.save_shipping_rate(
            vendor=vendor,
            zone_id=key,
            method_id=decode_key(input.method, "ShippingMethod", field="method"),
            draft=rate_draft(input, vendor),
            actor=info.context.actor,
        )
        return ShippingZoneSuccess(row=row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        ShippingProfileInUse,
        description="Delete a profile by which no product ships, with its zones and rates.",
    )
    def delete_shipping_profile(
        self, info: Info, input: Annotated[DeleteShippingProfileInput, INPUT]
    ) -> VendorSuccess:
        vendor, key = _own(ShippingProfile, input.profile, info)
        shipping.delete_shipping_profile(vendor=vendor, profile_id=key, actor=info.context.actor)
        return VendorSuccess(row=vendor)

    @fields.mutation(NotFound, NotPermitted, description="Delete a zone with its rates.")
    def delete_shipping_zone(
        self, info: Info, input: Annotated[DeleteShippingZoneInput, INPUT]
    ) -> ShippingProfileSuccess:
        vendor, key = _own(ShippingZone, input.zone, info)
        row = zones.delete_shipping_zone(vendor=vendor, zone_id=key, actor=info.context.actor)
        return ShippingProfileSuccess(row=row)

    @fields.mutation(NotFound, NotPermitted, description="Let a way have no rate in a zone any more.")
    def delete_shipping_rate(
        self, info: Info, input: Annotated[DeleteShippingRateInput, INPUT]
    ) -> ShippingZoneSuccess:
        vendor, key = _own(ShippingZone, input.zone, info)
        row = zones.delete_shipping_rate(
            vendor=vendor,
            zone_id=key,
            method_id=decode_key(input.method, "ShippingMethod", field="method"),
            actor=info.context.actor,
        )
        return ShippingZoneSuccess(row=row)


def _own(
    kind: type[ShippingProfile] | type[ShippingZone], identifier: strawberry.ID, info: Info
) -> tuple[Vendor, int]:
    """The vendor whose profile or zone it is, for who may change how it ships, and the key."""
    key = decode_key(identifier, kind.__name__, field="zone" if kind is ShippingZone else "profile")
    return vendor_shipping(info.context.visitor, kind, key, VendorPermission.CHANGE_VENDOR), key


def _key(identifier: strawberry.ID | None, type_name: str, field: str) -> int | None:
    return None if identifier is None else decode_key(identifier, type_name, field=field)
