"""What lists things, each tried with nothing of another's in it; a field without a line fails the build."""

from typing import Final

# Roots of reading that name nothing: all that anybody gets of them is searched for what is another's.
LISTS: Final = [
    "Query.csrfToken",
    "Query.platformTerms",
    "Query.products",
    "Query.categories",
    "Query.vendors",
    "Query.cart",
    "Query.recommendedProducts",
    "Query.trendingProducts",
    "Viewer.user",
    "Viewer.sessions",
    "Viewer.secondFactors",
    "Viewer.recoveryCodesLeft",
    "Viewer.dataExport",
    "Viewer.addresses",
    "Viewer.paymentMethods",
    "Viewer.mailPreferences",
    "Viewer.vendors",
    "Viewer.orders",
    "Viewer.recommendedProducts",
    "Platform.vendors",
    "Platform.vendorApplications",
    "Platform.vendorAppeals",
    "Platform.productsAwaitingReview",
    "Platform.promotions",
    "Platform.simulatePromotion",
    "Platform.commissionRules",
    "Platform.commissionSimulation",
    "Platform.disputes",
    "Platform.orderReviews",
    "Platform.ledger",
    "Platform.ledgerBalances",
    "Platform.reconciliations",
    "Platform.discrepancies",
    "Platform.transfers",
    "Platform.auditLog",
    "Platform.sales",
    "Platform.topProducts",
    "Platform.salesByCountry",
]
# Reached through what stands above.
THROUGH: Final = ["Query.node", "Query.nodes", "Query.viewer", "Query.platform"]
