"""What the catalogue refuses."""

from dataclasses import dataclass

from typing_extensions import override

from marketplace.kernel.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """Why a row of a list was refused; `index` is its place in the list, from 0."""

    index: int
    code: str
    message: str
    field: str | None = None

    @classmethod
    def of(cls, index: int, refusal: Refusal) -> "RowProblem":
        """A refusal of this row."""
        return cls(index=index, code=refusal.code, message=refusal.message, field=refusal.field)


@dataclass(eq=False, kw_only=True)
class AttributesRefused(Refusal):
    """Some of what is said of a listing's attributes cannot be taken; `problems` says of each why. Nothing
    was changed.
    """

    text = "These attributes cannot be taken: {words}"
    problems: tuple[RowProblem, ...]
    field: str | None = "attributes"

    @property
    @override
    def message(self) -> str:
        return self.text.format(words=" ".join(each.message for each in self.problems))


@dataclass(eq=False, kw_only=True)
class AttributeNotAsked(Refusal):
    """The category of the listing does not ask for this attribute, or nobody does any more."""

    text = "The category does not ask for {attribute}."
    attribute: str
    field: str | None = "attribute"


@dataclass(eq=False, kw_only=True)
class AnswerMismatch(Refusal):
    """The attribute is answered in another way: `expected` says how."""

    text = "{attribute} is answered with {expected}, and nothing else."
    attribute: str
    expected: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class ChoiceUnknown(Refusal):
    """The attribute has no such choice, or not any more."""

    text = "{attribute} has no choice {choice}."
    attribute: str
    choice: str
    field: str | None = "choices"


@dataclass(eq=False, kw_only=True)
class NegativeStock(Refusal):
    """Fewer units would be on hand than are promised to buyers, or fewer than none."""

    text = "{sku} cannot change by {delta}: {available} left that nobody is promised."
    sku: str
    delta: int
    available: int
    field: str | None = "delta"


@dataclass(eq=False, kw_only=True)
class SkuTaken(Refusal):
    """Another live variant of the vendor has this SKU."""

    text = "Another of your variants has the SKU {sku}."
    sku: str
    field: str | None = "sku"


@dataclass(eq=False, kw_only=True)
class OptionsMismatch(Refusal):
    """A variant answers each of its product's options, and those only."""

    text = "Name a value for each of these options, and no other: {expected}."
    expected: str
    field: str | None = "options"


@dataclass(eq=False, kw_only=True)
class OptionsTaken(Refusal):
    """Another live variant of the product has the same options."""

    text = "Another variant of this product has the same options."
    field: str | None = "options"


@dataclass(eq=False, kw_only=True)
class VariantsRefused(Refusal):
    """Some of the variants cannot be; `problems` says of each why. Nothing was changed."""

    text = "These variants cannot be: {words}"
    problems: tuple[RowProblem, ...]
    field: str | None = "variants"

    @property
    @override
    def message(self) -> str:
        return self.text.format(words=" ".join(each.message for each in self.problems))


@dataclass(eq=False, kw_only=True)
class TooManyVariants(Refusal):
    """The product would have more variants on sale than it may."""

    text = "A product has at most {limit} variants on sale."
    limit: int
    field: str | None = "variants"


@dataclass(eq=False, kw_only=True)
class ListingIncomplete(Refusal):
    """The listing lacks something it needs before it can be reviewed."""

    text = "The listing still needs {missing}."
    missing: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class ListingChanged(Refusal):
    """The vendor has changed it since you looked at it; look again."""

    text = "It was changed meanwhile, to its version {version}. Look at it again."
    version: int
    field: str | None = "version"


@dataclass(eq=False, kw_only=True)
class CategoryMisplaced(Refusal):
    """A category cannot stand there."""

    text = "The category cannot stand there: {reason}."
    reason: str
    field: str | None = "parent"


@dataclass(eq=False, kw_only=True)
class TooManyImages(Refusal):
    """The product has as many pictures as it may."""

    text = "A product has at most {limit} pictures."
    limit: int
    field: str | None = None


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """A variant of which more was asked for than is left."""

    variant_id: int
    title: str
    sku: str
    asked: int
    left: int


@dataclass(eq=False, kw_only=True)
class OutOfStock(Refusal):
    """Less is left than was asked for; nothing was taken."""

    text = "Not enough is left of {titles}."
    shortages: tuple[Shortage, ...]
    field: str | None = None

    @property
    def titles(self) -> str:
        """What is short, for a sentence."""
        return ", ".join(f"{each.title} ({each.left} of {each.asked})" for each in self.shortages)

    @property
    @override
    def message(self) -> str:
        return self.text.format(titles=self.titles)
