"""What buyers say and wish for: reviews and what they come to, wishlists, and what is waited for."""

from marketplace.community.models.alerts import ProductAlert as ProductAlert
from marketplace.community.models.ratings import ProductStars as ProductStars
from marketplace.community.models.ratings import RatingPrior as RatingPrior
from marketplace.community.models.ratings import VendorRating as VendorRating
from marketplace.community.models.reviews import REVIEW_MOVES as REVIEW_MOVES
from marketplace.community.models.reviews import STARS as STARS
from marketplace.community.models.reviews import Review as Review
from marketplace.community.models.reviews import ReviewFault as ReviewFault
from marketplace.community.models.reviews import ReviewPhoto as ReviewPhoto
from marketplace.community.models.reviews import ReviewReply as ReviewReply
from marketplace.community.models.reviews import ReviewReport as ReviewReport
from marketplace.community.models.reviews import ReviewStatus as ReviewStatus
from marketplace.community.models.reviews import ReviewVote as ReviewVote
from marketplace.community.models.wishlists import Wishlist as Wishlist
from marketplace.community.models.wishlists import WishlistItem as WishlistItem
