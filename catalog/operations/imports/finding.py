"""Which listing each row of a batch belongs to: one of the vendor's own, or a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q

from catalog.imports.cells import ProductCells, category_word
from catalog.imports.faults import Fault, FaultCode
from catalog.models import Category, ListingImport, Product, Variant
from catalog.operations.imports.lines import Line, by_sku
from marketplace.kernel.locking import lock

# What says that a product's reference is the handle by which files know it.
SOURCE: Final = "listings"
# A handle, or for a row without one its number.
Key = int | str


@dataclass
class Group:
    """The rows of one listing, which is locked where it is there already.

    Attributes:
        handle: what a new listing will be known by; empty where no row names one.
        cells: what the rows say of the listing as a whole.
        changed: the columns of the listing that become others.
        waiting: what it shall be, and the platform is asked about first.
    """

    lines: list[Line]
    handle: str = ""
    product: Product | None = None
    cells: ProductCells = field(default_factory=ProductCells)
    changed: set[str] = field(default_factory=set)
    waiting: dict[str, Any] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    is_refused: bool = False

    @property
    def live(self) -> list[Line]:
        """The rows that are not refused."""
        return [each for each in self.lines if each.fault is None]

    def refuse(self, fault: Fault, *, place: int = 0) -> None:
        """Let the listing go, because of what one of its rows says."""
        self.is_refused = True
        self.lines[place].refuse(fault)
        for each in self.lines:
            each.refuse(Fault("product", FaultCode.PRODUCT_REFUSED, f"row {self.lines[place].row.number}"))


def groups_of(file: ListingImport, lines: Sequence[Line]) -> list[Group]:
    """The rows by listing, the listings locked, and after them their live variants. Four statements.

    A row belongs to the product that has its SKU; else to the one that its handle names: by a reference of an
    import before, by its slug, or because another row of the handle does. A SKU and a handle that name two
    products are refused. What another vendor has counts for nothing.
    """
    owned = {sku: product for sku, (_, product) in by_sku(file, lines).items()}
    named = _by_handle(file, lines)
    for each in lines:
        if each.handle and each.sku in owned:
            named.setdefault(each.handle, [owned[each.sku]])
    groups: dict[Key, Group] = {}
    for each in lines:
        own, meant = owned.get(each.sku), named.get(each.handle, [])
        if own is not None and meant and own not in meant:
            each.refuse(Fault("product", FaultCode.SKU_OF_ANOTHER_PRODUCT))
            continue
        group = groups.setdefault(_key(each, own, meant), Group([], handle=each.handle))
        group.lines.append(each)
    _lock(groups)
    return list(groups.values())


def targets_of(file: ListingImport, lines: Sequence[Line]) -> list[Key]:
    """For each row the key of the listing that it is about, or what tells a new one. Three statements."""
    owned = {sku: product for sku, (_, product) in by_sku(file, lines).items()}
    named = _by_handle(file, lines)
    return [_key(each, owned.get(each.sku), named.get(each.handle, [])) for each in lines]


def _key(line: Line, own: int | None, meant: Sequence[int]) -> Key:
    return own or next(iter(meant), None) or line.handle or f"\n{line.row.number}"


def categories_named(lines: Sequence[Line]) -> Mapping[str, Category]:
    """The categories that the rows name, by slug and by path. One statement."""
    words = {category_word(each.texts.get("category", "")) for each in lines} - {""}
    if not words:
        return {}
    rows = Category.objects.filter(Q(slug__in=words) | Q(path__in=words))
    return {name: row for row in rows for name in (row.path, row.slug)}


def _by_handle(file: ListingImport, lines: Sequence[Line]) -> dict[str, list[int]]:
    """The listings that a handle may mean: one of an import before first, then the one with this slug."""
    handles = {each.handle for each in lines if each.handle}
    if not handles:
        return {}
    mine = Product.objects.filter(vendor=file.vendor_id)
    named: dict[str, list[int]] = {}
    referred = mine.filter(source=SOURCE, reference__in=handles).values_list("reference", "pk")
    for handle, key in [*referred, *mine.filter(slug__in=handles).values_list("slug", "pk")]:
        named.setdefault(handle, []).append(key)
    return named


def _lock(groups: Mapping[Key, Group]) -> None:
    keys = [key for key in groups if isinstance(key, int)]
    if not keys:
        return
    for product in lock(Product.objects.filter(pk__in=keys)):
        groups[product.pk].product = product
    for variant in lock(Variant.objects.filter(product__in=keys, is_active=True)):
        groups[variant.product_id].variants[variant.sku] = variant
