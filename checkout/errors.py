"""What the checkout refuses; what is sold out is refused by the catalogue (OutOfStock).

Refusal
  NotForSale              what stands in the cart cannot be bought at the moment
  NotShippedThere         a vendor does not ship to the address
  CartFull                more lines than a cart holds
  CheckoutIncomplete      a step of the checkout is missing
  PriceChanged            it costs more than the buyer was told
  PaymentUnderWay         the payment of the order is being made and cannot be stopped
  PaymentDeclined         the bank did not pay
  PaymentRefused          the provider does not take such a payment
  PaymentQuarantined      the provider's payment is not the one we asked for
  CouponUnknown           there is no such code for this cart
  CouponExpired           the code was good
  CouponUsedUp            the code was used as often as it may be, in all or by this buyer
  CouponNotMet            the cart is not what the code is for
  CouponTaken             the code stands for another promotion
  SelfDealing             the buyer works for the vendor
  TooManyUnits            fewer units are left for what is asked
  RefundExceedsPaid       less can go back than is asked
  PaymentDisputed         the buyer wants the money back by the bank
  OrderUnderReview        the platform looks at the order before anything is sent
  ReturnWindowClosed      it is too late to send it back
  NotExchangeable         another variant costs more or less, or is another product
  ShippingProfileInUse    products ship by the profile
  ShippingZonesOverlap    two zones of a profile are equally close around the same place
"""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kernel.errors import Refusal
from marketplace.kernel.money import Money


@dataclass(eq=False, kw_only=True)
class NotForSale(Refusal):
    """What stands in the cart is not for sale at the moment."""

    text = "{title} is not for sale at the moment."
    title: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class NotShippedThere(Refusal):
    """A vendor of the cart ships to other places only: another address may do."""

    text = "{vendor} does not ship to this address."
    vendor: str
    field: str | None = "shippingAddress"


@dataclass(eq=False, kw_only=True)
class CartFull(Refusal):
    """The cart holds as many lines as it may."""

    text = "A cart holds {limit} lines at most."
    limit: int
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class CheckoutIncomplete(Refusal):
    """The checkout lacks a step that comes before this one."""

    text = "The checkout still needs {missing}."
    missing: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class PriceChanged(Refusal):
    """It costs more than was expected: send the new total to agree to it."""

    text = "It costs {total} now."
    total: Money
    field: str | None = "expectedTotal"


@dataclass(eq=False, kw_only=True)
class PaymentUnderWay(Refusal):
    """The payment of the order is being made, and cannot be stopped any more; its end decides."""

    text = "The payment of the order {number} is under way."
    number: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class PaymentDeclined(Refusal):
    """The bank did not pay; the order waits for another attempt, with another card perhaps."""

    text = "The payment was declined: {decline_code}."
    decline_code: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class PaymentRefused(Refusal):
    """The payment provider does not take such a payment; nothing was ordered."""

    text = "The payment cannot be taken: {code_of_provider}."
    code_of_provider: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class PaymentQuarantined(Refusal):
    """The payment is not the one that was asked for; people will look at it."""

    text = "The payment {ref} does not match its order."
    ref: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class CouponUnknown(Refusal):
    """There is no such code, or none for what is in the cart: the two look alike."""

    text = "There is no such code for this cart."
    field: str | None = "code"


@dataclass(eq=False, kw_only=True)
class CouponExpired(Refusal):
    """The code is not good any more."""

    text = "{coupon} is over."
    coupon: str
    field: str | None = "code"


@dataclass(eq=False, kw_only=True)
class CouponUsedUp(Refusal):
    """The code was used as often as it may be, in all or by this buyer."""

    text = "{why}"
    coupon: str
    why: str
    field: str | None = "code"


@dataclass(eq=False, kw_only=True)
class CouponNotMet(Refusal):
    """The code takes nothing off this cart; `missing` says how much more would do, where that is why."""

    text = "{why}"
    coupon: str
    why: str
    missing: Money
    field: str | None = "code"


@dataclass(eq=False, kw_only=True)
class CouponTaken(Refusal):
    """The code stands for another promotion, now or before: choose another one."""

    text = "{coupon} is taken."
    coupon: str
    field: str | None = "codes"


@dataclass(eq=False, kw_only=True)
class SelfDealing(Refusal):
    """Who works for a vendor does not buy of it, under whatever name."""

    text = "{title} is sold by a vendor you work for."
    title: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class TooManyUnits(Refusal):
    """Fewer units of the line are left for this; the others are shipped, cancelled or back."""

    text = "{asked} of {title} were asked for, and {left} are left."
    title: str
    asked: int
    left: int
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class PaymentDisputed(Refusal):
    """The buyer disputes the payment at the bank: until that ends nothing else goes back."""

    text = "The buyer disputes this payment at the bank: nothing else goes back until that has ended."
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class OrderUnderReview(Refusal):
    """The platform looks at the order: nothing of it is sent until that is decided. It can be cancelled."""

    text = "The platform looks at this order: nothing of it is sent until that is decided."
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class RefundExceedsPaid(Refusal):
    """So much cannot go back any more; `left` says how much can."""

    text = "{left} can still go back."
    left: Money
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class RefundSharesMismatch(Refusal):
    """The shares do not come to what went back."""

    text = "The shares come to {shared}, and {refunded} went back."
    refunded: Money
    shared: Money
    field: str | None = "shares"


@dataclass(eq=False, kw_only=True)
class ReturnWindowClosed(Refusal):
    """It is too late to send it back; `closedAt` says since when."""

    text = "It could be sent back until {closed_at:%Y-%m-%d}."
    closed_at: datetime
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class NotExchangeable(Refusal):
    """It can be exchanged for the same, or for another variant of the product at the same price."""

    text = "{title} cannot be had in exchange for this."
    title: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class ShippingProfileInUse(Refusal):
    """Products ship by the profile: let them ship by another one first; make another the default one."""

    text = "{products} products ship by {profile}."
    profile: str
    products: int
    field: str | None = "profile"


@dataclass(eq=False, kw_only=True)
class ShippingZonesOverlap(Refusal):
    """Another zone of the profile is as close around a place of this one: none would go before the other."""

    text = "{zone} is around the same place, and as closely."
    zone: str
    field: str | None = "countries"


@dataclass(eq=False, kw_only=True)
class TooManyPhotos(Refusal):
    """A return shows as many photos as it may."""

    text = "A return shows {limit} photos at most."
    limit: int
