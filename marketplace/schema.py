"""Root: the merged schema. `schema.graphql` is its printed form (`manage.py export_schema`)."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from marketplace.api import nodes
from marketplace.api.accounts import mutations as account_mutations
from marketplace.api.accounts import queries as accounts
from marketplace.api.alerts import mutations as alert_mutations
from marketplace.api.alerts import queries as alerts
from marketplace.api.analytics import queries as analytics
from marketplace.api.attributes import mutations as attribute_mutations
from marketplace.api.attributes import queries as attributes
from marketplace.api.audit import queries as audit
from marketplace.api.catalog import mutations as catalog_mutations
from marketplace.api.catalog import queries as catalog
from marketplace.api.checkout import mutations as checkout_mutations
from marketplace.api.checkout import queries as checkout
from marketplace.api.collections import mutations as collection_mutations
from marketplace.api.collections import queries as collections
from marketplace.api.commission import mutations as commission_mutations
from marketplace.api.commission import queries as commission
from marketplace.api.context import Info
from marketplace.api.execution import EXTENSIONS, Schema
from marketplace.api.fields import field
from marketplace.api.fulfilment import mutations as fulfilment_mutations
from marketplace.api.fulfilment import queries as fulfilment  # noqa: F401  # it declares who sees what
from marketplace.api.imports import mutations as import_mutations
from marketplace.api.imports import queries as imports  # noqa: F401  # it declares who sees what
from marketplace.api.listings import mutations as listing_mutations
from marketplace.api.moderation import mutations as moderation_mutations
from marketplace.api.moderation import queries as moderation  # noqa: F401  # it declares who sees what
from marketplace.api.orders import mutations as order_mutations
from marketplace.api.orders import queries as orders
from marketplace.api.outreach import mutations as outreach_mutations
from marketplace.api.outreach import queries as outreach
from marketplace.api.paying import mutations as paying_mutations
from marketplace.api.paying import queries as paying
from marketplace.api.payouts import mutations as payout_mutations
from marketplace.api.payouts import queries as payouts
from marketplace.api.promotions import mutations as promotion_mutations
from marketplace.api.promotions import queries as promotions
from marketplace.api.recommend import queries as recommend
from marketplace.api.reconciliation import mutations as reconciliation_mutations
from marketplace.api.reconciliation import queries as reconciliation
from marketplace.api.returns import mutations as return_mutations
from marketplace.api.reviews import mutations as review_mutations
from marketplace.api.reviews import queries as reviews
from marketplace.api.risk import mutations as risk_mutations
from marketplace.api.risk import queries as risk
from marketplace.api.search import queries as search
from marketplace.api.shipping import mutations as shipping_mutations
from marketplace.api.shipping import queries as shipping  # noqa: F401  # it declares who sees what
from marketplace.api.statements import queries as statements  # noqa: F401  # who may see one
from marketplace.api.transfers import mutations as transfer_mutations
from marketplace.api.transfers import queries as transfers
from marketplace.api.uploads import UPLOAD, Upload
from marketplace.api.vendors import mutations as vendor_mutations
from marketplace.api.vendors import queries as vendors
from marketplace.api.wishlists import mutations as wishlist_mutations
from marketplace.api.wishlists import queries as wishlists


@strawberry.type(description="What is yours.")
class Viewer(
    accounts.Viewer,
    vendors.Viewer,
    orders.Viewer,
    recommend.Viewer,
    outreach.Viewer,
    reviews.Viewer,
    wishlists.Viewer,
    alerts.Viewer,
):
    pass


@strawberry.type(description="What the platform's staff see.")
class Platform(
    vendors.Platform,
    catalog.Platform,
    search.Platform,
    collections.Platform,
    attributes.Platform,
    reviews.Platform,
    promotions.Platform,
    payouts.Platform,
    paying.Platform,
    risk.Platform,
    reconciliation.Platform,
    commission.Platform,
    transfers.Platform,
    analytics.Platform,
    audit.Platform,
):
    pass


@strawberry.type
class Scopes:
    @field(
        description="What is yours, your vendors included; null where nobody is signed in. For an API key: "
        "its vendor."
    )
    def viewer(self, info: Info) -> Viewer | None:
        return Viewer() if info.context.user or info.context.key else None

    @field(description="What the platform's staff see; null for everyone else.")
    def platform(self, info: Info) -> Platform | None:
        return Platform() if info.context.staff else None


@strawberry.type(description="What can be read.")
class Query(
    nodes.Query,
    Scopes,
    accounts.Query,
    catalog.Query,
    search.Query,
    collections.Query,
    vendors.Query,
    checkout.Query,
    orders.Query,
    recommend.Query,
    wishlists.Query,
):
    pass


@strawberry.type(description="What can be done. Each answers a union: what came of it, or why not.")
class Mutation(
    account_mutations.Mutation,
    vendor_mutations.Mutation,
    catalog_mutations.Mutation,
    collection_mutations.Mutation,
    import_mutations.Mutation,
    attribute_mutations.Mutation,
    listing_mutations.Mutation,
    moderation_mutations.Mutation,
    checkout_mutations.Mutation,
    order_mutations.Mutation,
    fulfilment_mutations.Mutation,
    promotion_mutations.Mutation,
    shipping_mutations.Mutation,
    return_mutations.Mutation,
    review_mutations.Mutation,
    wishlist_mutations.Mutation,
    alert_mutations.Mutation,
    payout_mutations.Mutation,
    paying_mutations.Mutation,
    risk_mutations.Mutation,
    reconciliation_mutations.Mutation,
    commission_mutations.Mutation,
    transfer_mutations.Mutation,
    outreach_mutations.Mutation,
):
    pass


schema = Schema(
    query=Query,
    mutation=Mutation,
    extensions=EXTENSIONS,
    config=StrawberryConfig(
        relay_max_results=100, disable_field_suggestions=True, scalar_map={Upload: UPLOAD}
    ),
)
