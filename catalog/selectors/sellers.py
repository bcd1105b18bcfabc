"""Listings as those who sell and those who review see them, and where authority on a listing is decided.

What a user may not see answers exactly like what does not exist.
"""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import (
    AGREED,
    ChangeStatus,
    Product,
    ProductChange,
    ProductImage,
    ProductQuerySet,
    ProductStatus,
    ProductUserObjectPermission,
    Variant,
)
from catalog.permissions import PRODUCT_GRANTS
from marketplace.accounts.models import User
from marketplace.kernel.errors import NotFound
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission
from vendors.selectors import Visitor, permissions_on, vendors_of


def listings_for_vendor(vendor: Vendor) -> ProductQuerySet:
    """All listings of a vendor, newest first, whatever their state."""
    return Product.objects.for_vendor(vendor).order_by("-pk")


def listings_of(user: Visitor, permission: VendorPermission) -> ProductQuerySet:
    """The listings on which a user has the permission: those of its vendors, and those granted singly.

    One statement.
    """
    theirs = Q(vendor__in=vendors_of(user, permission))
    granted = Q(pk__in=_granted(user, permission).values("content_object"))
    return Product.objects.filter(theirs | granted).order_by("-pk")


def listings_awaiting_review() -> ProductQuerySet:
    """What the platform has to decide on, new listings and changes of listings, the longest waiting first.

    Each with the moment since when it waits, `waiting_since`.
    """
    pending = ProductChange.objects.filter(product=OuterRef("pk"), status=ChangeStatus.PENDING)
    since = Coalesce(Subquery(pending.values("created_at")), F("proposed_at"), F("updated_at"))
    # By their keys: each of the two sets has an index of its own, and an OR between them has none.
    proposed = Product.objects.filter(status=ProductStatus.PROPOSED).order_by().values("pk")
    changing = ProductChange.objects.filter(status=ChangeStatus.PENDING).order_by().values("product")
    waiting = Product.objects.filter(pk__in=proposed.union(changing))
    return waiting.annotate(waiting_since=since).order_by("waiting_since", "pk")


def change_of(user: Visitor, pk: int, permission: VendorPermission) -> ProductChange:
    """The change on which a user is about to do something; like `listing_of`."""
    change = ProductChange.objects.select_related("product__vendor").filter(pk=pk).first()
    if change is None:
        raise NotFound(thing="change", field="change")
    _require(user, permission, change.product, thing="change")
    return change


def permissions_for(user: Visitor, product: Product) -> frozenset[VendorPermission]:
    """All that a user may do on a product: as a member of its vendor, and by grants on the product itself.

    Two statements, three where the product came without its vendor.
    """
    codenames = _codenames(user, product)
    granted = {permission for permission, worth in PRODUCT_GRANTS.items() if worth & codenames}
    return permissions_on(user, product.vendor) | granted


def listing_of(user: Visitor, pk: int, permission: VendorPermission) -> Product:
    """The listing on which a user is about to do something, with its vendor.

    Three statements. Raises NotFound for a stranger as for a key nobody has, NotPermitted for a member whose
    role lacks the permission.
    """
    product = Product.objects.select_related("vendor").filter(pk=pk).first()
    if product is None:
        raise NotFound(thing="listing", field="listing")
    _require(user, permission, product, thing="listing")
    return product


def variant_of(user: Visitor, pk: int, permission: VendorPermission) -> Variant:
    """The variant on which a user is about to do something; like `listing_of`."""
    variant = Variant.objects.select_related("product__vendor").filter(pk=pk).first()
    if variant is None:
        raise NotFound(thing="variant", field="variant")
    _require(user, permission, variant.product, thing="variant")
    return variant


def image_of(user: Visitor, pk: int, permission: VendorPermission) -> ProductImage:
    """The picture on which a user is about to do something; like `listing_of`."""
    image = ProductImage.objects.select_related("product__vendor").filter(pk=pk).first()
    if image is None:
        raise NotFound(thing="picture", field="image")
    _require(user, permission, image.product, thing="picture", field="image")
    return image


def _require(
    user: Visitor, permission: VendorPermission, product: Product, *, thing: str, field: str | None = None
) -> None:
    held = permissions_for(user, product)
    if not held:
        raise NotFound(thing=thing, field=field or thing)
    if permission not in held:
        raise NotPermitted(permission=permission)


def _codenames(user: Visitor, product: Product) -> frozenset[str]:
    """What is granted to the user on this product alone."""
    if not isinstance(user, User) or not user.is_active:  # a key is given no single products
        return frozenset()
    grants = ProductUserObjectPermission.objects.filter(user=user, content_object=product)
    return frozenset(grants.values_list("permission__codename", flat=True))


def _granted(user: Visitor, permission: VendorPermission) -> QuerySet[ProductUserObjectPermission]:
    """The grants on single products that are worth the permission."""
    if not isinstance(user, User) or not user.is_active:  # a key is given no single products
        return ProductUserObjectPermission.objects.none()
    codenames = PRODUCT_GRANTS.get(permission, frozenset())
    return ProductUserObjectPermission.objects.filter(user=user, permission__codename__in=codenames)


def has_listing(vendor_id: int) -> bool:
    """Whether a vendor has something to sell, or that waits to be looked at: a step of its onboarding."""
    shown = (ProductStatus.PROPOSED, *AGREED)
    return Product.objects.filter(vendor=vendor_id, status__in=shown).exists()
