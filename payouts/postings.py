"""What is posted for what happens, as plain values. No database, no clock.

docs/ledger.md has the chart of accounts and each posting worked out with numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from payouts.models import AccountKind, LedgerAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountName:
    """What tells an account from all others; the platform's have no vendor."""

    kind: AccountKind
    currency: str
    vendor_id: int | None = None

    @property
    def place(self) -> tuple[str, str, int]:
        """Where it stands among others, the same in every process."""
        return self.kind, self.currency, self.vendor_id or 0

    @classmethod
    def of(cls, account: LedgerAccount) -> Self:
        """The name of an account there is."""
        return cls(kind=AccountKind(account.kind), currency=account.currency, vendor_id=account.vendor_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """An amount for an account, signed, in minor units; `vendor_order_id` says whose sale it is about."""

    account: AccountName
    amount_minor: int
    vendor_order_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One vendor's part of an order: what the buyer paid for it, and what of that is not the vendor's.

    `funded_minor` is what the platform pays of its discounts, `remitted_minor` the tax it remits for the
    vendor, and `commission_tax_minor` that on its own commission.
    """

    vendor_id: int
    vendor_order_id: int
    paid_minor: int
    commission_minor: int
    commission_tax_minor: int = 0
    funded_minor: int = 0
    remitted_minor: int = 0

    @property
    def payable_minor(self) -> int:
        """What the vendor gets of it."""
        kept = self.commission_minor + self.commission_tax_minor
        return self.paid_minor + self.funded_minor - kept - self.remitted_minor


def sale(currency: str, shares: Iterable[Share]) -> list[Posting]:
    """The posting of a paid order: what was paid, what of it is each vendor's, and what the platform keeps.

    The vendor gets goods, shipping and tax, less the commission with its tax and the tax that the platform
    remits; what the platform pays of a discount is the vendor's as if the buyer had paid it. Sums to zero
    whatever the shares are. What would move nothing is left out.
    """
    shares = list(shares)
    commission_tax = sum(share.commission_tax_minor for share in shares)
    postings = [
        _platform(AccountKind.BUYER_CLEARING, currency, -sum(share.paid_minor for share in shares)),
        _platform(AccountKind.PROMOTION_EXPENSE, currency, -sum(share.funded_minor for share in shares)),
        *(
            Posting(
                account=AccountName(
                    kind=AccountKind.VENDOR_PAYABLE, currency=currency, vendor_id=share.vendor_id
                ),
                amount_minor=share.payable_minor,
                vendor_order_id=share.vendor_order_id,
            )
            for share in shares
        ),
        _platform(AccountKind.COMMISSION, currency, sum(share.commission_minor for share in shares)),
        _platform(AccountKind.COMMISSION_TAX, currency, commission_tax),
        _platform(AccountKind.TAX_PAYABLE, currency, sum(share.remitted_minor for share in shares)),
    ]
    return [posting for posting in postings if posting.amount_minor]


def refund(currency: str, share: Share) -> list[Posting]:
    """The posting of what goes back of a vendor's part: a sale of the same share, the other way round.

    So a vendor may come to owe more than it is owed.
    """
    return posted_back(sale(currency, [share]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What of one vendor's part is held while a buyer disputes it."""

    vendor_id: int
    vendor_order_id: int
    minor: int


def dispute_withdrawn(currency: str, minor: int, held: Iterable[Held]) -> list[Posting]:
    """A bank took this much back: it is less of what buyers paid, and each vendor's part of it is held."""
    return _moved(
        [
            _platform(AccountKind.BUYER_CLEARING, currency, minor),
            _platform(AccountKind.DISPUTE_RECEIVABLE, currency, -minor),
            *_reserved(currency, held),
        ]
    )


def dispute_won(currency: str, minor: int, held: Iterable[Held]) -> list[Posting]:
    """The bank gave it back: the withdrawal the other way round."""
    return posted_back(dispute_withdrawn(currency, minor, held))


def dispute_lost(currency: str, minor: int, *, back_minor: int, held: Iterable[Held]) -> list[Posting]:
    """The bank keeps it, and nothing is held any more.

    Of it `back_minor` went back for what was sold, which is posted as the refunds that it is; one that took
    more than was left of the payment took it of the platform.
    """
    released = [replace(each, minor=-each.minor) for each in held]
    return _moved(
        [
            _platform(AccountKind.DISPUTE_RECEIVABLE, currency, minor),
            _platform(AccountKind.BUYER_CLEARING, currency, -back_minor),
            _platform(AccountKind.PROVIDER_FEE, currency, back_minor - minor),
            *_reserved(currency, released),
        ]
    )


def provider_fee(currency: str, minor: int) -> list[Posting]:
    """The provider keeps this of what it holds, or gives it back."""
    return [
        _platform(AccountKind.BUYER_CLEARING, currency, minor),
        _platform(AccountKind.PROVIDER_FEE, currency, -minor),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The vendor that an amount is about, and the part of an order, where it is of one."""

    vendor_id: int
    vendor_order_id: int | None = None


def transfer(currency: str, minor: int, whose: Whose) -> list[Posting]:
    """Money goes from the platform to a vendor's account; what the vendor is owed stays the same."""
    return [
        _platform(AccountKind.BUYER_CLEARING, currency, minor),
        _vendors(AccountKind.VENDOR_ACCOUNT, currency, -minor, whose),
    ]


def payout(currency: str, minor: int, whose: Whose) -> list[Posting]:
    """Money goes from a vendor's account to its bank: it is owed no more."""
    return [
        _vendors(AccountKind.VENDOR_PAYABLE, currency, -minor, whose),
        _vendors(AccountKind.VENDOR_ACCOUNT, currency, minor, whose),
    ]


def held_back(currency: str, minor: int, whose: Whose) -> list[Posting]:
    """So much of what a vendor is owed waits."""
    return [
        _vendors(AccountKind.VENDOR_PAYABLE, currency, -minor, whose),
        _vendors(AccountKind.VENDOR_HELD, currency, minor, whose),
    ]


def adjustment(currency: str, minor: int, whose: Whose) -> list[Posting]:
    """The platform gives a vendor something; below zero it asks for it."""
    return [
        _vendors(AccountKind.VENDOR_PAYABLE, currency, minor, whose),
        _platform(AccountKind.ADJUSTMENT, currency, -minor),
    ]


def tax_remitted(currency: str, minor: int, *, tax: AccountKind = AccountKind.TAX_PAYABLE) -> list[Posting]:
    """The platform pays tax that it was to remit, or that on its commission, of its own bank account."""
    return [
        _platform(tax, currency, -minor),
        _platform(AccountKind.PLATFORM_BANK, currency, minor),
    ]


def withdrawal(currency: str, minor: int) -> list[Posting]:
    """Money goes from the provider to the platform's own bank account."""
    return [
        _platform(AccountKind.BUYER_CLEARING, currency, minor),
        _platform(AccountKind.PLATFORM_BANK, currency, -minor),
    ]


def posted_back(postings: Iterable[Posting]) -> list[Posting]:
    """The same the other way round."""
    return [replace(posting, amount_minor=-posting.amount_minor) for posting in postings]


def _vendors(kind: AccountKind, currency: str, amount_minor: int, whose: Whose) -> Posting:
    return Posting(
        account=AccountName(kind=kind, currency=currency, vendor_id=whose.vendor_id),
        amount_minor=amount_minor,
        vendor_order_id=whose.vendor_order_id,
    )


def _reserved(currency: str, held: Iterable[Held]) -> list[Posting]:
    return [
        Posting(
            account=AccountName(kind=kind, currency=currency, vendor_id=each.vendor_id),
            amount_minor=sign * each.minor,
            vendor_order_id=each.vendor_order_id,
        )
        for each in held
        for kind, sign in ((AccountKind.VENDOR_PAYABLE, -1), (AccountKind.VENDOR_RESERVE, 1))
    ]


def _moved(postings: Iterable[Posting]) -> list[Posting]:
    return [posting for posting in postings if posting.amount_minor]


def _platform(kind: AccountKind, currency: str, amount_minor: int) -> Posting:
    return Posting(account=AccountName(kind=kind, currency=currency), amount_minor=amount_minor)
