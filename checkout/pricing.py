"""A line before it is costed, and what goes off it. No database, no clock.

Promotions speak in two stages, each told what it needs to know: what is decided before shipping takes off
goods only, and the part of it that the vendor pays for counts for the vendor's thresholds and shipping; what
is decided after shipping may take off that too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from catalog.models import STANDARD


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A line before it is costed. `key` is whatever names it to the caller.

    Attributes:
        weight_g: of all its units.
        parcel: names what ships together: a shipping profile, or None for what has none.
        category: the word by which rules of tax know it.

    Raises ValueError for what is no line: no units, a price below nothing.
    """

    key: int
    vendor: int
    quantity: int
    unit_minor: int
    weight_g: int = 0
    needs_shipping: bool = True
    parcel: int | None = None
    category: str = STANDARD

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit_minor < 0:
            raise ValueError(f"{self} cannot be costed")

    @property
    def amount_minor(self) -> int:
        """Units by their price."""
        return self.unit_minor * self.quantity


@dataclass(frozen=True, kw_only=True)
class Off:
    """What a promotion takes off a line, or off a vendor's shipping where `line` is None.

    `platform_minor` is the part of the amount that the platform pays for; the vendor pays for the rest.
    """

    promotion: int
    vendor: int
    line: int | None
    amount_minor: int
    platform_minor: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.platform_minor <= self.amount_minor:
            raise ValueError(f"{self} takes nothing off")

    @property
    def vendor_minor(self) -> int:
        """The part that the vendor pays for."""
        return self.amount_minor - self.platform_minor


class Promotions(Protocol):
    """Whatever knows what goes off a cart. Both are asked once for each costing, in this order."""

    def before_shipping(self, lines: Sequence[Priced]) -> Sequence[Off]:
        """What goes off goods, whoever pays for it."""
        ...

    def after_shipping(
        self, lines: Sequence[Priced], *, taken: Sequence[Off], shipping_minor: Mapping[int, int]
    ) -> Sequence[Off]:
        """What goes off beyond that, shipping too; `shipping_minor` is what each vendor's costs."""
        ...


@dataclass(frozen=True, kw_only=True)
class Decided:
    """Promotions that were decided elsewhere; none of them is none at all."""

    before: tuple[Off, ...] = ()
    after: tuple[Off, ...] = ()

    def before_shipping(self, lines: Sequence[Priced]) -> Sequence[Off]:
        """As decided."""
        del lines
        return self.before

    def after_shipping(
        self, lines: Sequence[Priced], *, taken: Sequence[Off], shipping_minor: Mapping[int, int]
    ) -> Sequence[Off]:
        """As decided."""
        del lines, taken, shipping_minor
        return self.after


NO_PROMOTIONS: Final = Decided()
