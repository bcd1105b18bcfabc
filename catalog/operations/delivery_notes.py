"""What a vendor tells who has bought something that needs no shipping."""

from typing import Final

from catalog.models import Variant
from marketplace.kernel.texts import prose

LONGEST_DELIVERY_NOTE: Final = 4000


def set_delivery_note(*, variant: Variant, note: str) -> Variant:
    """Say where a digital variant is had and how it is opened; buyers of orders to come read it once paid.

    One statement, which locks the variant. Raises InvalidInput.
    """
    variant.delivery_note = prose(note, field="note", longest=LONGEST_DELIVERY_NOTE)
    variant.save(update_fields=["delivery_note", "updated_at"])
    return variant
