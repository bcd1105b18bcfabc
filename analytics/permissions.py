"""What the platform's staff may read of all sales: a permission of its roles (marketplace/staff.py)."""

from typing import Final

VIEW_SALES: Final = "analytics.view_salesentry"
