"""A vendor with everything a vendor can have, and its buyer, made as people make them: over the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db.models import Model

from catalog.models import ProductChange, ProductStatus, Variant
from checkout.models import (
    Cart,
    CartStatus,
    CaseTopic,
    Order,
    OrderReviewCause,
    Payment,
    RateKind,
    RefundReason,
    ReturnReason,
    ReturnWish,
    ShippingProfile,
    ShippingRate,
    ShippingZone,
    VendorOrder,
)
from checkout.operations.cases import open_case
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.returns import Wanted, answer_return, receive_return, request_return
from checkout.operations.reviews import hold
from checkout.risk import Found
from marketplace.accounts.factors import give_totp
from marketplace.accounts.models import Address, CardSetup, User, UserSession
from marketplace.api.scalars import decode_id, encode_id
from marketplace.kernel import audit
from marketplace.kernel.money import Money
from payouts.models import (
    LedgerEntry,
    Statement,
)
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.catalog import illustrated, listed
from tests.factories.checkout import ShippingMethodFactory
from tests.factories.promotions import CouponFactory, PromotionFactory
from tests.factories.rules import rule_of
from tests.factories.sold import sold
from tests.factories.vendors import VendorFactory, illustrated_vendor, member_of
from tests.support.accounts import paid_out
from tests.support.checkout import ADA, confirm, mutate, pay_with, place
from tests.support.disputed import disputed
from tests.support.graphql import GraphQL
from tests.support.payable import held_of
from tests.support.payments import kept_card
from tests.tenancy.brought import brought
from tests.tenancy.differing import differing, given_back, refunded_there
from tests.tenancy.on_its_way import on_its_way
from vendors.models import Vendor, VendorMember, VendorReason, VendorStatus
from vendors.operations import invitations, life, members, onboarding
from vendors.permissions import VendorRole

CIRCLES: Final = (
    "vendor",
    "decision",
    "keys",
    "staff",
    "listing",
    "promotion",
    "order",
    "part",
    "buyer",
    "said",
    "person",
    "finance",
    "platform",
)


@dataclass(frozen=True)
class House:
    """One vendor, its people, its buyer, and what is theirs.

    Attributes:
        ids: the id, slug or number of each kind of thing there is, by its name.
        words: what a circle alone may read: its vendor's people, who sees listings or orders, or the buyer.
    """

    people: Mapping[VendorRole, User]
    buyer: User
    ids: dict[str, str]
    words: dict[str, set[str]]


def furnished(*names: str) -> tuple[House, House]:
    """Two houses; the buyer of each has bought there, of both at once, and is about to buy again."""
    first, second = (_vendor(name) for name in names)
    _buy(first, first, second)
    _buy(second, second, first)
    return first, second


def _vendor(name: str) -> House:
    vendor = VendorFactory.create(name=f"House {name}", slug=name, email=f"office@{name}.example")
    people = {role: member_of(vendor, role) for role in VendorRole}
    give_totp(people[VendorRole.OWNER], "JBSWY3DPEHPK3PXP")
    buyer = UserFactory.create(email=f"buyer@{name}.example", name=f"Buyer of {name}")
    house = House(people=people, buyer=buyer, ids={}, words={circle: set() for circle in CIRCLES})
    house.words["vendor"] |= {vendor.email, *(user.email for user in people.values())}
    house.ids.update(
        account=_id("VendorAccount", vendor),
        vendor=_id("Vendor", vendor),
        slug=vendor.slug,
        member=_id("VendorMember", VendorMember.objects.get(vendor=vendor, role=VendorRole.SUPPORT)),
        shipping_option=_id("ShippingOption", ShippingMethodFactory.create(vendor=vendor)),
    )
    onboarding.accept_terms(vendor=vendor, version=1, user=people[VendorRole.OWNER])
    illustrated_vendor(vendor)
    _found_others(house)
    _invite(house, vendor)
    _list(house, vendor)
    _promote(house, vendor)
    _rule(house, vendor)
    _ship(house, vendor)
    _be_paid(house, vendor)
    _be_looked_at(house)
    return house


def _found_others(house: House) -> None:
    """More vendors of the same people, one in each state that the platform decides about."""
    admin = UserFactory.create(is_staff=True)
    entrant, applicant = (
        _other(house, status) for status in (VendorStatus.APPLIED, VendorStatus.UNDER_REVIEW)
    )
    suspended, appealed = (_other(house, VendorStatus.APPROVED) for _ in range(2))
    for vendor in (entrant, applicant):
        onboarding.waive_missing(vendor=vendor, actor=admin, note="known from elsewhere")
    for vendor in (suspended, appealed):
        life.suspend(vendor=vendor, actor=admin, reason=VendorReason.FRAUD)
    message = f"This is all wrong, says {house.ids['slug']}."
    appeal = life.appeal(vendor=appealed, author=house.people[VendorRole.OWNER], message=message)
    house.words["decision"].add(message)
    house.ids.update(
        entrant=_id("VendorAccount", entrant),
        applicant=_id("VendorAccount", applicant),
        applicant_slug=applicant.slug,
        suspended=_id("VendorAccount", suspended),
        appeal=_id("VendorAppeal", appeal),
    )


def _other(house: House, status: VendorStatus) -> Vendor:
    vendor = VendorFactory.create(status=status)
    for role, user in house.people.items():
        members.add_member(vendor=vendor, user=user, role=role, actor=user)
    return vendor


def _invite(house: House, vendor: Vendor) -> None:
    email, owner = f"invited@{vendor.slug}.example", house.people[VendorRole.OWNER]
    invitation = invitations.invite(vendor=vendor, email=email, role=VendorRole.SUPPORT, actor=owner)
    house.words["staff"].add(email)
    house.ids["invitation"] = _id("VendorInvitation", invitation)
    house.ids["audit_entry"] = _id("AuditEntry", audit.log_of(f"vendor:{vendor.pk}")[0])


def _list(house: House, vendor: Vendor) -> None:
    live, draft, proposed = (
        listed(
            vendor=vendor,
            status=status,
            title=f"A {status} {vendor.slug}",
            sku=f"{status}-{vendor.slug}-1",
            on_hand=20,
        )
        for status in (ProductStatus.PUBLISHED, ProductStatus.DRAFT, ProductStatus.PROPOSED)
    )
    variant, new = draft.variants.get(), f"New of {vendor.slug}"
    house.words["listing"] |= {draft.title, proposed.title, variant.sku, new}
    house.ids.update(
        listing=_id("Listing", draft),
        listing_slug=draft.slug,
        listing_variant=_id("ListingVariant", variant),
        proposed=_id("Listing", proposed),
        live=_id("Listing", live),
        live_variant=_id("Variant", live.variants.get()),
        live_listing_variant=_id("ListingVariant", live.variants.get()),
        draft_product=_id("Product", draft),
        draft_variant=_id("Variant", variant),
        draft_image=_id("ProductImage", illustrated(draft)[0]),
        category=_id("Category", draft.category),
        category_slug=draft.category.slug,
        live_slug=live.slug,
        product_change=_id("ProductChange", ProductChange.objects.create(product=live, title=new)),
        listing_import=brought(vendor, house.words["listing"]),
    )


def _promote(house: House, vendor: Vendor) -> None:
    """A promotion by a code of the vendor's own, and one of the platform that vendors may join."""
    own = PromotionFactory.create(vendor=vendor, title=f"Sale of {vendor.slug}", is_automatic=False)
    code = CouponFactory.create(promotion=own, code=f"{vendor.slug}-secret".upper())
    shared = PromotionFactory.create(platform_share_bps=5000, is_automatic=False)
    house.words["promotion"] |= {own.title, code.code}
    house.ids.update(promotion=_id("Promotion", own), shared_promotion=_id("Promotion", shared))


def _rule(house: House, vendor: Vendor) -> None:
    """What the platform has agreed on with the vendor, and keeps of its sales."""
    rule = rule_of(vendor, name=f"Deal of {vendor.slug}", rate_bps=1000)
    house.words["finance"].add(rule.name)
    house.ids.update(commission_rule=_id("CommissionRule", rule))


def _ship(house: House, vendor: Vendor) -> None:
    """A profile by which nothing ships yet, with a zone, and a way that has a rate there."""
    profile = ShippingProfile.objects.create(vendor=vendor, name=f"Profile of {vendor.slug}")
    zone = ShippingZone.objects.create(profile=profile, name=f"Zone of {vendor.slug}", countries=["AQ"])
    method = vendor.shipping_methods.get()
    ShippingRate.objects.create(zone=zone, method=method, kind=RateKind.FLAT, price_minor=100)
    house.words["vendor"] |= {profile.name, zone.name}
    house.ids.update(
        shipping_method=_id("ShippingMethod", method),
        shipping_profile=_id("ShippingProfile", profile),
        shipping_zone=_id("ShippingZone", zone),
    )


def _be_paid(house: House, vendor: Vendor) -> None:
    """An account with the provider, and money that went from there to the vendor's bank."""
    payout, hold = paid_out(vendor), held_of(vendor, f"Held of {vendor.slug}")
    house.words["finance"] |= {payout.ref, payout.account.ref, hold.reason}
    house.ids.update(
        payout_account=_id("PayoutAccount", payout.account),
        payout=_id("Payout", payout),
        payout_hold=_id("PayoutHold", hold),
    )
    month = Statement.objects.create(
        vendor=vendor,
        currency=vendor.currency,
        timezone="UTC",
        starts_on=date(2020, 1, 1),
        end_on=date(2020, 2, 1),
        starts_at=datetime(2020, 1, 1, tzinfo=UTC),
        ends_at=datetime(2020, 2, 1, tzinfo=UTC),
        opening_minor=0,
        closing_minor=0,
        held_minor=0,
    )
    house.ids.update(statement=_id("Statement", month))


def _be_looked_at(house: House) -> None:
    """An order that the platform's people look at before it is sent."""
    order = sold(Variant.objects.get(pk=decode_id(house.ids["live_variant"])[1]))
    word = f"cap of {order.number}"
    finding = Found(cause=OrderReviewCause.FIRST_ORDER_CAP, reference=word, facts={"cap": word})
    review = hold(order.pk, [finding])
    assert review is not None
    house.ids["order_review"] = _id("OrderReview", review)
    house.words["platform"].add(word)


def _buy(house: House, *shops: House) -> None:
    """An order of this shop, one of both, one that waits for its payment, and a cart."""
    client = GraphQL()
    credentials = {"email": house.buyer.email, "password": PASSWORD}
    assert mutate(client, "logIn", "__typename", **credentials)["__typename"] == "LogInSuccess"
    line1 = f"{house.ids['slug']} street 1"
    for sellers, street in ((shops[:1], line1), (shops, "Both see this street 2")):
        placed = _order(client, sellers, street)
        assert pay_with(client, placed) == 200
        assert confirm(client, placed)["order"]["status"] == "PAID"
    _name_orders(house, shops[1])
    lived = _order(client, shops[:1], line1, quantity=4)
    assert pay_with(client, lived) == 200
    assert confirm(client, lived)["order"]["status"] == "PAID"
    _live_through(house, VendorOrder.objects.latest("pk"))
    waiting = _order(client, shops[:1], line1)
    order = waiting["order"]
    house.words["buyer"] |= {order["number"], order["payment"]["clientSecret"], waiting["token"]}
    cart = Cart.objects.get(user=house.buyer, status=CartStatus.ACTIVE)
    house.ids.update(
        user=_id("User", house.buyer),
        waiting_number=order["number"],
        session=_id("Session", UserSession.objects.filter(user=house.buyer).latest("pk")),
        cart=_id("Cart", cart),
        cart_line=_id("CartLine", cart.lines.get()),
        address=_id("Address", Address.objects.filter(billing_profile__user=house.buyer).latest("pk")),
    )
    card = kept_card(house.buyer)
    house.ids.update(
        card=_id("PaymentMethod", card), card_setup=_id("CardSetup", CardSetup.objects.latest("pk"))
    )
    house.words["buyer"] |= {card.ref}
    house.words["person"] |= {house.buyer.email}
    house.words["order"] |= {line1}


def _order(client: GraphQL, sellers: tuple[House, ...], line1: str, *, quantity: int = 1) -> Any:
    done = "... on CartSuccess { cart { itemCount } }"
    for seller in sellers:
        asked = [{"name": "Engraving", "value": line1}]
        variant = seller.ids["live_variant"]
        mutate(client, "addToCart", done, variant=variant, quantity=quantity, characteristics=asked)
    mutate(client, "setCheckoutContact", done)
    mutate(client, "setCheckoutAddresses", done, shippingAddress={"details": ADA | {"line1": line1}})
    return place(client)


def _name_orders(house: House, other: House) -> None:
    """Take down the newest two orders: of this house alone, and of both."""
    mixed, own = Order.objects.order_by("-pk")[:2]
    part = own.vendor_orders.get()
    payment = Payment.objects.get(order=own)
    entry = LedgerEntry.objects.filter(vendor_order=part).latest("pk")
    differs = differing(own, payment)
    house.ids.update(
        order=_id("Order", own),
        number=own.number,
        vendor_order=_id("VendorOrder", part),
        order_line=_id("OrderLine", part.lines.get()),
        payment=_id("Payment", payment),
        ledger_entry=_id("LedgerEntry", entry),
        ledger_transaction=_id("LedgerTransaction", entry.transaction),
        discrepancy=_id("Discrepancy", differs),
        unbooked=_id("Discrepancy", refunded_there(differs, payment)),
        stray_refund=_id("StrayRefund", given_back(differs, house.buyer)),
        reconciliation=_id("Reconciliation", differs.reconciliation),
    )
    house.words["buyer"] |= {payment.provider_ref}
    ids, reason = on_its_way(part, entry, house.buyer)
    house.ids.update(ids)
    house.words["finance"] |= {reason}
    # Of both vendors: each sees what is about its own part.
    disputed_parts = disputed(mixed).shares
    share = disputed_parts.get(vendor_order__vendor__slug=house.ids["slug"])
    house.ids.update(dispute=_id("Dispute", share.dispute), dispute_share=_id("VendorDispute", share))
    house.words["order"] |= {part.number}
    for seller in (house, other):
        theirs = mixed.vendor_orders.get(vendor__slug=seller.ids["slug"])
        seller.words["part"].add(theirs.number)
        # What the other vendor sold in one order with this one.
        seller.ids.setdefault("mixed_part", _id("VendorOrder", theirs))


def _live_through(house: House, part: VendorOrder) -> None:
    """What can happen to a part: it is sent, comes back, is refunded in part, and its buyer complains."""
    owner, said = house.people[VendorRole.OWNER], f"Said about {part.number}"
    parcel = fulfill_vendor_order(part=part, actor=owner, carrier="Courier", tracking_number="A-123")
    wanted = {part.lines.get().pk: Wanted(units=1, reason=ReturnReason.OTHER, note=said)}
    requested, approved, received = (
        request_return(part=part, wanted=wanted, wish=ReturnWish.REFUND, actor=house.buyer) for _ in range(3)
    )
    for each in (approved, received):
        answer_return(asked=each, is_approved=True, answer=said, actor=owner)
    receive_return(asked=received, actor=owner, is_restocked=True)
    case = open_case(part=part, actor=house.buyer, topic=CaseTopic.OTHER, text=said)
    asked = Asked(amount=Money(100, part.currency))
    refund = refund_vendor_order(part=part, asked=asked, reason=RefundReason.GOODWILL, actor=owner)
    house.words["order"] |= {part.number, said}
    house.ids.update(
        sent_part=_id("VendorOrder", part),
        sent_line=_id("OrderLine", part.lines.get()),
        fulfillment=_id("Fulfillment", parcel),
        requested_return=_id("Return", requested),
        approved_return=_id("Return", approved),
        received_return=_id("Return", received),
        refund=_id("Refund", refund),
        case=_id("OrderCase", case),
        case_message=_id("CaseMessage", case.messages.get()),
    )


def _id(type_name: str, row: Model) -> str:
    return encode_id(type_name, row.pk)
