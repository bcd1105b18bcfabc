"""What the platform's staff may do about reviews: permissions of its roles (marketplace/staff.py)."""

from typing import Final

VIEW_REVIEWS: Final = "community.view_review"
MODERATE_REVIEWS: Final = "community.moderate_review"
