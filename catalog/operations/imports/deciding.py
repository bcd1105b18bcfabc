"""What shall become of one listing of a file: looked at in memory, rows refused one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from catalog.drafting import MOST_VARIANTS
from catalog.imports.cells import (
    ProductCells,
    VariantCells,
    merged,
    option_values,
    product_cells,
    variant_cells,
)
from catalog.imports.faults import Fault, FaultCode
from catalog.models import MAX_IMAGES, STANDARD, Category, ListingImport, Product, Variant
from catalog.operations.changes import PICTURES, waits
from catalog.operations.imports.answering import Answered, Questions
from catalog.operations.imports.arriving import Arrival, Failure
from catalog.operations.imports.finding import SOURCE, Group
from catalog.operations.imports.lines import Line, Outcome
from catalog.operations.writing import REVIEWED

LONGEST_REFERENCE: Final = 100


@dataclass
class Wanted:
    """A listing as it shall be.

    Attributes:
        rows: the rows that are applied, with an outcome for each.
        moves: variants with the units that come or go.
        pictures: the addresses of those that are added.
        is_submitted: whether it went to review by this.
    """

    group: Group
    product: Product
    rows: list[Line] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    new: list[Variant] = field(default_factory=list)
    changed: list[Variant] = field(default_factory=list)
    moves: list[tuple[Variant, int]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    first_position: int = 0
    is_submitted: bool = False
    answered: Answered = field(default_factory=Answered)

    @property
    def is_offer_touched(self) -> bool:
        """Whether what the listing offers first may be another variant or price."""
        return bool(self.new or self.changed)

    @property
    def is_changed(self) -> bool:
        """Whether anything is changed that is the listing's, not a variant's."""
        return bool(self.group.changed or self.group.waiting or self.pictures or self.is_submitted)


class Decider:
    """Looks at listings, one after the other, beside what all of the batch share."""

    def __init__(
        self,
        file: ListingImport,
        categories: Mapping[str, Category],
        arrived: Mapping[str, Arrival],
        questions: Questions,
        *,
        no_submission: Fault | None,
    ) -> None:
        self.file = file
        self.questions = questions
        self.categories = categories
        self.arrived = arrived
        self.no_submission = no_submission
        # A comma that separates cells separates no decimals.
        self.has_decimal_commas = file.separator in {";", "\t"}

    def decide(self, group: Group) -> Wanted:
        """What shall become of the listing; refuses rows of it, or all."""
        said, where, others = merged([each.texts for each in group.lines])
        for place in others:
            group.lines[place].refuse(Fault("product", FaultCode.DIFFERS_IN_PRODUCT))
        try:
            group.cells = product_cells(said)
            wanted = Wanted(group, self._product(group))
            self._answer(wanted)
            self._illustrate(wanted)
            for line in group.live:
                self._take(line, wanted)
            self._refuse_unanswered(wanted)
        except Fault as fault:
            group.refuse(fault, place=where.get(fault.column, 0))
            return Wanted(group, group.product or Product())
        return wanted

    def _product(self, group: Group) -> Product:
        """The listing with what is said of it. Raises Fault."""
        cells = group.cells
        product = group.product or self._new(group)
        said = {
            "category_id": None if cells.category is None else self._category(cells.category).pk,
            "title": cells.title,
            "description": cells.description,
            "option_names": None if cells.option_names is None else list(cells.option_names),
            "is_shipped": cells.is_shipped,
            "tax_category": self._tax_category(cells),
            "tags": None if cells.tags is None else list(cells.tags),
        }
        for name, value in said.items():
            if value is None or getattr(product, name) == value:
                continue
            column = name.removesuffix("_id")
            if group.product is None:
                setattr(product, name, value)
            elif waits(product, column):
                group.waiting[column] = (
                    self.categories[cells.category or ""] if column == "category" else value
                )
            else:
                setattr(product, name, value)
                group.changed.add(column)
        if "category" in group.waiting:
            group.waiting["category"] = self._category(cells.category or "")
        if group.changed.intersection(REVIEWED):
            product.version += 1
            group.changed.add("version")
        return product

    def _new(self, group: Group) -> Product:
        for column in ("title", "category"):
            if getattr(group.cells, column) is None:
                raise Fault(column, FaultCode.MISSING_VALUE)
        if len(group.handle) > LONGEST_REFERENCE:
            raise Fault("product", FaultCode.TOO_LONG, f"at most {LONGEST_REFERENCE} characters")
        return Product(
            vendor_id=self.file.vendor_id,
            currency=self.file.vendor.currency,
            tax_category=STANDARD,
            source=SOURCE if group.handle else "",
            reference=group.handle,
        )

    def _category(self, word: str) -> Category:
        found = self.categories.get(word)
        if found is None:
            raise Fault("category", FaultCode.UNKNOWN_CATEGORY, word[:100])
        return found

    def _tax_category(self, cells: ProductCells) -> str | None:
        if cells.tax_category is not None and cells.tax_category not in self.file.tax_categories:
            raise Fault("tax_category", FaultCode.UNKNOWN_TAX_CATEGORY, cells.tax_category[:100])
        return cells.tax_category

    def _answer(self, wanted: Wanted) -> None:
        """Take what is said of attributes, and look whether the listing may be submitted. Raises Fault."""
        product, cells = wanted.product, wanted.group.cells
        wanted.answered = self.questions.answered(product, cells.attributes)
        if wanted.answered.gone or wanted.answered.come:
            product.choice_keys = self.questions.choice_keys(product, wanted.answered)
            if wanted.group.product is not None:
                wanted.group.changed.add("choice_keys")
        if cells.is_submitted:
            if self.no_submission is not None:
                raise self.no_submission
            self.questions.refuse_unanswered(product, wanted.answered)

    def _illustrate(self, wanted: Wanted) -> None:
        """Add the pictures that came. Raises Fault for one that did not."""
        for address in wanted.group.cells.images:
            arrival = self.arrived.get(address)
            if isinstance(arrival, Failure):
                raise Fault("images", arrival.code, f"{address[:150]}: {arrival.words}")
            if arrival is not None and not arrival.is_there(wanted.product):
                wanted.first_position = arrival.next_position(wanted.product)
                wanted.pictures.append(address)
        if wanted.first_position + len(wanted.pictures) > MAX_IMAGES:
            raise Fault("images", FaultCode.TOO_MANY_IMAGES, f"at most {MAX_IMAGES}")
        group = wanted.group
        if wanted.pictures and group.product is not None and not waits(wanted.product, PICTURES):
            wanted.product.version += 1
            group.changed.add("version")

    def _take(self, line: Line, wanted: Wanted) -> None:
        try:
            cells = variant_cells(
                line.texts,
                currency=self.file.vendor.currency,
                has_decimal_commas=self.has_decimal_commas,
            )
            options = option_values(line.texts, wanted.product.option_names)
            outcome = _set(line, cells, options, wanted)
        except Fault as fault:
            line.refuse(fault)
            return
        wanted.rows.append(line)
        wanted.outcomes.append(outcome)

    def _refuse_unanswered(self, wanted: Wanted) -> None:
        """Raises Fault where a live variant does not answer the options that the listing shall have."""
        names = set(wanted.product.option_names)
        if any(set(each.options) != names for each in wanted.group.variants.values()):
            raise Fault("option1_name", FaultCode.OPTIONS_MISMATCH, "variants for sale answer other options")


def _set(line: Line, cells: VariantCells, options: dict[str, str] | None, wanted: Wanted) -> Outcome:
    """Bring the row's variant up to what it says. Raises Fault, having changed nothing of it."""
    variants = wanted.group.variants
    old = variants.get(line.sku)
    variant = old or _new_variant(line, wanted.product)
    if options is None:
        options = dict(variant.options)
    price = variant.price_minor if cells.price_minor is None else cells.price_minor
    compare_at = cells.compare_at_minor if cells.has_compare_at else variant.compare_at_minor
    if price is None:
        raise Fault("price", FaultCode.MISSING_VALUE)
    if compare_at is not None and compare_at <= price:
        raise Fault("compare_at", FaultCode.BAD_COMPARE_AT, "it must be above the price")
    if cells.stock is not None and cells.stock < variant.reserved:
        raise Fault("stock", FaultCode.STOCK_PROMISED, f"{variant.reserved} are promised to buyers")
    delta = 0 if cells.stock is None else cells.stock - variant.on_hand
    _refuse_options(variant, options, wanted)
    weight = variant.weight_g if cells.weight_g is None else cells.weight_g
    before = (variant.options, variant.price_minor, variant.compare_at_minor, variant.weight_g, delta)
    is_changed = before != (options, price, compare_at, weight, 0)
    variant.options, variant.price_minor, variant.compare_at_minor = options, price, compare_at
    variant.weight_g, variant.on_hand = weight, variant.on_hand + delta
    variants[line.sku] = variant
    if delta:
        wanted.moves.append((variant, delta))
    if old is None:
        wanted.new.append(variant)
        return Outcome.CREATED
    if is_changed:
        wanted.changed.append(variant)
        return Outcome.UPDATED
    return Outcome.UNCHANGED


def _refuse_options(variant: Variant, options: dict[str, str], wanted: Wanted) -> None:
    """Raises Fault for options that the listing does not have, or another variant has."""
    variants = wanted.group.variants
    if set(options) != set(wanted.product.option_names):
        raise Fault("option1_value", FaultCode.OPTIONS_MISMATCH)
    if any(each is not variant and each.options == options for each in variants.values()):
        raise Fault("option1_value", FaultCode.OPTIONS_TAKEN)
    if variant.sku not in variants and len(variants) >= MOST_VARIANTS:
        raise Fault("product", FaultCode.TOO_MANY_VARIANTS, f"at most {MOST_VARIANTS}")


def _new_variant(line: Line, product: Product) -> Variant:
    """Of what it costs nothing is known yet."""
    variant = Variant(vendor_id=product.vendor_id, currency=product.currency, sku=line.sku)
    variant.price_minor = None  # type: ignore[assignment]  # the row says it, or is refused
    return variant
