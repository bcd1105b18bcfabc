"""What the houses' buyers say and wish for."""

from catalog.models import Variant
from marketplace.api.scalars import decode_id, encode_id
from marketplace.community.models import ProductAlert, Review, ReviewPhoto, Wishlist, WishlistItem
from marketplace.community.operations.wishlists import share_wishlist
from tests.factories.community import delivered, reviewed
from tests.tenancy.houses import House


def speak_up(house: House) -> None:
    """The buyer has said something of two purchases, and something that is not shown; more has arrived."""
    variant = Variant.objects.get(pk=decode_id(house.ids["live_variant"])[1])
    hidden = reviewed(variant, user=house.buyer, text=f"Hidden words of {house.ids['slug']}.")
    Review.objects.filter(pk=hidden.pk).update(status="rejected", fault="other")
    review = reviewed(variant, user=house.buyer)
    photo = ReviewPhoto.objects.create(review=review, digest="1", file="reviews/a.webp", width=1, height=1)
    wishlist = Wishlist.objects.create(user=house.buyer, name=f"Wishes of {house.ids['slug']}")
    shared = Wishlist.objects.create(user=house.buyer, name="Shared", is_default=True)
    shared = share_wishlist(wishlist=shared)
    facts = {"product": variant.product, "price_minor": 1, "currency": variant.currency}
    item = WishlistItem.objects.create(wishlist=wishlist, title=variant.product.title, **facts)
    alert = ProductAlert.objects.create(user=house.buyer, **facts)
    house.words["said"] |= {hidden.text}
    house.words["buyer"] |= {wishlist.name}
    house.ids.update(
        wishlist=encode_id("Wishlist", wishlist.pk),
        share_token=str(shared.share_token),
        wishlist_item=encode_id("WishlistItem", item.pk),
        product_alert=encode_id("ProductAlert", alert.pk),
        live_product=encode_id("Product", variant.product_id),
        review=encode_id("Review", review.pk),
        hidden_review=encode_id("Review", hidden.pk),
        review_photo=encode_id("ReviewPhoto", photo.pk),
        arrived_line=encode_id("OrderLine", delivered(variant, user=house.buyer).pk),
    )
