"""How long things can be sent back, and what is kept of them."""

from datetime import datetime
from decimal import Decimal

import strawberry
import strawberry_django
from django.db.models import DateTimeField, Max, OuterRef, Subquery

from checkout import models
from checkout.selectors.returns import ReturnTerms, agreed_terms, terms_of
from marketplace.api import fields
from vendors.models import Vendor


@strawberry.type(
    name="ReturnTerms", description="How long something can be sent back, and what is kept of it."
)
class ReturnTermsType:
    """The shape of `checkout.selectors.returns.ReturnTerms` outside."""

    days: int = strawberry.field(description="For how many days from its arrival.")

    @fields.field(
        description="How many percent the vendor keeps at most of what comes back for no fault of its "
        "own: nothing of what is damaged or defective, comes late, or is not what was ordered."
    )
    @staticmethod
    def restocking_rate(root: strawberry.Parent[ReturnTerms]) -> Decimal:
        return Decimal(root.restocking_bps).scaleb(-2)


@strawberry_django.type(Vendor)
class Offered:
    """The part of Vendor and VendorAccount that this package provides."""

    @fields.field(
        ReturnTermsType,
        description="How it takes things back: what its next order agrees to.",
        prefetch_related=["return_policy"],
        only=["id"],
    )
    @staticmethod
    def return_terms(root: strawberry.Parent[Vendor]) -> ReturnTerms:
        return terms_of(root)


_parcels = models.Fulfillment.objects.filter(vendor_order=OuterRef("pk")).order_by()
ARRIVED = Subquery(
    _parcels.values("vendor_order").annotate(last=Max("delivered_at")).values("last"),
    output_field=DateTimeField(),
)


@strawberry_django.type(models.VendorOrder)
class Agreed:
    """The part of VendorOrder that this package provides."""

    @fields.field(
        ReturnTermsType,
        description="How its goods can be sent back, as it was when they were ordered.",
        only=["return_days", "restocking_bps"],
    )
    @staticmethod
    def return_terms(root: strawberry.Parent[models.VendorOrder]) -> ReturnTerms:
        return agreed_terms(root)

    @fields.field(
        description="Until when something of it can be sent back; null while nothing has arrived.",
        annotate={"arrived_at": ARRIVED},
        only=["return_days", "restocking_bps"],
    )
    @staticmethod
    def return_closes_at(root: strawberry.Parent[models.VendorOrder]) -> datetime | None:
        arrived: datetime | None = root.arrived_at  # type: ignore[attr-defined]  # annotated above
        return None if arrived is None else arrived + agreed_terms(root).window
