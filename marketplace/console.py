"""Root: how the console looks, and where its tabs lead (django-unfold's settings)."""

from typing import Any, Final

_VENDORS: Final = "/admin/vendors/vendor/"
QUEUES: Final = ("applications", "approved", "suspended", "rejected", "appeals", "all")

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Marketplace",
    "SITE_HEADER": "Marketplace",
    "SITE_SUBHEADER": "Console",
    "SITE_SYMBOL": "storefront",
    "SHOW_HISTORY": False,
    "SHOW_BACK_BUTTON": True,
    "SIDEBAR": {"show_search": True, "show_all_applications": False},
    "TABS": [
        {
            "models": ["vendors.vendor"],
            "items": [{"title": queue.capitalize(), "link": f"{_VENDORS}?queue={queue}"} for queue in QUEUES],
        }
    ],
}
