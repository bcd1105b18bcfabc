"""Load the demo's people, vendors and wares through the apps' own operations, and only what is missing.

What exists is known by e-mail, slug or article number and left as it is, so that a second run keeps whatever
was changed meanwhile.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction

from catalog.models import Category, Product, StockReason, Variant
from catalog.operations.categories import create_category
from catalog.operations.images import add_product_image
from catalog.operations.products import approve_product, create_product, submit_product
from catalog.operations.stock import adjust_stock
from catalog.operations.variants import save_variant
from marketplace.accounts.factors import give_totp
from marketplace.accounts.models import User
from marketplace.demo import motifs, terms
from marketplace.demo.catalogue import Catalogue, DemoProduct, DemoVariant, DemoVendor, Person
from marketplace.kernel.money import Money
from vendors.models import Vendor
from vendors.operations import life, members, onboarding
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


def load(goods: Catalogue) -> None:
    """Bring in what is missing: rows, stored pictures, and the jobs that the operations queue."""
    users = _people(goods.people)
    admin = users[ADMIN]
    give_totp(admin, LOGINS["secret"])
    vendors = {each.slug: _vendor(each, goods.currency, users=users, admin=admin) for each in goods.vendors}
    for each in goods.vendors:
        terms.ship(each, vendors[each.slug], actor=users[each.owner])
    terms.tax(goods.taxes)
    for promotion in goods.promotions:
        terms.promote(promotion, vendors[promotion.vendor] if promotion.vendor else None, actor=admin)
    categories = _categories(goods)
    missing = missing_products(goods)
    with ThreadPoolExecutor(max_workers=1) as painter:  # draws the next picture while one is stored
        pictures = [painter.submit(_paint, each) for each in missing]
        for product, drawn in zip(missing, pictures, strict=True):
            with transaction.atomic():
                listing = _listing(
                    product, vendors[product.vendor], categories[product.category], actor=admin
                )
                for picture in drawn.result():
                    add_product_image(product=listing, content=picture, alt=product.title, is_ours=True)
                _offer(listing, is_approved=product.status == "published", actor=admin)


def missing_products(goods: Catalogue) -> list[DemoProduct]:
    """The products of which no variant is known."""
    known = set(Variant.objects.values_list("vendor__slug", "sku"))
    return [each for each in goods.products if not {(each.vendor, one.sku) for one in each.variants} & known]


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


def _paint(product: DemoProduct) -> list[bytes]:
    return [motifs.draw(product.motif, tint=tint) for tint in product.tints]


def _listing(facts: DemoProduct, vendor: Vendor, category: Category, *, actor: User) -> Product:
    product = create_product(
        vendor=vendor,
        category=category,
        title=facts.title,
        description=facts.description,
        option_names=facts.options,
    )
    _variants(product, facts.variants, actor=actor)
    return product


def _variants(product: Product, variants: Sequence[DemoVariant], *, actor: User) -> None:
    for position, each in enumerate(variants):
        variant = save_variant(
            product=product,
            sku=each.sku,
            price=_money(each.price, product),
            compare_at=None if each.compare_at is None else _money(each.compare_at, product),
            options=each.options,
            weight_g=each.weight_g,
            position=position,
        )
        if each.stock:
            adjust_stock(variant=variant, delta=each.stock, reason=StockReason.RECEIVED, actor=actor)


def _money(amount: Decimal, product: Product) -> Money:
    return Money.from_decimal(amount, product.currency)


def _offer(product: Product, *, is_approved: bool, actor: User) -> None:
    product = submit_product(product=product, actor=actor)
    if is_approved:
        approve_product(product=product, actor=actor)
