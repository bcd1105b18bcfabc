"""The matrix: what every mutation and every root of reading is given, and who may have it.

A mutation or a field without a row here fails the build; so does a row for what is gone.
"""

from dataclasses import dataclass, field
from typing import Final

from tests.factories.catalog import picture
from tests.tenancy.acts import (
    BUYER,
    EVERYBODY,
    NOBODY,
    STAFF,
    Act,
    P,
    Ref,
    by_members,
    by_staff,
    on_a_listing,
)
from tests.tenancy.community_acts import COMMUNITY_ACTS
from tests.tenancy.documents import root
from tests.tenancy.listing_acts import LISTING_ACTS
from tests.tenancy.order_acts import ORDER_ACTS
from tests.tenancy.payout_acts import PAYOUT_ACTS
from tests.tenancy.rule_acts import RULE_ACTS
from tests.tenancy.sent import MAY_READ, SENT_ACTS, SENT_TYPES
from tests.tenancy.shipping_acts import SHIPPING_ACTS
from tests.tenancy.world import MEMBERS, PEOPLE, Actor, holding

# What is uploaded.
FILE: Final = picture(width=2, height=2)
TABLE: Final = b"sku,quantity\nA,1\n"
# What anybody may name.
FOR_ALL: Final = frozenset(
    {
        "vendor",
        "category",
        "attribute",
        "collection",
        "live_product",
        "shipping_option",
        "live_variant",
        "shared_promotion",
    }
)

ADDRESS: Final = {"name": "Ada", "line1": "Main St 1", "city": "Berlin", "country": "DE"}

TRADER: Final = {
    "legalName": "Ada Ltd",
    "line1": "Main St 1",
    "city": "Berlin",
    "country": "DE",
    "email": "ada@example.com",
    "phone": "+49301234567",
    "taxNumber": "DE123456789",
    "isAttested": True,
}

SALE: Final = {
    "title": "Sale",
    "kind": "PERCENTAGE",
    "rate": "10",
    "isForEverything": True,
    "isAutomatic": True,
}

ACTS: Final = [
    # Buyers on what is theirs.
    Act(
        name="saveAddress",
        input={"address": Ref("address"), "addressType": "SHIPPING", **ADDRESS},
        may=BUYER,
    ),
    Act(name="deleteAddress", input={"address": Ref("address")}, may=BUYER),
    Act(name="saveCard", input={"setup": Ref("card_setup")}, may=BUYER),
    Act(name="deleteCard", input={"paymentMethod": Ref("card")}, may=BUYER),
    Act(name="setDefaultCard", input={"paymentMethod": Ref("card")}, may=BUYER),
    Act(name="updateCartLine", input={"line": Ref("cart_line"), "quantity": 2}, may=BUYER),
    Act(name="removeCartLine", input={"line": Ref("cart_line")}, may=BUYER),
    Act(
        name="selectShipping",
        input={"vendor": Ref("vendor"), "option": Ref("shipping_option")},
        may=BUYER,
    ),
    Act(name="revokeSessions", input={"session": Ref("session")}, may=BUYER),
    Act(name="confirmPayment", input={"number": Ref("waiting_number")}, may=BUYER),
    Act(
        name="cancelOrder",
        input={"number": Ref("waiting_number"), "idempotencyKey": "the-same-for-all"},
        may=BUYER,
    ),
    # Vendors on what is theirs.
    by_members(
        "updateVendorProfile",
        P.CHANGE_VENDOR,
        MEMBERS,
        vendor=Ref("account"),
        name="Another name",
        email="another@example.com",
        about="",
        timezone="UTC",
    ),
    by_members(
        "createProduct",
        P.CHANGE_LISTINGS,
        MEMBERS,
        vendor=Ref("account"),
        category=Ref("category"),
        title="Another",
        shippingProfile=Ref("shipping_profile"),
    ),
    on_a_listing(
        "updateProduct",
        P.CHANGE_LISTINGS,
        listing=Ref("listing"),
        title="Another",
        shippingProfile=Ref("shipping_profile"),
    ),
    on_a_listing(
        "saveVariant",
        P.CHANGE_LISTINGS,
        listing=Ref("listing"),
        variant=Ref("listing_variant"),
        sku="another-sku",
        price="9.00",
    ),
    on_a_listing(
        "adjustStock",
        P.CHANGE_STOCK,
        variant=Ref("listing_variant"),
        delta=1,
        reason="RECEIVED",
        idempotencyKey="the-same-for-all",
    ),
    by_members("importListings", P.CHANGE_LISTINGS, MEMBERS, vendor=Ref("account"), file=TABLE),
    by_members("importStock", P.CHANGE_STOCK, MEMBERS, vendor=Ref("account"), file=TABLE),
    by_members("exportListings", P.VIEW_LISTINGS, MEMBERS, vendor=Ref("account")),
    on_a_listing("uploadProductImage", P.CHANGE_LISTINGS, listing=Ref("listing"), image=FILE),
    by_members("reorderProductImages", P.CHANGE_LISTINGS, MEMBERS, listing=Ref("proposed"), images=[]),
    on_a_listing("removeProductImage", P.CHANGE_LISTINGS, listing=Ref("listing"), image=Ref("draft_image")),
    by_members("uploadVendorImage", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("account"), kind="LOGO", image=FILE),
    by_members("removeVendorImage", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("account"), kind="COVER"),
    on_a_listing("submitProduct", P.CHANGE_LISTINGS, listing=Ref("listing")),
    on_a_listing("archiveProduct", P.CHANGE_LISTINGS, listing=Ref("listing")),
    on_a_listing("setDeliveryNote", P.CHANGE_LISTINGS, variant=Ref("listing_variant"), note="At once."),
    on_a_listing(
        "scheduleProduct", P.CHANGE_LISTINGS, listing=Ref("listing"), publishAt="2099-01-01T00:00:00Z"
    ),
    by_members("withdrawProductChange", P.CHANGE_LISTINGS, MEMBERS, change=Ref("product_change")),
    by_members("submitVendorApplication", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("entrant")),
    by_members("appealVendorDecision", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("suspended"), message="No."),
    by_members(
        "setVacation",
        P.CHANGE_VENDOR,
        MEMBERS,
        vendor=Ref("account"),
        closedFrom="2027-01-01T00:00:00Z",
        closedTo="2027-02-01T00:00:00Z",
    ),
    by_members(
        "saveVendorPolicy", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("account"), kind="RETURNS", text="Any time."
    ),
    by_members("saveReturnPolicy", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("account"), days=30),
    by_members("saveTraderDetails", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("account"), **TRADER),
    by_members("acceptPlatformTerms", P.CHANGE_VENDOR, MEMBERS, vendor=Ref("account"), version=1),
    by_members(
        "inviteVendorMember",
        P.MANAGE_MEMBERS,
        MEMBERS,
        vendor=Ref("account"),
        email="new@example.com",
        role="SUPPORT",
    ),
    by_members("revokeInvitation", P.MANAGE_MEMBERS, MEMBERS, invitation=Ref("invitation")),
    by_members("changeMemberRole", P.MANAGE_MEMBERS, MEMBERS, member=Ref("member"), role="FINANCE"),
    Act(
        name="removeVendorMember",
        input={"member": Ref("member")},
        # The member is the one in support, who may leave.
        may=holding(P.MANAGE_MEMBERS) | {Actor.SUPPORT},
        told=PEOPLE - holding(P.MANAGE_MEMBERS) - {Actor.SUPPORT},
    ),
    by_members(
        "createVendorApiKey",
        P.MANAGE_API_KEYS,
        MEMBERS,
        vendor=Ref("account"),
        name="Shop",
        permissions=["VIEW_VENDOR"],
    ),
    by_members("revokeVendorApiKey", P.MANAGE_API_KEYS, MEMBERS, apiKey=Ref("api_key")),
    by_members(
        "savePromotion",
        P.CHANGE_PROMOTIONS,
        MEMBERS,
        vendor=Ref("account"),
        promotion=Ref("promotion"),
        terms=SALE,
    ),
    by_members(
        "archivePromotion",
        P.CHANGE_PROMOTIONS,
        MEMBERS,
        vendor=Ref("account"),
        promotion=Ref("promotion"),
    ),
    by_members(
        "setPromotionConsent",
        P.CHANGE_PROMOTIONS,
        MEMBERS,
        vendor=Ref("account"),
        promotion=Ref("shared_promotion"),
    ),
    *LISTING_ACTS,
    *SHIPPING_ACTS,
    *ORDER_ACTS,
    *PAYOUT_ACTS,
    *COMMUNITY_ACTS,
    # The platform on all.
    by_staff("archivePlatformPromotion", promotion=Ref("shared_promotion")),
    *RULE_ACTS,
    by_staff("closeVendor", vendor=Ref("suspended"), reason="REQUESTED"),
    by_staff("answerVendorAppeal", appeal=Ref("appeal"), answer="We looked again."),
    by_staff("reviewOnboardingStep", vendor=Ref("account"), step="TAX", verdict="WAIVED"),
    by_staff("approveVendor", vendor=Ref("applicant")),
    by_staff("rejectVendor", vendor=Ref("applicant"), reason="IDENTITY"),
    by_staff(
        "refundStrayPayment",
        discrepancy=Ref("discrepancy"),
        reason="Paid twice",
        idempotencyKey="the-same-for-all",
    ),
    by_staff(
        "recordProviderRefund",
        discrepancy=Ref("unbooked"),
        shares=[{"vendorOrder": Ref("vendor_order"), "amount": "1.00"}],
    ),
    by_staff("suspendVendor", vendor=Ref("account"), reason="FRAUD"),
    by_staff("reinstateVendor", vendor=Ref("suspended")),
    by_staff("approveProduct", listing=Ref("proposed")),
    by_staff("saveCollection", collection=Ref("collection"), title="Gifts"),
    by_staff("deleteCollection", collection=Ref("collection")),
    *SENT_ACTS,
    by_staff("releaseOrder", review=Ref("order_review"), idempotencyKey="the-same-for-all"),
    by_staff("rejectOrder", review=Ref("order_review"), idempotencyKey="the-same-for-all"),
    by_staff("rejectProduct", listing=Ref("proposed"), reason="TITLE"),
]

# Those of them that are repeated under a key, which is tried in test_matrix by itself.
# Whose keys belong to the asker: of a cart, of a customer (tests/accounts/operations/test_cards.py), and of
# the platform (tests/payouts/operations/test_adjustments.py).
OWN_IDEMPOTENCY: Final = frozenset({"placeOrder", "startCard", "recordTaxRemittance"})


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A type that has ids: which thing of the first house has one, and who sees it by its id."""

    type: str
    ref: str
    may: frozenset[Actor] = field(default=EVERYBODY)


GRANTEE: Final = frozenset({Actor.GRANTEE})
LISTING_READERS: Final = holding(P.VIEW_LISTINGS)
ORDER_READERS: Final = holding(P.VIEW_ORDERS) | BUYER

THINGS: Final = [
    Thing(type="Vendor", ref="vendor"),
    Thing(type="Category", ref="category"),
    Thing(type="Attribute", ref="attribute"),
    Thing(type="Collection", ref="collection"),
    Thing(type="Variant", ref="live_variant"),
    Thing(type="Variant", ref="draft_variant", may=NOBODY),
    Thing(type="Product", ref="draft_product", may=NOBODY),
    Thing(type="ProductImage", ref="draft_image", may=LISTING_READERS | GRANTEE),
    Thing(type="Listing", ref="listing", may=LISTING_READERS | GRANTEE),
    Thing(type="Listing", ref="proposed", may=LISTING_READERS),
    Thing(type="ProductChange", ref="product_change", may=LISTING_READERS),
    Thing(type="ListingVariant", ref="listing_variant", may=LISTING_READERS | GRANTEE),
    Thing(type="ListingImport", ref="listing_import", may=LISTING_READERS),
    Thing(type="VendorAccount", ref="account", may=MEMBERS),
    Thing(type="VendorAccount", ref="applicant", may=PEOPLE),
    Thing(type="AuditEntry", ref="audit_entry", may=holding(P.MANAGE_MEMBERS) | STAFF),
    Thing(type="VendorApiKey", ref="api_key", may=holding(P.MANAGE_API_KEYS)),
    Thing(type="VendorAppeal", ref="appeal", may=PEOPLE | STAFF),
    Thing(type="VendorInvitation", ref="invitation", may=holding(P.MANAGE_MEMBERS)),
    Thing(type="VendorMember", ref="member", may=MEMBERS),
    Thing(type="CommissionRule", ref="commission_rule", may=STAFF),
    Thing(type="Promotion", ref="promotion", may=holding(P.CHANGE_PROMOTIONS) | STAFF),
    Thing(type="ShippingMethod", ref="shipping_method", may=MEMBERS),
    Thing(type="ShippingProfile", ref="shipping_profile", may=MEMBERS),
    Thing(type="ShippingZone", ref="shipping_zone", may=MEMBERS),
    Thing(type="Session", ref="session", may=BUYER),
    Thing(type="User", ref="user", may=BUYER),
    Thing(type="Address", ref="address", may=BUYER),
    Thing(type="PaymentMethod", ref="card", may=BUYER),
    Thing(type="Cart", ref="cart", may=BUYER),
    Thing(type="CartLine", ref="cart_line", may=BUYER),
    Thing(type="Order", ref="order", may=BUYER),
    Thing(type="Payment", ref="payment", may=BUYER),
    Thing(type="VendorOrder", ref="vendor_order", may=ORDER_READERS),
    Thing(type="OrderLine", ref="order_line", may=ORDER_READERS),
    Thing(type="Fulfillment", ref="fulfillment", may=ORDER_READERS),
    Thing(type="Refund", ref="refund", may=ORDER_READERS),
    Thing(type="Return", ref="requested_return", may=ORDER_READERS),
    Thing(type="OrderCase", ref="case", may=ORDER_READERS),
    Thing(type="CaseMessage", ref="case_message", may=ORDER_READERS),
    Thing(type="Review", ref="review"),
    Thing(type="Review", ref="hidden_review", may=BUYER | STAFF),
    Thing(type="ReviewPhoto", ref="review_photo"),
    Thing(type="Wishlist", ref="wishlist", may=BUYER),
    Thing(type="WishlistItem", ref="wishlist_item", may=BUYER),
    Thing(type="ProductAlert", ref="product_alert", may=BUYER),
    Thing(type="LedgerEntry", ref="ledger_entry", may=holding(P.VIEW_FINANCES) | STAFF),
    Thing(type="PayoutAccount", ref="payout_account", may=holding(P.VIEW_FINANCES) | STAFF),
    Thing(type="Payout", ref="payout", may=holding(P.VIEW_FINANCES) | STAFF),
    Thing(type="PayoutHold", ref="payout_hold", may=holding(P.VIEW_FINANCES) | STAFF),
    Thing(type="Statement", ref="statement", may=holding(P.VIEW_FINANCES) | STAFF),
    *(Thing(type=name, ref=ref, may=MAY_READ) for name, ref in SENT_TYPES.items()),
    Thing(type="VendorDispute", ref="dispute_share", may=holding(P.REFUND_ORDERS) | STAFF),
    Thing(type="Dispute", ref="dispute", may=STAFF),
    Thing(type="OrderReview", ref="order_review", may=STAFF),
    Thing(type="LedgerTransaction", ref="ledger_transaction", may=STAFF),
    Thing(type="Reconciliation", ref="reconciliation", may=STAFF),
    Thing(type="Discrepancy", ref="discrepancy", may=STAFF),
    Thing(type="StrayRefund", ref="stray_refund", may=STAFF),
]


@dataclass(frozen=True, kw_only=True)
class Door:
    """A root of reading that names a thing: what it is given, and who gets an answer."""

    path: str
    ref: str
    may: frozenset[Actor] = field(default=EVERYBODY)

    @property
    def document(self) -> str:
        """Asks for everything behind it."""
        return root(
            self.path, argument={"Query.order": "number", "Query.wishlist": "token"}.get(self.path, "slug")
        )


DOORS: Final = [
    Door(path="Query.product", ref="live_slug"),
    Door(path="Query.product", ref="listing_slug", may=NOBODY),
    Door(path="Query.category", ref="category_slug"),
    Door(path="Query.collection", ref="collection_slug"),
    Door(path="Query.vendor", ref="slug"),
    Door(path="Query.vendor", ref="applicant_slug", may=NOBODY),
    Door(path="Query.order", ref="number", may=BUYER),
    Door(path="Query.wishlist", ref="share_token"),
    Door(path="Viewer.vendor", ref="slug", may=MEMBERS),
]
