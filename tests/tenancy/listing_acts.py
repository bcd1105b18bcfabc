"""What is done to many variants or whole listings at once, and to what they are asked: rows as in rows.py."""

from typing import Final

from tests.tenancy.acts import Act, P, Ref, by_members, by_staff, on_a_listing
from tests.tenancy.world import MEMBERS

LISTING_ACTS: Final[list[Act]] = [
    on_a_listing(
        "saveVariants",
        P.CHANGE_LISTINGS,
        listing=Ref("listing"),
        variants=[{"sku": "another-sku", "price": "9.00"}],
    ),
    on_a_listing(
        "createVariants",
        P.CHANGE_LISTINGS,
        listing=Ref("listing"),
        axes=[{"name": "Size", "values": ["S", "M"]}],
        price="9.00",
    ),
    by_members(
        "updateVariants",
        P.CHANGE_LISTINGS,
        MEMBERS,
        vendor=Ref("account"),
        variants=[{"variant": Ref("listing_variant"), "price": "9.00"}],
        idempotencyKey="the-same-for-all",
    ),
    by_members(
        "duplicateProduct",
        P.CHANGE_LISTINGS,
        MEMBERS,
        listing=Ref("proposed"),
        idempotencyKey="the-same-for-all",
    ),
    by_staff(
        "saveAttribute",
        attribute=Ref("attribute"),
        name="Material",
        kind="SINGLE",
        choices=[{"name": "Clay"}],
        idempotencyKey="the-same-for-all",
    ),
    by_staff("saveCategoryAttribute", category=Ref("category"), attribute=Ref("attribute")),
    by_staff("deleteCategoryAttribute", category=Ref("category"), attribute=Ref("attribute")),
    by_staff("approveProductChange", change=Ref("product_change"), version=1),
    by_staff("declineProductChange", change=Ref("product_change"), version=1, reason="TITLE"),
]
