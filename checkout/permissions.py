"""What the platform's staff may do about orders: permissions of its roles (marketplace/staff.py)."""

from typing import Final

VIEW_PROMOTIONS: Final = "checkout.view_promotion"
CHANGE_PROMOTIONS: Final = "checkout.change_promotion"
VIEW_REVIEWS: Final = "checkout.view_orderreview"
DECIDE_REVIEWS: Final = "checkout.decide_orderreview"
RETRY_REFUNDS: Final = "checkout.retry_refund"
