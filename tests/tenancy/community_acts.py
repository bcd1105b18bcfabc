"""The matrix's rows of what buyers say and wish for."""

from typing import Final

from tests.factories.catalog import picture
from tests.tenancy.acts import BUYER, Act, P, Ref, by_members, by_staff
from tests.tenancy.world import MEMBERS

COMMUNITY_ACTS: Final = [
    # Buyers on what they bought, and wrote of it.
    Act(name="reviewProduct", input={"line": Ref("arrived_line"), "stars": 4}, may=BUYER),
    Act(name="updateReview", input={"review": Ref("review"), "stars": 1}, may=BUYER),
    Act(name="addReviewPhoto", input={"review": Ref("review"), "photo": picture()}, may=BUYER),
    Act(name="removeReviewPhoto", input={"photo": Ref("review_photo")}, may=BUYER),
    # Buyers on what they wish for.
    Act(
        name="addToWishlist",
        input={"product": Ref("live_product"), "wishlist": Ref("wishlist")},
        may=BUYER,
    ),
    Act(name="removeFromWishlist", input={"item": Ref("wishlist_item")}, may=BUYER),
    Act(name="moveToCart", input={"item": Ref("wishlist_item")}, may=BUYER),
    Act(name="saveWishlist", input={"wishlist": Ref("wishlist"), "name": "Another"}, may=BUYER),
    Act(name="deleteWishlist", input={"wishlist": Ref("wishlist")}, may=BUYER),
    Act(name="shareWishlist", input={"wishlist": Ref("wishlist")}, may=BUYER),
    Act(name="revokeWishlistLink", input={"wishlist": Ref("wishlist")}, may=BUYER),
    Act(name="setWishlistAlerts", input={"wishlist": Ref("wishlist"), "isWatched": True}, may=BUYER),
    Act(name="unsubscribeFromProduct", input={"alert": Ref("product_alert")}, may=BUYER),
    # The vendor on what everybody reads, and the platform.
    by_members("replyToReview", P.ANSWER_BUYERS, MEMBERS, review=Ref("review"), text="Thank you."),
    by_staff("approveReview", review=Ref("review")),
    by_staff("rejectReview", review=Ref("review"), fault="OTHER"),
]
