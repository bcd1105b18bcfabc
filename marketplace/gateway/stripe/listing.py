"""Lists of Stripe's, whole."""

from typing import Any

from stripe import ListObject


def listed(found: ListObject[Any]) -> list[dict[str, Any]]:
    """All that is listed, page after page, the oldest first. Asks Stripe for each further page."""
    told = [each.to_dict() for each in found.auto_paging_iter()]
    told.reverse()
    return told
