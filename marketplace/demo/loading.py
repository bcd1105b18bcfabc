"""Load the demo's people, vendors and wares through the apps' own operations, and only what is missing.

What exists is known by e-mail, slug or article number and left as it is, so that a second run keeps whatever
was changed meanwhile.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from catalog.models import (
    Attribute,
    AttributeChoice,
    AttributeKind,
    Category,
    CategoryAttribute,
    Variant,
)
from catalog.operations.categories import create_category
from checkout.models import Order
from checkout.operations.history.bringing import import_history
from marketplace.accounts.factors import give_totp
from marketplace.accounts.models import BillingProfile, User
from marketplace.demo import painting, past, terms
from marketplace.demo.catalogue import Catalogue, DemoProduct, DemoVendor, Person
from marketplace.demo.jobs import open_payout_accounts
from marketplace.demo.painting import Gallery
from marketplace.demo.shelving import Shelf, shelve
from marketplace.kernel import adjustable, clock
from vendors.models import Vendor, VendorImage, VendorImageKind
from vendors.operations import life, members, onboarding
from vendors.operations.images import put_image
from vendors.permissions import VendorRole

ADMIN = "admin@demo.example"
LOGINS = {
    "password": "marketplace-demo",
    "buyer": "buyer@demo.example",
    "staff": "staff@demo.example",
    "vendor": "Fell Knit",
    "admin": ADMIN,
    # As known to everyone as the password: whoever runs the demo needs no telephone.
    "secret": "NFXGS3TFMRQW4ZLSMRSW233T",
}


def load(goods: Catalogue, gallery: Gallery) -> None:
    """Bring in what is missing: rows, stored pictures, and the jobs that the operations queue."""
    missing = missing_products(goods)
    gallery.order((each.motif, tint, painting.WIDE) for each in missing for tint in each.tints)
    users = _people(goods.people)
    admin = users[ADMIN]
    give_totp(admin, LOGINS["secret"])
    vendors = {each.slug: _vendor(each, goods.currency, users=users, admin=admin) for each in goods.vendors}
    _refer(goods)
    for each in goods.vendors:
        terms.ship(each, vendors[each.slug], actor=users[each.owner])
    terms.tax(goods.taxes)
    for promotion in goods.promotions:
        terms.promote(promotion, vendors[promotion.vendor] if promotion.vendor else None, actor=admin)
    shelf = Shelf(
        vendors=vendors,
        categories=_categories(goods),
        attributes=_attributes(goods),
        choices={(each.attribute_id, each.slug): each for each in AttributeChoice.objects.all()},
        admin=admin,
    )
    _ask_for_attributes(goods, shelf)
    if missing:
        shelve(missing, shelf, gallery)
        open_payout_accounts.defer()
    _logos(goods, vendors, gallery)


def remember(goods: Catalogue) -> int:
    """Bring in the past of the demo, unless it has one: 18 months of sales, as if of another place.

    Returns the number of orders. Runs outside any transaction.
    """
    if Order.objects.filter(source=past.SOURCE).exists():
        return 0
    with TemporaryDirectory(prefix="marketplace-past-") as folder:
        past.write(Path(folder), goods, until=clock.now().date())
        outcome = import_history(
            folder=Path(folder),
            source=past.SOURCE,
            commission_bps=adjustable.number("COMMISSION_BPS"),
            rejects=Path(folder) / "rejects.csv",
            report=lambda *_: None,
        )
    return outcome.orders


def missing_products(goods: Catalogue) -> list[DemoProduct]:
    """The products of which no variant is known."""
    known = set(Variant.objects.values_list("vendor__slug", "sku"))
    return [each for each in goods.products if not {(each.vendor, one.sku) for one in each.variants} & known]


def _logos(goods: Catalogue, vendors: Mapping[str, Vendor], gallery: Gallery) -> None:
    """What a vendor sells first stands for it, unless it shows something."""
    shown = set(VendorImage.objects.filter(kind=VendorImageKind.LOGO).values_list("vendor__slug", flat=True))
    first = {each.vendor: each for each in reversed(goods.products)}
    for slug, product in first.items():
        if slug not in shown:
            logo = gallery.take(product.motif, product.tints[0], painting.SQUARE)
            put_image(vendor=vendors[slug], kind=VendorImageKind.LOGO, content=logo)


def _refer(goods: Catalogue) -> None:
    """Let the demo's past know whose sales they are, and which purchases are its buyer's."""
    for vendor in Vendor.objects.filter(slug__in=[each.slug for each in goods.vendors], source=""):
        vendor.source, vendor.reference = past.SOURCE, vendor.slug
        vendor.save(update_fields=["source", "reference"])
    for profile in BillingProfile.objects.filter(user__email=LOGINS["buyer"], source=""):
        profile.source, profile.reference = past.SOURCE, past.BUYER
        profile.save(update_fields=["source", "reference"])


def _people(people: Iterable[Person]) -> dict[str, User]:
    """All demo users by e-mail; their one password is hashed once, for hashing is slow on purpose."""
    known = {user.email: user for user in User.objects.filter(email__in=[each.email for each in people])}
    missing = [each for each in people if each.email not in known]
    password = make_password(LOGINS["password"]) if missing else ""
    for each in missing:
        user = User(
            email=each.email,
            name=each.name,
            password=password,
            is_staff=each.is_admin,
            is_superuser=each.is_admin,
        )
        known[each.email] = User.objects.enrol(user, is_verified=True)
    return known


def _vendor(facts: DemoVendor, currency: str, *, users: dict[str, User], admin: User) -> Vendor:
    known = Vendor.objects.filter(slug=facts.slug).first()
    if known is not None:
        return known
    with transaction.atomic():
        vendor = life.apply(
            user=users[facts.owner],
            name=facts.name,
            email=facts.owner,
            country=facts.country,
            currency=currency,
            timezone=facts.timezone,
            about=facts.about,
        )
        for member in facts.members:
            user, role = users[member.email], VendorRole(member.role)
            members.add_member(vendor=vendor, user=user, role=role, actor=users[facts.owner])
        onboarding.waive_missing(vendor=vendor, actor=admin, note="A vendor of the demo.")
        vendor = life.submit(vendor=vendor, actor=users[facts.owner])
        if facts.status == "approved":
            vendor = life.approve(vendor=vendor, actor=admin)
    return vendor


def _categories(goods: Catalogue) -> dict[str, Category]:
    known = {category.slug: category for category in Category.objects.all()}
    for position, each in enumerate(goods.categories):
        if each.slug not in known:
            parent = None if each.parent is None else known[each.parent]
            known[each.slug] = create_category(name=each.name, parent=parent, position=position)
    return known


def _attributes(goods: Catalogue) -> dict[str, Attribute]:
    """The attributes by slug, with their choices."""
    known = {attribute.slug: attribute for attribute in Attribute.objects.all()}
    for each in goods.attributes:
        if each.slug not in known:
            attribute = Attribute.objects.create(
                slug=each.slug, name=each.name, kind=each.kind, unit=each.unit
            )
            words = ("Yes", "No") if each.kind == AttributeKind.TOGGLE else each.choices
            AttributeChoice.objects.bulk_create(
                AttributeChoice(attribute=attribute, slug=slugify(word), name=word, position=position)
                for position, word in enumerate(words)
            )
            known[each.slug] = attribute
    return known


def _ask_for_attributes(goods: Catalogue, shelf: Shelf) -> None:
    known = set(CategoryAttribute.objects.values_list("category", "attribute"))
    asked = [
        CategoryAttribute(
            category=shelf.categories[each.slug], attribute=shelf.attributes[slug], position=position
        )
        for each in goods.categories
        for position, slug in enumerate(each.attributes)
    ]
    missing = [each for each in asked if (each.category_id, each.attribute_id) not in known]
    if missing:
        CategoryAttribute.objects.bulk_create(missing)
