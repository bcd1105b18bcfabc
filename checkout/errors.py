"""What the checkout refuses; what is sold out is refused by the catalogue (OutOfStock).

Refusal
  NotForSale              what stands in the cart cannot be bought at the moment
  CartFull                more lines than a cart holds
  CheckoutIncomplete      a step of the checkout is missing
"""

from dataclasses import dataclass

from marketplace.kernel.errors import Refusal


@dataclass(eq=False, kw_only=True)
class NotForSale(Refusal):
    """What stands in the cart is not for sale at the moment."""

    text = "{title} is not for sale at the moment."
    title: str
    field: str | None = None


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
