"""What the platform's staff may do about orders: permissions of its roles (marketplace/staff.py)."""

from typing import Final

VIEW_PROMOTIONS: Final = "checkout.view_promotion"
CHANGE_PROMOTIONS: Final = "checkout.change_promotion"
RETRY_REFUNDS: Final = "checkout.retry_refund"
