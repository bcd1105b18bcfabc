"""VendorAccount, assembled from the part each package provides: what a vendor's own people see."""

import strawberry_django

from marketplace.api.analytics.types import Account as AnalyticsPart
from marketplace.api.audit.types import Account as AuditPart
from marketplace.api.catalog.types import Account as CatalogPart
from marketplace.api.commission.types import Account as CommissionPart
from marketplace.api.fulfilment.types import Account as FulfilmentPart
from marketplace.api.imports.types import Account as ImportPart
from marketplace.api.nodes import Node
from marketplace.api.orders.types import Account as OrderPart
from marketplace.api.paying.types import Account as PayingPart
from marketplace.api.payouts.types import Account as PayoutsPart
from marketplace.api.promotions.types import Account as PromotionPart
from marketplace.api.reviews.types import Account as ReviewPart
from marketplace.api.shipping.types import Account as ShippingPart
from marketplace.api.statements.types import Account as StatementsPart
from marketplace.api.transfers.types import Account as TransfersPart
from marketplace.api.vendors.types import Account as VendorPart
from vendors.models import Vendor


@strawberry_django.type(
    Vendor, name="VendorAccount", description="A vendor as its own people see it; fields depend on the role."
)
class VendorAccount(
    VendorPart,
    CatalogPart,
    ReviewPart,
    ImportPart,
    OrderPart,
    FulfilmentPart,
    PromotionPart,
    ShippingPart,
    PayoutsPart,
    CommissionPart,
    PayingPart,
    StatementsPart,
    TransfersPart,
    AnalyticsPart,
    AuditPart,
    Node,
):
    pass
